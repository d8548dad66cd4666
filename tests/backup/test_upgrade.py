"""A data folder of each format that was ever released opens, as what it was, and can be worked on."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest
from burnish_server import BurnishServer
from checks import check_catalog, check_rebuilt_equal
from commands import back_up, restore, succeed
from make_format import describe

FORMATS = sorted((Path(__file__).parent / "formats").glob("*.tar.gz"))


@pytest.fixture(params=FORMATS, ids=lambda path: path.name)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "data").chmod(0o700)
    return tmp_path


def test_it_opens_as_what_it_was(old: Path) -> None:
    expected = json.loads((old / "expected.json").read_text())
    project = expected.pop("project")
    digest = expected.pop("digest")
    with BurnishServer.start(old / "data") as server:
        client = server.login()
        assert describe(client, project) == expected
        assert digest in succeed("verify", "--data", old / "data")
        undone = client.post(f"/api/v1/projects/{project}/undo")
        assert undone["change"] == len(expected["changes"]) + 1
    check_catalog(old / "data")
    check_rebuilt_equal(old / "data")


def test_it_can_be_backed_up_before_it_is_opened(old: Path, tmp_path: Path) -> None:
    digest = json.loads((old / "expected.json").read_text())["digest"]
    backup = back_up(old / "data", tmp_path / "backups")
    restore(backup, tmp_path / "restored")
    assert digest in succeed("verify", "--data", tmp_path / "restored")
