"""Every named failpoint: the server dies there, fails there or hesitates there, and what it had promised holds afterwards.

`./dev test --long` runs every point with every action, first and later; otherwise some that the seed chooses, most of them crashes.
An I/O error, a full disk and no memory at a point must leave a server that saves and answers again without a restart.
"""

from __future__ import annotations

import random
import re
import shutil
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from burnish_server import ROOT, BurnishServer, Client, Problem, binary, wait_for
from checks import check_acknowledged, check_catalog, check_history, check_once, check_rebuilt_equal, check_whole
from journal import Journal, Write
from release_build import objects_of_a_release
from scenes import bulk_edit, edit, import_pictures
from seeds import LONG, new_seed

CRASHED = 86
SAMPLES = 140
ACTIONS = ["crash", "error", "full", "memory", "delay"]
PASSING = {"error", "full", "memory"}  # the cause is gone at the next passing
# Passed again and again: these are armed at a later passing too.
OFTEN = ("catalog.begin", "catalog.commit", "catalog.acknowledge", "log.", "files.", "blobs.", "columns.", "operations.", "jobs.")
LATER = 4
SHORT_CRASHES = 10
SHORT_OTHERS = 4
# Their own suites walk through these.
ELSEWHERE = ("backup.", "restore.", "catalog.upgrade")


def named_points() -> list[str]:
    """The names in src/, each once."""
    found: set[str] = set()
    for file in sorted((ROOT / "src").rglob("*.cpp")):
        found |= set(re.findall(r'BURNISH_FAILPOINT\("([^"]+)"\)', file.read_text()))
    return sorted(name for name in found if not name.startswith(ELSEWHERE))


def chosen_runs(points: list[str]) -> list[tuple[str, str, int]]:
    every = [(point, action, nth) for point in points for action in ACTIONS for nth in ((1, LATER) if point.startswith(OFTEN) else (1,))]
    if LONG:
        return every
    rng = random.Random(new_seed("failpoints"))
    # A crash says the most.
    crashes = rng.sample([run for run in every if run[1] == "crash"], SHORT_CRASHES)
    return sorted(crashes + rng.sample([run for run in every if run[1] != "crash"], SHORT_OTHERS))


POINTS = named_points()
RUNS = chosen_runs(POINTS)


@dataclass
class Outcome:
    crashed: bool = False
    trouble: str = ""


def run_id(run: tuple[str, str, int]) -> str:
    return "-".join(map(str, run))


def import_predictions(client: Client, project: str) -> None:
    path = client.get(f"/api/v1/projects/{project}/samples/0")["path"]
    started = client.upload_import(project, [("predictions.csv", f"path,class\n{path},square\n".encode())])
    mapping = {"content": "predictions", "run_name": "Elsewhere", "columns": {"path": {"role": "path"}, "class": {"role": "class"}}}
    if client.check_import(project, started, mapping)["state"] == "checked":
        client.commit_import(project, started)


def export_to_folder(client: Client, project: str) -> None:
    made = client.post(f"/api/v1/projects/{project}/exports", {"format": "csv", "folder": {"root": "out", "path": "shipped"}})

    def ended(jobs: dict[str, list[dict[str, str]]]) -> bool:
        return all(job["id"] != made["job"]["id"] or job["state"] not in {"queued", "running"} for job in jobs["jobs"])

    wait_for(lambda: client.get("/api/v1/jobs"), ended, 60)


def walk(client: Client, project: str, journal: Journal) -> None:
    """Passes every failpoint: edits, a bulk edit too large for a row, undo, an import, a model run, an export."""
    for ordinal in range(3):
        journal.add(edit(project, [ordinal], {"class": ["square", "disc"][ordinal % 2]}, client.head(project))).send(client)
    journal.add(bulk_edit(project, list(range(0, SAMPLES, 2)), client.head(project))).send(client)
    journal.add(Write(f"/api/v1/projects/{project}/undo", None)).send(client)
    journal.add(Write(f"/api/v1/projects/{project}/classes", {"name": "ring"})).send(client)
    import_pictures(client, project, "round-1", 3, 1000)
    import_predictions(client, project)
    journal.add(Write(f"/api/v1/projects/{project}/versions", {"name": "shipped"})).send(client)
    export_to_folder(client, project)


def is_whole_export(folder: Path) -> bool:
    """A folder of that name is there only when all of it is."""
    return not folder.exists() or sum(1 for file in folder.rglob("*.png")) >= SAMPLES


def check_works_on(server: BurnishServer, project: str, journal: Journal) -> None:
    """In the same process, after something failed in it once."""
    client = server.login()
    assert client.ordinals(project), "no reading after the failure"
    write = journal.add(edit(project, [SAMPLES - 1], {"add_tags": ["after"]}, client.head(project)))
    write.send(client)
    assert write.answer, f"no writing after the failure: {write}"


