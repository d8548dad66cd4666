"""Broken and malicious files through a real server's import (S-08): nothing falls over, leaves staging or goes unnamed.

About 600 files; 10,000 and the archive of 100,000 entries with BURNISH_LONG=1. BURNISH_HOSTILE_SEED replays a run.
"""

from __future__ import annotations

import os
import random
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from burnish_server import BurnishServer, Client, new_key  # noqa: E402
from by_hand import PICTURES, Case, small, sources  # noqa: E402
from mutations import mutated, picture_seeds, table_seeds  # noqa: E402

LONG = bool(os.environ.get("BURNISH_LONG"))
SEED = int(os.environ.get("BURNISH_HOSTILE_SEED", 20261123))
# A report keeps the first thousand names of each problem, so that many pictures come in several imports.
PICTURE_IMPORTS = 10 if LONG else 1
MUTATED_PICTURES = 800 if LONG else 520  # in each
MUTATED_SOURCES = 2_000 if LONG else 60
MOST_MEMORY = 1_500 << 20
TOKEN = f"escaped-{os.getpid()}-{SEED}"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="session")
def server(folder: Path) -> Iterator[BurnishServer]:
    (folder / "media").mkdir()
    with BurnishServer.start(folder / "data", media_roots={"media": folder / "media"}) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: BurnishServer) -> Client:
    return server.login()


@pytest.fixture(autouse=True)
def unbroken(server: BurnishServer, client: Client, folder: Path) -> Iterator[None]:
    """After each test: the same process answers, within its memory, and wrote only where it may."""
    assert server.process is not None
    process = server.process.pid
    yield
    assert server.is_running() and server.process.pid == process
    assert client.get("/api/v1/session")["role"] == "owner"
    assert memory(process) < MOST_MEMORY
    assert not escaped(folder)
    assert not [line for line in server.log if "error request" in line], server.log[-20:]


def memory(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def escaped(folder: Path) -> list[Path]:
    """What lies beside the data folder, or bears the name that only files outside of staging could show."""
    beside = [path for path in folder.iterdir() if path.name not in ("data", "media")]
    around = [Path("/"), Path("/tmp"), Path.cwd(), Path.home(), *folder.parents]
    return beside + [path for place in around for path in place.glob(f"*{TOKEN}*")] + list((folder / "data").rglob(f"*{TOKEN}*"))


def problems_of(client: Client, project: str, import_id: str, plan: dict[str, Any]) -> dict[str, list[str]]:
    """Every name, by the code of its problem."""
    found = {}
    for problem in plan["problems"]:
        names: list[str] = []
        while True:
            page = client.get(f"/api/v1/projects/{project}/imports/{import_id}/problems", code=problem["code"], offset=len(names), count=1000)
            names += page["names"]
            if not page["names"] or len(names) >= page["total"]:
                break
        found[problem["code"]] = names
    return found


def write_pictures(place: Path, seed: int) -> set[str]:
    """By hand and mutated, below one class each. Their paths within `place`."""
    noise = random.Random(seed)
    seeds = picture_seeds()
    (place / "by hand").mkdir(parents=True)
    for case in PICTURES:
        (place / "by hand" / case.name).write_bytes(case.content)
    for i in range(MUTATED_PICTURES):
        kind, content = mutated(noise, seeds)
        (place / f"class {i % 7}").mkdir(exist_ok=True)
        (place / f"class {i % 7}" / f"{i}.{kind}").write_bytes(content)
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}


