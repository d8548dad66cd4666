"""A disk that fills up, refuses or forgets, under load: refused loudly, reads go on, and no restart once the cause is gone.

`bad_disk.c` is that disk, everywhere; where a file system can be mounted, one that is really full is filled too.
"""

from __future__ import annotations

import errno
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bad_disk import BadDisk
from burnish_server import BurnishServer, Client, wait_for
from journal import Journal, Write
from load import Load
from scenes import bulk_edit, client_of, edit, import_pictures
from seeds import new_seed, times
from survey import check_after_restart, check_served

POINTS = times(8, 50)
SAMPLES = 140
REFUSED_WITHIN = 2.0
PATIENCE = 20.0  # seconds until something that must happen has to have happened


@contextmanager
def shapes(data: Path, disk: BadDisk | None = None, bug: str = "", part: str = "") -> Iterator[tuple[BurnishServer, Client, str]]:
    server = BurnishServer(data)
    if disk:
        disk.under(server, part)
    if bug:
        server.environment["SEEDED_BUG"] = bug
    server.run()
    try:
        client = server.login()
        project = client.create_project("Shapes")
        assert import_pictures(client, project, "train", SAMPLES // 2) == "done"
        yield server, client, project
    finally:
        server.stop()


def one_write(client: Client, project: str, journal: Journal) -> Write:
    number = len(journal.writes)
    write = journal.add(edit(project, [number % SAMPLES], {"class": ["disc", "square"][number % 2], "confirm": True}, client.head(project)))
    write.sets_class = None  # confirmed: the history says more than the class
    write.send(client)
    return write


def read_all(client: Client, project: str) -> None:
    """What a person looks at: the project, its samples, a page of thumbnails, the history."""
    client.get(f"/api/v1/projects/{project}")
    assert len(client.ordinals(project)) >= SAMPLES
    header, _ = client.frame(f"/api/v1/projects/{project}/thumbnails", ordinals="0,1,2,3", size=160)
    assert all(thumbnail["bytes"] for thumbnail in header["thumbnails"])
    client.get(f"/api/v1/projects/{project}/changes", count=10)


def until_refused(journal: Journal, start: int) -> list[Write]:
    """The writes since `start` that were refused with storage_full, once there are some."""
    def full() -> list[Write]:
        return [write for write in journal.writes[start:] if write.failed == "storage_full"]

    return list(wait_for(full, bool, PATIENCE))


def fill_and_free(server: BurnishServer, client: Client, project: str, journal: Journal, rng: random.Random,
                  fill: Callable[[int], None], free: Callable[[], None]) -> None:
    """Once: the disk fills up at a random moment, stays full for a while, and has room again."""
    assert server.process is not None
    process = server.process.pid
    fill(rng.choice([0, rng.randrange(1 << 14), rng.randrange(1 << 18)]))
    start = len(journal.writes)
    with Load(server, client, project, SAMPLES, journal, rng.randrange(2**32)):
        refused = until_refused(journal, start)
        read_all(client_of(server, client), project)
        free()
    slowest = max(write.seconds for write in refused)
    assert slowest < REFUSED_WITHIN, f"a refusal took {slowest:.1f} s"
    odd = {write.failed for write in journal.writes[start:] if write.failed} - {"storage_full"}
    assert not odd, f"a full disk was called {odd}"
    assert one_write(client, project, journal).answer, "nothing can be saved although there is room again"
    assert server.is_running() and server.process.pid == process, "the server ended"


def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    rng = random.Random(new_seed("disk full"))
    disk = BadDisk(tmp_path / "shim")
    journal = Journal()
    with shapes(tmp_path / "data", disk) as (server, client, project):
        for _ in range(POINTS):
            fill_and_free(server, client, project, journal, rng, disk.fill_up, disk.heal)
        check_served(client, project, journal)
    check_after_restart(server, project, journal)
    print(f"{POINTS} times full, {disk.failed} calls failed, {sum(1 for write in journal.writes if write.failed)} writes refused, "
          f"{len(journal.acknowledged)} acknowledged, none lost, no restart")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(folder)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_file_system_that_is_really_full(small_disk: Path) -> None:
    rng = random.Random(new_seed("file system full"))
    journal = Journal()
    balloon = small_disk / "balloon"

    def free() -> int:
        space = os.statvfs(small_disk)
        return space.f_bavail * space.f_bsize

    def fill(room: int) -> None:
        with balloon.open("ab") as file:
            while (size := free() - room) > 0:
                try:
                    return os.posix_fallocate(file.fileno(), file.tell(), size)
                except OSError as error:  # the server writes meanwhile: what was free a moment ago may not be
                    if error.errno != errno.ENOSPC:
                        raise

    with shapes(small_disk / "data") as (server, client, project):
        for _ in range(max(POINTS // 4, 1)):
            fill_and_free(server, client, project, journal, rng, fill, balloon.unlink)
        check_served(client, project, journal)
    check_after_restart(server, project, journal)


def test_writes_that_the_disk_refuses(tmp_path: Path) -> None:
    disk = BadDisk(tmp_path / "shim")
    journal = Journal()
    rng = random.Random(new_seed("writes refused"))
    with shapes(tmp_path / "data", disk) as (server, client, project):
        for _ in range(times(2, 20)):
            start = len(journal.writes)
            with Load(server, client, project, SAMPLES, journal, rng.randrange(2**32)):
                time.sleep(rng.uniform(0, 0.1))
                disk.refuse_writes()
                wait_for(lambda start=start: [write for write in journal.writes[start:] if write.failed], bool, PATIENCE)
                read_all(client_of(server, client), project)
                disk.heal()
            assert one_write(client, project, journal).answer, "nothing can be saved although the disk works again"
        check_served(client, project, journal)
    check_after_restart(server, project, journal)


def forgotten_flush(tmp_path: Path, seed: int, bug: str = "", part: str = "catalog.sqlite") -> None:
    """The disk fails to flush once. Whoever trusts it after that builds on what may not be there."""
    disk = BadDisk(tmp_path / "shim")
    journal = Journal()
    rng = random.Random(seed)
    with shapes(tmp_path / "data", disk, bug, part) as (server, client, project):
        with Load(server, client, project, SAMPLES, journal, rng.randrange(2**32)):
            time.sleep(rng.uniform(0.05, 0.3))
            before = disk.failed
            disk.forget_flushes()
            wait_for(lambda: disk.failed > before, bool, PATIENCE)
        # The disk works again, and must not be believed.
        later = one_write(client, project, journal)
        read_all(client, project)
        assert later.failed == "unavailable", "a write was acknowledged after a flush had failed"
        server.kill()
    server.environment.clear()
    check_after_restart(server, project, journal)


def test_after_a_failed_flush_nothing_is_acknowledged_until_a_restart(tmp_path: Path) -> None:
    seed = new_seed("flush failed")
    for number in range(times(2, 20)):
        forgotten_flush(tmp_path / str(number), seed + number)


def test_a_failed_flush_while_the_log_is_copied_back_is_not_overlooked(tmp_path: Path) -> None:
    """Of the database file itself: SQLite keeps that to itself, and would overwrite its log after the next one."""
    forgotten_flush(tmp_path, new_seed("copy back"), part="catalog.sqlite$")


def test_a_failed_flush_of_the_columns_costs_nothing_but_the_columns(tmp_path: Path) -> None:
    disk = BadDisk(tmp_path / "shim")
    journal = Journal()
    rng = random.Random(new_seed("columns flush failed"))
    with shapes(tmp_path / "data", disk, part="projects") as (server, client, project):
        with Load(server, client, project, SAMPLES, journal, rng.randrange(2**32)):
            for _ in range(3):
                before = disk.failed
                disk.forget_flushes()
                wait_for(lambda before=before: disk.failed > before, bool, PATIENCE)
        assert not [write for write in journal.writes if write.failed], "an edit waited for its columns"
    server.environment.clear()
    check_after_restart(server, project, journal)


def test_a_failed_flush_of_a_blob_refuses_what_needed_it(tmp_path: Path) -> None:
    disk = BadDisk(tmp_path / "shim")
    journal = Journal()
    with shapes(tmp_path / "data", disk, part="blobs") as (server, client, project):
        for flushes_before in range(6):  # of the file, of its folders, of the file again, ...
            write = journal.add(bulk_edit(project, list(range(flushes_before, SAMPLES)), client.head(project)))
            disk.forget_flushes()
            write.send(client)
            assert write.failed == "unavailable", "a bulk edit was acknowledged whose blob may not be there"
            write.failed = None
            write.send(client)
            assert write.answer, "the same edit cannot be saved although the disk works again"
    server.environment.clear()
    check_after_restart(server, project, journal)


def test_trust_in_a_failed_flush_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="after a flush had failed"):
        for number in range(5):
            forgotten_flush(tmp_path / str(number), number, bug="catalog.trust_failed_flush")