def run_once(run: tuple[str, str, int], template: Path, project: str, folder: Path) -> Outcome:
    point, action, nth = run
    outcome = Outcome()
    (folder / "out").mkdir(parents=True)
    if point != "catalog.migration":  # passed only where there is no catalog yet
        shutil.copytree(template, folder / "data")
    server = BurnishServer(folder / "data", media_roots={"out": folder / "out"}, failpoint=f"{point}:{action}:{nth}")
    journal = Journal()
    try:
        server.run()
        if point != "catalog.migration":
            walk(server.login(), project, journal)
        server.stop()
    except (requests.RequestException, Problem, TimeoutError, RuntimeError):
        # The server is gone, or what was asked failed as it was told to.
        if action in PASSING and server.is_running() and server.origin:
            check_works_on(server, project, journal)
        server.stop()
    assert server.process is not None
    outcome.crashed = server.process.returncode == CRASHED

    server.failpoint = None
    server.run()
    try:
        leftover = list((folder / "data" / "staging").iterdir())
        assert leftover == [], f"staging was not cleaned: {leftover}"
        if point == "catalog.migration":
            server.login().create_project("Shapes")
            return outcome
        client = server.login()
        present = check_history(client, project)
        check_acknowledged(client, project, journal.acknowledged, present)
        check_once(journal, present, imports=3)  # the template's, the walk's, the model run
        check_whole(client, project, journal)
        assert len(client.ordinals(project, {"path": "round-"})) in {0, 6}, "half an import"
        assert is_whole_export(folder / "out" / "shipped"), "half an export under its final name"
    finally:
        server.stop()
    check_catalog(folder / "data")
    check_rebuilt_equal(folder / "data")
    return outcome


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, int], Outcome]:
    """All runs that were asked for, two at a time, each on its own copy of one project."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    asked_for = {spec.params["run"] for spec in specs if spec and "run" in spec.params}
    runs = [run for run in RUNS if run in asked_for]
    folder = tmp_path_factory.mktemp("failpoints")
    server = BurnishServer.start(folder / "template")
    client = server.login()
    project = client.create_project("Shapes")
    assert import_pictures(client, project, "train", SAMPLES // 2) == "done"
    assert server.stop() == 0

    def guarded(run: tuple[str, str, int]) -> Outcome:
        try:
            outcome = run_once(run, folder / "template", project, folder / run_id(run))
        except Exception:  # one run must not end the others; its test shows what happened
            return Outcome(trouble=traceback.format_exc())
        shutil.rmtree(folder / run_id(run))
        return outcome

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(runs, pool.map(guarded, runs), strict=True))


@pytest.mark.parametrize("run", RUNS, ids=run_id)
def test_nothing_promised_is_lost(run: tuple[str, str, int], outcomes: dict[tuple[str, str, int], Outcome]) -> None:
    assert not outcomes[run].trouble, outcomes[run].trouble


def test_every_failpoint_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missed() -> list[str]:
        return sorted(set(POINTS) - set((tmp_path / "trace").read_text().split()))

    (tmp_path / "out").mkdir()
    server = BurnishServer(tmp_path / "data", media_roots={"out": tmp_path / "out"})
    monkeypatch.setenv("FAILPOINT_TRACE", str(tmp_path / "trace"))
    server.run()
    client = server.login()
    project = client.create_project("Shapes")
    assert import_pictures(client, project, "train", SAMPLES // 2) == "done"
    journal = Journal()
    walk(client, project, journal)
    again = journal.add(bulk_edit(project, list(range(0, SAMPLES, 2)), client.head(project)))
    again.send(client)
    assert import_pictures(client, client.create_project("The same pictures"), "train", 2) == "done"
    assert server.stop() == 0
    server.run()  # which reads the columns that are there, in its own time
    server.login().wait_ready(project, ("columns",))
    assert len(POINTS) >= 40
    # A server that ends before its columns have come up to the log keeps no digest of them.
    wait_for(missed, lambda names: set(names) <= {"columns.digest.before"}, 300)
    server.stop()
    check_rebuilt_equal(tmp_path / "data")
    assert missed() == []


def knows(client: Client) -> bool:
    try:
        return bool(client.get("/api/v1/projects"))
    except Problem:
        return False


def test_an_acknowledgement_before_the_commit_is_found(tmp_path: Path) -> None:
    server = BurnishServer(tmp_path / "data")
    server.run()
    project = server.login().create_project("Shapes")
    server.stop()
    server.environment["SEEDED_BUG"] = "catalog.acknowledge_early"
    server.run()
    client = server.login()
    wait_for(lambda: knows(client), bool, 10)  # the login was acknowledged early too
    write = Write(f"/api/v1/projects/{project}/versions", {"name": "shipped"})
    write.send(client)
    server.kill()
    server.environment.clear()
    server.run()
    try:
        assert write.answer, f"the seeded bug no longer acknowledges early: {write}"
        versions = server.login().get(f"/api/v1/projects/{project}/versions")["versions"]
        with pytest.raises(AssertionError, match="lost"):
            assert any(version["name"] == "shipped" for version in versions), "an acknowledged version is lost"
    finally:
        server.stop()


def test_the_test_build_has_them_and_a_release_none(tmp_path: Path) -> None:
    content = binary().read_bytes()
    assert all(point.encode() in content for point in POINTS)
    for released in objects_of_a_release(tmp_path):
        content = released.read_bytes()
        assert [point for point in POINTS if point.encode() + b"\0" in content] == [], released
        assert b"FAILPOINT" not in content and b"SEEDED_BUG" not in content and b"PassFailpoint" not in content, released