@pytest.mark.parametrize("batch", range(PICTURE_IMPORTS))
def test_every_broken_picture_comes_in_whole_or_is_named(client: Client, folder: Path, batch: int) -> None:
    place = folder / f"media/pictures {batch}"
    written = write_pictures(place, SEED + 100 * batch)
    (place / "by hand/link.png").symlink_to("/etc/passwd")
    os.mkfifo(place / "by hand/pipe.png")
    (place / os.fsdecode(b"by hand/\xff\xfe.png")).write_bytes(small("PNG"))

    project = client.create_project(place.name)
    made = client.folder_import(project, "media", place.name)
    checked = client.check_import(project, made, {"format": "folder_per_class"})
    assert checked["state"] == "checked", checked
    done = client.commit_import(project, made, wait=1_800)
    assert done["state"] == "done", done

    report = done["report"]
    named = problems_of(client, project, made, report)
    severities = {problem["code"]: problem["severity"] for problem in report["problems"]}
    left_out = [name for code, names in named.items() if severities[code] == "left_out" for name in names]
    # Of what was written, each file is a sample or is named; the link, the pipe and the name that is no text are named too.
    assert report["samples"] + len(left_out) == len(written) + 3, (report["samples"], len(left_out), len(written))
    for case in PICTURES:
        shown = "".join(c if c.isprintable() or c == "\u202e" else f"\\x{ord(c):02X}" for c in case.name)
        about = [code for code, names in named.items() if severities[code] == "left_out" and any(shown.lower() in name.lower() for name in names)]
        if case.codes:
            assert set(about) & set(case.codes), (case.name, about, case.codes)
        else:
            assert not about, (case.name, about)
    print(f"seed {SEED}, import {batch}: {len(written)} pictures, {report['samples']} came in, {len(left_out)} named")


def bring(client: Client, project: str, case: Case, *, commit: bool) -> dict[str, list[str]]:
    """One source, checked and, where it can be, committed. The names behind its problems."""
    made = client.upload_import(project, [(case.name, case.content)], case.name)
    checked = client.check_import(project, made)
    where = f"/api/v1/projects/{project}/imports/{made}"
    if checked["state"] == "failed":
        assert checked["failure"]["code"] != "internal", (case.name, checked)
        return {"failed": [checked["failure"]["detail"]]}
    named = problems_of(client, project, made, checked["plan"])
    if commit and checked["plan"]["can_commit"]:
        client.post(f"{where}/commit", key=new_key())
        done = client.wait_import(project, made, {"done", "failed"})
        assert done["state"] == "done" or done["failure"]["code"] != "internal", (case.name, done)
        if "report" in done:
            named |= problems_of(client, project, made, done["report"])
    else:
        client.delete(where)
    return named


@pytest.mark.parametrize("case", sources(TOKEN), ids=lambda case: case.name)
def test_a_malicious_source_is_refused_by_name(client: Client, case: Case) -> None:
    named = bring(client, client.create_project(case.name), case, commit=True)
    assert set(named) & set(case.codes), named


def test_broken_tables_and_archives_end_in_a_report(client: Client) -> None:
    noise = random.Random(SEED + 1)
    seeds = table_seeds()
    project = client.create_project("Sources")
    clean = 0
    for i in range(MUTATED_SOURCES):
        kind, content = mutated(noise, seeds)
        named = bring(client, project, Case(f"{i}.{kind}", content, ()), commit=i % 10 == 0)
        clean += not named
    print(f"seed {SEED}: {MUTATED_SOURCES} sources, {clean} without a problem")


@pytest.mark.skipif(not LONG, reason="takes a minute: --long")
def test_an_archive_of_a_hundred_thousand_entries_is_unpacked_or_refused(client: Client, folder: Path) -> None:
    made = folder / "media/many.zip"
    picture = small("PNG")
    with zipfile.ZipFile(made, "w") as archive:
        for i in range(100_000):
            archive.writestr(f"{i % 10}/{i}.png", picture if i % 1_000 == 0 else b"x")
    project = client.create_project("Many")
    started = client.upload_import(project, [("many.zip", made.read_bytes())], "many.zip")
    assert client.check_import(project, started)["state"] == "checked"
    done = client.commit_import(project, started, wait=600)
    assert done["state"] == "done", done
    left_out = sum(problem["count"] for problem in done["report"]["problems"] if problem["severity"] == "left_out")
    assert (done["report"]["samples"], left_out) == (100, 99_900), done["report"]
