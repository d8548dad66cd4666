"""Keeps a small data folder of today's format for all later versions to open: tests/backup/formats/NAME.tar.gz.

    BURNISH_BINARY=build/dev/burnish python tests/backup/make_format.py catalog-1

Run it once when a release is made, and commit what it writes; an archive that was committed never changes. What the
folder must come back as is in expected.json beside the data.
"""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "faults")]

from burnish_server import BurnishServer, Client  # noqa: E402
from commands import succeed  # noqa: E402
from scenes import import_pictures  # noqa: E402

SAMPLES = 80
DERIVED = ("projects", "lock")  # large, and made again


def describe(client: Client, project: str) -> dict[str, object]:
    """What a person would find there."""
    head = client.head(project)
    labels = {name: client.ordinals(project, {"label": {"set": "truth", "class": [name]}}, head) for name in ("disc", "square")}
    changes = client.get(f"/api/v1/projects/{project}/changes", count=200)["changes"]
    versions = client.get(f"/api/v1/projects/{project}/versions")["versions"]
    return {
        "labels": labels,
        "tagged": client.ordinals(project, {"tag": ["seen"]}, head),
        "changes": [[change["sequence"], change["kind"], change["summary"]] for change in changes],
        "versions": [[version["name"], version["sequence"], version["digest"]] for version in versions],
    }


def fill(data: Path) -> dict[str, object]:
    with BurnishServer.start(data) as server:
        client = server.login()
        project = client.create_project("Shapes")
        assert import_pictures(client, project, "train", SAMPLES // 2) == "done"
        client.edit(project, {"ordinals": [0, 1, 2]}, {"class": "square"})
        client.edit(project, {"ordinals": list(range(70))}, {"add_tags": ["seen"]})
        client.edit(project, {"ordinals": [5]}, {"excluded": True})
        client.post(f"/api/v1/projects/{project}/undo")
        client.post(f"/api/v1/projects/{project}/versions", {"name": "first"})
        client.edit(project, {"ordinals": [3]}, {"split": "test"})
        return {"project": project, **describe(client, project)}


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        expected = fill(folder / "data")
        expected["digest"] = succeed("rebuild", "--data", folder / "data").split()[3]
        (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
        for derived in DERIVED:
            for path in list((folder / "data").rglob(derived)):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with tarfile.open(HERE / "formats" / f"{name}.tar.gz", "w:gz") as archive:
            for part in ("data", "expected.json"):
                archive.add(folder / part, part, filter=anonymous)


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    main(sys.argv[1])
