"""What must hold after the server came back, judged by a journal that was kept outside it. Each raises AssertionError."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from burnish_server import Client, Problem, binary
from journal import Journal, Write

RETRIED = 20


def numbers_of(client: Client, project: str, down_to: int = 1) -> list[int]:
    """The sequence numbers of the history, newest first, at least as far back as `down_to`."""
    found: list[int] = []
    before = 0
    while True:
        query = {"count": 200} | ({"before": before} if before else {})
        page = client.get(f"/api/v1/projects/{project}/changes", **query)["changes"]
        found += [int(change["sequence"]) for change in page]
        if not page or found[-1] <= down_to:
            return found
        before = found[-1]


def check_history(client: Client, project: str, down_to: int = 1) -> set[int]:
    """Without gaps; what is older than `down_to` was looked at before and only has to be reached."""
    numbers = numbers_of(client, project, down_to)
    assert numbers == list(range(len(numbers) + numbers[-1] - 1, numbers[-1] - 1, -1)), f"the history has gaps or doubles: {numbers[:50]}"
    assert numbers[-1] <= down_to, f"change {down_to} is gone"
    return set(range(1, numbers[0] + 1))


def check_acknowledged(client: Client, project: str, writes: Sequence[Write], present: set[int]) -> None:
    """Acknowledged writes are there with what they wrote; sending them again changes nothing and answers the same."""
    for write in writes:
        assert write.answer is not None
        change = write.answer.get("change")
        assert change is None or change in present, f"acknowledged change {change} of {write.path} is lost"
    for write in [write for write in writes if write.sets_class and write.answer and write.answer["change"]][-RETRIED:]:
        check_value(client, project, write)
    head = client.head(project)
    for write in writes[-RETRIED:]:
        assert write.answer is not None
        again = client.post(write.path, write.body, key=write.key)
        for what in ("sequence", "change", "digest", "name"):
            assert again.get(what) == write.answer.get(what), f"{write.path}: the retry answered {again}, the first {write.answer}"
    assert client.head(project) == head, "a retry had an effect of its own"


def check_value(client: Client, project: str, write: Write) -> None:
    assert write.answer is not None
    change = write.answer["change"]
    entries = client.get(f"/api/v1/projects/{project}/samples/{write.ordinals[0]}/history", at_least=change)["entries"]
    written = [entry["after"] for entry in entries if entry["sequence"] == change and entry["what"] == "label"]
    assert written == [write.sets_class], f"change {change} set {write.sets_class}, the history has {written}"


def check_once(journal: Journal, present: set[int], imports: int) -> None:
    """No two writes made one change, and no more changes are there than writes that could have made them."""
    made = [write.answer["change"] for write in journal.acknowledged if write.answer and write.answer.get("change")]
    assert len(made) == len(set(made)), "one change was acknowledged to two writes"
    most = len(made) + len(journal.unknown) + imports
    assert len(present) <= most, f"{len(present)} changes from at most {most} writes: something was done twice"


def check_whole(client: Client, project: str, journal: Journal) -> None:
    """A bulk edit touched all of its samples or none."""
    for write in journal.writes:
        if write.tag is None:
            continue
        try:
            carrying = len(client.ordinals(project, {"tag": [write.tag]}))
        except Problem as problem:
            assert problem.code == "invalid_argument", problem  # the tag never came to be
            assert write.answer is None, f"an acknowledged bulk edit left no tag {write.tag}"
            continue
        moved = write.answer["conflict_count"] if write.answer else 0
        # None: taken back by an undo, wholly.
        assert carrying in {0, len(write.ordinals) - moved}, f"half a bulk edit: {carrying} of {len(write.ordinals)} samples"


def check_catalog(data: Path) -> None:
    """SQLite's own checks, on the folder of a server that is not running."""
    with closing(sqlite3.connect(f"file:{data / 'catalog.sqlite'}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_rebuilt_equal(data: Path) -> None:
    """`burnish rebuild` makes the columns from batches and log alone and compares digests."""
    done = subprocess.run([str(binary()), "rebuild", "--data", str(data)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as before" in done.stdout and "DIFFERS" not in done.stdout, done.stdout
    verified = subprocess.run([str(binary()), "verify", "--data", str(data)], capture_output=True, text=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr
