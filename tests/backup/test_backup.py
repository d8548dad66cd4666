"""Backups made while 20 writers work: each comes back as the whole project of one moment.

The seed is printed; BURNISH_SEED replays it. `./dev test --long` makes 50 backups.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from burnish_server import BurnishServer, Client, binary
from checks import check_acknowledged, check_catalog, check_history, check_rebuilt_equal, check_whole
from commands import back_up, burnish, environment, finished, manifest, restore, succeed
from journal import Journal, Write
from scenes import bulk_edit, client_of, drive, import_pictures
from seeds import new_seed, times
from small_pictures import picture

BACKUPS = times(3, 50)
WRITERS = 20
SAMPLES = 140
CRASHED = 86
LOOKED_AT = 40


class Moment:
    """A backup, and what had been acknowledged before it was asked for."""

    def __init__(self, acknowledged: list[Write], backup: Path) -> None:
        self.acknowledged = acknowledged
        self.backup = backup


def digest_of(printed: str) -> str:
    return printed.split("digest ")[1].split()[0]


def test_backups_under_writers_come_back_to_their_moment(tmp_path: Path) -> None:
    rng = random.Random(new_seed("backups"))
    server = BurnishServer.start(tmp_path / "data")
    login = server.login()
    project = login.create_project("Shapes")
    assert import_pictures(login, project, "train", SAMPLES // 2) == "done"

    journal = Journal()
    stop = threading.Event()
    writers = [threading.Thread(target=drive, args=(lambda: client_of(server, login), journal, project, SAMPLES, rng.randrange(2**32), stop))
               for _ in range(WRITERS)]
    moments: list[Moment] = []
    try:
        for writer in writers:
            writer.start()
        for _ in range(BACKUPS):
            enough = len(journal.acknowledged) + WRITERS
            while len(journal.acknowledged) < enough and any(writer.is_alive() for writer in writers):
                time.sleep(0.02)
            acknowledged = journal.acknowledged
            moments.append(Moment(acknowledged, back_up(tmp_path / "data", tmp_path / "backups")))
    finally:
        stop.set()
        for writer in writers:
            writer.join(timeout=60)
        server.stop()
    assert journal.unknown == []
    heads = [manifest(moment.backup)["projects"][0]["changes"] for moment in moments]
    assert heads == sorted(set(heads)), "the writers stood still"
    log = hashes_of(tmp_path / "data")
    for number, moment in enumerate(moments):
        check_moment(moment, journal, project, log, tmp_path / f"restored-{number}")
    print(f"{BACKUPS} backups, {len(journal.acknowledged)} acknowledged writes, all restored to the digest of their moment")


def hashes_of(data: Path) -> dict[int, str]:
    """The log's chain, as the data folder has it in the end: what a backup holds must be a beginning of it."""
    with closing(sqlite3.connect(f"file:{data / 'catalog.sqlite'}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("SELECT sequence, hash FROM changes").fetchall())


def check_moment(moment: Moment, journal: Journal, project: str, log: dict[int, str], data: Path) -> None:
    said = manifest(moment.backup)["projects"][0]
    assert said["log_hash"] == log[said["changes"]], "the backup holds another history than the server had"
    assert digest_of(succeed("restore", moment.backup, "--data", data)) == said["digest"]
    with BurnishServer.start(data) as server:
        client = server.login()
        present = check_history(client, project)
        assert max(present) == said["changes"]
        check_acknowledged(client, project, moment.acknowledged, present)
        check_whole(client, project, newest_bulk_edits(journal, present))
    check_catalog(data)
    check_rebuilt_equal(data)
    shutil.rmtree(data)


def newest_bulk_edits(journal: Journal, present: set[int]) -> Journal:
    """Those that the backup met under way, or just before, are the ones of which it could hold a half."""
    bulk = [write for write in journal.writes if write.tag and write.answer and write.answer.get("change") in present]
    newest = Journal()
    newest.writes = sorted(bulk, key=lambda write: int(write.answer["change"] if write.answer else 0))[-LOOKED_AT:]
    return newest


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder at rest: uploaded photographs, a bulk edit, a version. Each test works on a copy of its own."""
    folder = tmp_path_factory.mktemp("kept")
    with BurnishServer.start(folder / "data") as server:
        client = server.login()
        project = client.create_project("Shapes")
        assert import_pictures(client, project, "train", SAMPLES // 2) == "done"
        bulk_edit(project, list(range(100)), client.head(project)).send(client)
        client.post(f"/api/v1/projects/{project}/versions", {"name": "first"})
    return folder / "data"


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "data"))


def blobs_in(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted((folder / "blobs").rglob("*")) if path.is_file()}


def flip(file: Path, at: int = -1) -> None:
    content = bytearray(file.read_bytes())
    content[at if at >= 0 else len(content) // 2] ^= 0x10
    file.write_bytes(content)


def test_a_second_backup_copies_only_what_is_new(data: Path, tmp_path: Path) -> None:
    first = back_up(data, tmp_path / "backups")
    copied = {name: path.stat().st_mtime_ns for name, path in blobs_in(tmp_path / "backups").items()}
    second = back_up(data, tmp_path / "backups")
    assert first != second
    assert {name: path.stat().st_mtime_ns for name, path in blobs_in(tmp_path / "backups").items()} == copied
    assert manifest(first)["projects"] == manifest(second)["projects"]


def test_keep_removes_older_backups_and_what_only_they_needed(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backups")
    stray = tmp_path / "backups/blobs/00/00" / ("0" * 64)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"of a backup that is gone")
    newest = back_up(data, tmp_path / "backups", "--keep", "1")
    assert finished(tmp_path / "backups") == [newest.name]
    assert not stray.exists()
    restore(newest, tmp_path / "restored")


def test_a_backup_can_be_checked_without_burnish(data: Path, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "backups")
    checked = subprocess.run(["b2sum", "-l", "256", "--quiet", "-c", "SUMS", "blobs.txt"], cwd=backup, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_nobody_is_logged_in_after_a_restore(data: Path, tmp_path: Path) -> None:
    server = BurnishServer.start(data)
    login = server.login()
    backup = back_up(data, tmp_path / "backups")
    assert server.stop() == 0
    with BurnishServer.start(restore(backup, tmp_path / "restored")) as restored:
        assert client_of(restored, login).send("GET", "/api/v1/projects").status_code == 401
        assert restored.login().get("/api/v1/projects")["projects"][0]["name"] == "Shapes"


@pytest.mark.parametrize("part", ["catalog.sqlite", "blobs.txt", "manifest.json", "blob"])
def test_a_damaged_backup_is_refused_by_name(part: str, data: Path, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "backups")
    damaged = max(blobs_in(tmp_path / "backups").values()) if part == "blob" else backup / part
    flip(damaged)
    for command in (["restore", backup, "--data", tmp_path / "restored"], ["verify", backup]):
        done = burnish(*command)
        assert done.returncode == 1, done.stdout
        assert damaged.name in done.stdout + done.stderr
    assert not (tmp_path / "restored").exists()
    assert list(tmp_path.glob(".restored*")) == []


def test_a_missing_blob_is_refused_by_name(data: Path, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "backups")
    name, path = max(blobs_in(tmp_path / "backups").items())
    path.unlink()
    done = burnish("restore", backup, "--data", tmp_path / "restored")
    assert done.returncode == 1
    assert f"{name} is missing" in done.stderr


def test_a_used_folder_is_never_overwritten(data: Path, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "backups")
    before = hashes_of(data)
    done = burnish("restore", backup, "--data", data)
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert hashes_of(data) == before


POINTS = ["backup.catalog_copied", "backup.blobs_arrived", "backup.blobs_copied", "backup.rename.before"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("action", ["crash", "error"])
def test_an_interrupted_backup_is_none_and_the_next_one_works(point: str, action: str, data: Path, tmp_path: Path) -> None:
    done = burnish("backup", tmp_path / "backups", "--data", data, failpoint=f"{point}:{action}")
    assert done.returncode == (CRASHED if action == "crash" else 1), done.stderr
    assert finished(tmp_path / "backups") == []
    backup = back_up(data, tmp_path / "backups")
    assert list((tmp_path / "backups").glob("*.partial")) == []
    assert not (tmp_path / "backups/blobs/arriving").exists()
    restore(backup, tmp_path / "restored")


def test_an_interrupted_restore_leaves_no_data_folder_and_the_next_one_works(data: Path, tmp_path: Path) -> None:
    backup = back_up(data, tmp_path / "backups")
    done = burnish("restore", backup, "--data", tmp_path / "restored", failpoint="restore.rename.before:crash")
    assert done.returncode == CRASHED
    assert not (tmp_path / "restored").exists()
    restore(backup, tmp_path / "restored")


def test_killed_backups_leave_nothing_that_looks_like_one(data: Path, tmp_path: Path) -> None:
    command = ["backup", str(tmp_path / "backups"), "--data", str(data)]
    rng = random.Random(1)
    for _ in range(20 if os.environ.get("BURNISH_LONG") else 5):
        process = subprocess.Popen([str(binary()), *command], env=environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, 0.3))
        process.kill()
        process.wait()
    for name in finished(tmp_path / "backups") if (tmp_path / "backups").exists() else []:
        assert burnish("verify", tmp_path / "backups" / name).returncode == 0
    restore(back_up(data, tmp_path / "backups"), tmp_path / "restored")


def test_a_full_disk_is_said_and_leaves_nothing_behind(data: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)], capture_output=True).returncode != 0:
        pytest.skip("a small file system can only be mounted by root")
    try:
        done = burnish("backup", small / "backups", "--data", data)
        assert done.returncode == 1
        assert "disk is full" in done.stderr
        assert finished(small / "backups") == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        restore(back_up(data, small / "backups"), tmp_path / "restored")
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_verify_names_what_is_broken(data: Path) -> None:
    assert "Everything is whole" in succeed("verify", "--data", data)
    blobs = blobs_in(data)
    largest = max(blobs.values(), key=lambda path: path.stat().st_size)
    flip(largest)
    with closing(sqlite3.connect(data / "catalog.sqlite")) as connection:
        connection.execute("UPDATE changes SET summary = 'nothing happened' WHERE sequence = 2")
        connection.execute("UPDATE audit SET action = 'nothing' WHERE project = '' AND number = 1")
        connection.commit()
    done = burnish("verify", "--data", data)
    assert done.returncode == 1
    assert f"{largest.name}" in done.stdout
    assert 'The project "Shapes": Change 2 is not what was written.' in done.stdout
    assert "The server's audit log was changed." in done.stdout
    refused = burnish("backup", data.parent / "backups", "--data", data)
    assert refused.returncode == 1
    assert finished(data.parent / "backups") == []


def test_verify_finds_a_version_that_changed_its_content(data: Path) -> None:
    with closing(sqlite3.connect(data / "catalog.sqlite")) as connection:
        connection.execute("UPDATE versions SET digest = ?", ("0" * 64,))
        connection.commit()
    done = burnish("verify", "--data", data)
    assert done.returncode == 1
    assert "no longer has the content" in done.stdout


def test_a_backup_does_not_lie_in_what_it_backs_up(data: Path) -> None:
    done = burnish("backup", data / "backups", "--data", data)
    assert done.returncode == 1
    assert "inside the data folder" in done.stderr


def test_photographs_that_stay_where_they_are_are_named(tmp_path: Path) -> None:
    (tmp_path / "photos/disc").mkdir(parents=True)
    (tmp_path / "photos/disc/one.png").write_bytes(picture("disc", 1))
    with BurnishServer.start(tmp_path / "data", media_roots={"photos": tmp_path / "photos"}) as server:
        client: Client = server.login()
        project = client.create_project("Shapes")
        started = client.folder_import(project, "photos")
        assert client.check_import(project, started)["state"] == "checked"
        assert client.commit_import(project, started)["state"] == "done"
        printed = succeed("backup", tmp_path / "backups", "--data", tmp_path / "data")
    assert str(tmp_path / "photos") in printed.split("Not in it")[1]
