"""Many writers on few labels, and connections cut between request and answer: no lost update, no gap, nothing done twice."""

from __future__ import annotations

import http.client
import json
import random
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from burnish_server import BurnishServer, Client, new_key
from chains import Accepted, check_chains
from checks import check_history, check_rebuilt_equal
from scenes import client_of, import_pictures
from seeds import LONG, new_seed, times

WRITERS = 50
EDITS = times(3_000, 100_000)
LABELS = 1_000 if LONG else 100
CUTS = times(60, 1_000)
CLASSES = ["disc", "square"]


class Connection:
    """One kept open. Leaner than a session of requests: the driver shares two cores with the server."""

    def __init__(self, server: BurnishServer, login: Client) -> None:
        self.port = server.port
        self.headers = {"X-Burnish": "1", "Cookie": login.cookie(), "Content-Type": "application/json"}
        self._http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def post(self, path: str, body: object, key: str) -> tuple[int, dict[str, object]]:
        self._http.request("POST", path, json.dumps(body), self.headers | {"Idempotency-Key": key})
        response = self._http.getresponse()
        return response.status, json.loads(response.read())

    def raw(self, path: str, body: object, key: str) -> bytes:
        content = json.dumps(body).encode()
        head = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(content)), "Idempotency-Key": key} | self.headers
        return f"POST {path} HTTP/1.1\r\n".encode() + b"".join(f"{name}: {value}\r\n".encode() for name, value in head.items()) + b"\r\n" + content


@dataclass
class Journal:
    accepted: list[Accepted] = field(default_factory=list)
    refused: int = 0
    without_effect: int = 0


def write_on(connection: Connection, project: str, edits: int, labels: int, seed: int, journal: Journal) -> None:
    rng = random.Random(seed)
    base = 1
    for _ in range(edits):
        ordinal, key = rng.randrange(labels), new_key()
        wanted = rng.choice(CLASSES)
        # Every fifth time from a page that was opened a while ago.
        seen = max(1, base - rng.randrange(30)) if rng.random() < 0.2 else base
        body = {"base": seen, "target": {"ordinals": [ordinal]}, "set": {"class": wanted}}
        status, answer = connection.post(f"/api/v1/projects/{project}/edits", body, key)
        if status != 409 and rng.random() < 0.05:  # as a client does that did not get its answer
            _, again = connection.post(f"/api/v1/projects/{project}/edits", body, key)
            assert again.get("change") == answer.get("change"), f"the retry answered {again}, the first {answer}"
        if status == 409:
            journal.refused += 1
            base = max(base, max((one.sequence for one in journal.accepted[-WRITERS:]), default=1))
            continue
        assert status in {200, 201}, answer
        if answer["change"] is None:
            journal.without_effect += 1
        else:
            journal.accepted.append(Accepted(ordinal, seen, int(str(answer["change"])), wanted))
        base = max(base, int(str(answer["sequence"])))


def check_histories(client: Client, project: str, accepted: list[Accepted], head: int, labels: int) -> None:
    """Each label's history tells what was accepted for it, and nothing else."""
    own: list[list[tuple[int, str]]] = [[] for _ in range(labels)]
    for one in sorted(accepted, key=lambda one: one.sequence, reverse=True):
        own[one.thing].append((one.sequence, one.value))
    for ordinal in range(labels):
        entries = client.get(f"/api/v1/projects/{project}/samples/{ordinal}/history", at_least=head)["entries"]
        told = [(entry["sequence"], entry["after"]) for entry in entries if entry["what"] == "label" and entry["sequence"] > 1]
        assert told == own[ordinal], f"the history of sample {ordinal} is another one"


def race(data: Path, edits: int, labels: int, seed: int, writers: int = WRITERS, bug: str = "") -> Journal:
    server = BurnishServer(data)
    if bug:
        server.environment["SEEDED_BUG"] = bug
    server.run()
    try:
        login = server.login()
        project = login.create_project("Shapes")
        assert import_pictures(login, project, "train", labels // 2) == "done"
        journal = Journal()
        rng = random.Random(seed)
        with ThreadPoolExecutor(writers) as pool:
            jobs = [pool.submit(write_on, Connection(server, login), project, edits // writers, labels, rng.randrange(2**32), journal)
                    for _ in range(writers)]
            for job in jobs:
                job.result()
        head = max(check_history(login, project))
        check_chains(journal.accepted, head, 2, [kind for kind in CLASSES for _ in range(labels // 2)])
        check_histories(client_of(server, login), project, journal.accepted, head, labels)
    finally:
        server.stop()
    check_rebuilt_equal(data)
    return journal


def test_fifty_writers_lose_no_update(tmp_path: Path) -> None:
    journal = race(tmp_path / "data", EDITS, LABELS, new_seed("writers"))
    print(f"{WRITERS} writers, {LABELS} labels: {len(journal.accepted)} accepted, {journal.without_effect} without effect, {journal.refused} refused as stale")
    assert journal.refused, "nobody was in anybody's way: this says nothing"


def test_a_forgotten_revision_check_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="lost update"):
        race(tmp_path / "data", 200, 4, 5, writers=1, bug="log.no_revision_check")


def cut_and_retry(server: BurnishServer, login: Client, projects: list[str], cuts: int, seed: int) -> None:
    """Each write once with its connection cut before the answer, then again, twice and at once, in each project under one key."""
    rng = random.Random(seed)
    before = {project: login.head(project) for project in projects}
    lock = threading.Lock()
    made: dict[str, list[int]] = {project: [] for project in projects}

    def one(number: int) -> None:
        connections = [Connection(server, login) for _ in range(2)]
        key = new_key()
        body = {"name": f"class {seed} {number}"}
        with lock:
            pause, whole = rng.uniform(0, 0.004), rng.random() < 0.8
        for project in projects:
            path = f"/api/v1/projects/{project}/classes"
            request = connections[0].raw(path, body, key)
            with socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close resets, as a lost network does
                plain.sendall(request if whole else request[: len(request) // 2])
                threading.Event().wait(pause)
            answers = [connection.post(path, body, key) for connection in connections]
            assert all(status in {200, 201} for status, _ in answers), answers
            changes = {answer["change"] for _, answer in answers}
            assert len(changes) == 1, f"one operation id, two effects: {changes}"
            with lock:
                made[project].append(int(str(changes.pop())))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(one, number) for number in range(cuts)]:
            done.result()
    for project in projects:
        assert login.head(project) == before[project] + cuts, f"{login.head(project) - before[project]} effects of {cuts} operations"
        assert sorted(made[project]) == list(range(before[project] + 1, before[project] + cuts + 1)), "an effect belongs to two operations"


def with_cuts(data: Path, cuts: int, seed: int, bug: str = "") -> None:
    server = BurnishServer(data)
    if bug:
        server.environment["SEEDED_BUG"] = bug
    server.run()
    try:
        login = server.login()
        cut_and_retry(server, login, [login.create_project("Shapes"), login.create_project("Others")], cuts, seed)
    finally:
        server.stop()
    check_rebuilt_equal(data)


def test_a_cut_connection_and_its_retries_have_one_effect(tmp_path: Path) -> None:
    with_cuts(tmp_path / "data", CUTS, new_seed("cuts"))


@pytest.mark.parametrize("bug", ["operations.forgotten", "operations.any_project"])
def test_an_operation_id_forgotten_or_out_of_its_project_is_found(tmp_path: Path, bug: str) -> None:
    with pytest.raises(AssertionError):
        with_cuts(tmp_path / "data", 5, 1, bug)
