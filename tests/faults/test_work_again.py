"""Work that nobody asks for again (thumbnails, embeddings, the map, the probe) is done once what stopped it is gone, without a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from burnish_server import BurnishServer, Client, wait_for
from scenes import import_pictures

PATIENCE = 30.0


def prepare_job(client: Client, project: str) -> dict[str, Any]:
    return next(job for job in client.get("/api/v1/jobs", project=project)["jobs"] if job["kind"] == "prepare")


@pytest.mark.parametrize("action", ["full", "memory", "error"])
def test_embeddings_that_could_not_be_made_for_a_while_are_made_then(tmp_path: Path, action: str) -> None:
    with BurnishServer.start(tmp_path / "data", failpoint=f"prepare.embed:{action}:1") as server:
        client = server.login()
        project = client.create_project("Shapes")
        assert import_pictures(client, project, "train", 20) == "done"
        waiting = wait_for(lambda: prepare_job(client, project), lambda job: "failure" in job, PATIENCE)
        assert waiting["state"] == "waiting", "nothing tries again"

        def views() -> dict[str, bool]:
            return {view["view"]: view["ready"] for view in client.get(f"/api/v1/projects/{project}")["views"]}

        wait_for(views, lambda ready: ready["embeddings"] and ready["map"] and ready["probe"], PATIENCE)
        assert "failure" not in prepare_job(client, project)
