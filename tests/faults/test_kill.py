"""kill -9 at random moments under mixed load: nothing acknowledged is lost, nothing is half done, nothing is done twice.

The seed is printed; BURNISH_SEED replays it. `./dev test --long` kills 1,000 times.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests
from burnish_server import BurnishServer, Client, Problem, binary
from journal import Journal, Write, drive
from small_pictures import picture

KILLS = 1000 if os.environ.get("BURNISH_LONG") else 60
WRITERS = 4
SAMPLES = 40
CLASSES = ["disc", "square"]


def import_start(client: Client, project: str) -> None:
    files = [(f"train/{kind}/{kind}-{index:02}.png", picture(kind, index)) for kind in CLASSES for index in range(SAMPLES // 2)]
    started = client.upload_import(project, files)
    assert client.check_import(project, started)["state"] == "checked"
    assert client.commit_import(project, started)["state"] == "done"


def import_round(client: Client, project: str, number: int, done: list[int]) -> None:
    """One more import of three pictures; its number is noted once the server said that it is done."""
    try:
        started = client.upload_import(project, [(f"round-{number}/disc/{index}.png", picture("disc", 1000 + 10 * number + index)) for index in range(3)])
        if client.check_import(project, started)["state"] == "checked" and client.commit_import(project, started)["state"] == "done":
            done.append(number)
    except (requests.RequestException, Problem, TimeoutError):
        return


def export_round(client: Client, project: str) -> None:
    try:
        made = client.post(f"/api/v1/projects/{project}/exports", {"format": "csv", "with_media": False})
        client.http.get(client.origin + made["archive"], timeout=30)
    except (requests.RequestException, Problem):
        return


def check_acknowledged(client: Client, project: str, writes: list[Write], present: set[int]) -> None:
    """Acknowledged writes are there; sending them again changes nothing and answers the same."""
    for write in writes:
        assert write.answer is not None
        change = write.answer.get("change")
        assert change is None or change in present, f"acknowledged change {change} of {write.path} is lost"
    head = client.head(project)
    for write in writes[-20:]:
        assert write.answer is not None
        again = client.post(write.path, write.body, key=write.key)
        assert again.get("sequence") == write.answer.get("sequence"), f"{write.path}: the retry answered {again}, the first {write.answer}"
        assert again.get("digest") == write.answer.get("digest")
    assert client.head(project) == head, "a retry had an effect of its own"


def check_whole(client: Client, project: str, journal: Journal) -> None:
    """A bulk edit touched all of its samples or none."""
    undone_tags = set()
    for write in journal.writes:
        if write.tag is None:
            continue
        try:
            carrying = client.ordinals(project, {"tag": [write.tag]})
        except Problem as problem:
            assert problem.code == "invalid_argument"  # the tag never came to be
            carrying = []
        if write.answer is not None and carrying == []:
            undone_tags.add(write.tag)  # taken back by an undo, wholly
        moved = len(write.answer["conflicts"]) if write.answer else 0
        assert len(carrying) in {0, len(write.ordinals) - moved}, f"half a bulk edit: {len(carrying)} of {len(write.ordinals)} samples"


def numbers_of(client: Client, project: str) -> set[int]:
    found: set[int] = set()
    before = 0
    while True:
        query = {"count": 200} | ({"before": before} if before else {})
        page = client.get(f"/api/v1/projects/{project}/changes", **query)["changes"]
        found |= {int(change["sequence"]) for change in page}
        if not page or page[-1]["sequence"] == 1:
            return found
        before = page[-1]["sequence"]


def test_random_kills(tmp_path: Path) -> None:
    seed = int(os.environ.get("BURNISH_SEED", random.SystemRandom().randrange(2**32)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    server = BurnishServer.start(tmp_path / "data")
    client = server.login()
    project = client.create_project("Shapes")
    import_start(client, project)
    cookie = client.http.cookies

    def make_client() -> Client:
        made = Client(server.origin)
        made.http.cookies.update(cookie)
        return made

    journal = Journal()
    imports_done: list[int] = []
    checked = 0
    for number in range(KILLS):
        stop = threading.Event()
        threads = [threading.Thread(target=drive, args=(make_client, journal, project, SAMPLES, CLASSES, rng.randrange(2**32), stop)) for _ in range(WRITERS)]
        if number % 5 == 0:
            threads.append(threading.Thread(target=import_round, args=(make_client(), project, number, imports_done)))
        if number % 7 == 0:
            threads.append(threading.Thread(target=export_round, args=(make_client(), project)))
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0.05, 1.2))
        server.kill()
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
        server.run()
        client = make_client()

        present = numbers_of(client, project)
        assert present == set(range(1, len(present) + 1)), f"kill {number}, seed {seed}: the history has gaps"
        fresh = journal.acknowledged[checked:]
        check_acknowledged(client, project, fresh, present)
        checked = len(journal.acknowledged)
    check_whole(client, project, journal)
    imported = client.ordinals(project, {"path": "round-"})
    assert len(imported) % 3 == 0, "half an import"
    assert len(imported) >= 3 * len(imports_done), "an import that was reported done is lost"
    assert client.post("/api/v1/projects", {"name": "Another"})["samples"] == 0
    assert server.stop() == 0
    assert_rebuilt_equal(tmp_path / "data")
    assert len(journal.acknowledged) > KILLS, "the load was too small to say anything"
    print(f"{KILLS} kills, {len(journal.acknowledged)} acknowledged writes, {len(imports_done)} imports, none lost")


def assert_rebuilt_equal(data: Path) -> None:
    """`burnish rebuild` makes the columns from batches and log alone and compares digests."""
    done = subprocess.run([str(binary()), "rebuild", "--data", str(data)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    verified = subprocess.run([str(binary()), "verify", "--data", str(data)], capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert re.search(r"equal|same|unchanged", done.stdout), done.stdout


@pytest.mark.parametrize("point", ["log.write.before", "catalog.commit.before", "catalog.acknowledge.before", "files.rename.before"])
def test_failpoints_exist_in_the_test_build(point: str) -> None:
    """The harness must be able to bite: the names that it arms are in this binary."""
    assert point.encode() in binary().read_bytes()
