"""The server over HTTP on one large generated project: start, sidebar, pages, edits by twenty writers, bulk edits; the wire is in serving_http."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import PRESET, PROGRAMS, ROOT, Row, shown
from serving_http import PHOTOGRAPHS, serving_rows
from serving_load import RUN, BurnishServer, Loaded, milliseconds, spread, wrk

WRITERS = 20
REBUILDS = 3


def start(data: Path, samples: int) -> tuple[Loaded, float, float]:
    """The server; milliseconds to the first whole answer and until the model runs are attached too."""
    begun = time.perf_counter()
    roots = {"photographs": PHOTOGRAPHS} if PHOTOGRAPHS.is_dir() else {}
    server = BurnishServer.start(data, media_roots=roots, arguments=["--models", str(data / "no-models")])
    loaded = Loaded(server, server.login(), samples)
    while loaded.facets()["total"] != samples:
        time.sleep(0.01)
    first = 1000 * (time.perf_counter() - begun)
    while not any(facet["key"] == "margin" for facet in loaded.facets()["facets"]):
        time.sleep(0.01)
    return loaded, first, 1000 * (time.perf_counter() - begun)


def narrowing(number: int) -> dict[str, Any]:
    """A filter over three columns that was not asked before."""
    chosen = random.Random(number)
    texts = [f"value {n}" for n in range(10)]
    return {"all": [{"split": [chosen.choice(["train", "validation", "test", "pool"])]},
                    {"field": "field 0", "in": chosen.sample(texts, 2)}, {"field": "field 1", "in": chosen.sample(texts, 3)}]}


def reading_rows(loaded: Loaded, area: str, times: int) -> list[Row]:
    client, path = loaded.client, loaded.path

    def sidebar(number: int) -> None:
        filter = narrowing(number)
        found = client.result(loaded.project, filter)
        facets = loaded.facets(filter)
        assert facets["count"] == found["count"]
        client.send("GET", f"{path}/results/{found['id']}/tiles", query={"offset": 0, "count": 200, "run": RUN})

    def sorted_by_margin(number: int) -> None:
        client.post(path + "/results", {"filter": {"all": [{"field": "field 2", "range": [number, None]}]}, "sort": {"by": "margin"}, "run": RUN}, key=None)

    def confusion(number: int) -> None:
        found = client.post(path + "/evaluations", {"run": RUN, "filter": narrowing(number)}, key=None)
        assert found["confusion"]

    whole = client.result(loaded.project)["id"]
    questions: list[tuple[str, Callable[[int], Any]]] = [
        ("filter, whole sidebar, first page", sidebar),
        ("grid page of 200", lambda n: client.send("GET", f"{path}/results/{whole}/tiles", query={"offset": n * 997, "count": 200, "run": RUN})),
        ("open a sample", lambda n: client.get(f"{path}/samples/{n * 997 % loaded.samples}")),
        ("sort by margin, another filter each", sorted_by_margin),
        ("confusion matrix, another filter each", confusion),
        ("history, 50 changes", lambda n: client.get(path + "/changes", count=50)),
    ]
    rows = []
    for what, ask in questions:
        ask(10_000)
        rows.append(spread(area, what, [milliseconds(lambda n=n: ask(n)) for n in range(times)]))  # type: ignore[misc]
    return rows


def edit_rows(loaded: Loaded, area: str, seconds: int) -> list[Row]:
    client = loaded.client
    head = client.head(loaded.project)
    script = Path(__file__).parent / "load_edits.lua"
    rate, slowest = wrk(loaded.server.origin, loaded.project, str(head), client.cookie(), str(loaded.samples), str(time.time_ns() % 10**9), script=script, seconds=seconds,
                        connections=WRITERS)
    now = client.head(loaded.project)
    seen = loaded.facets({"changed": {"after": head, "upto": now}})
    assert 0 < seen["count"] <= now - head, "the edits are not in a following read"
    rows = [Row(area, f"edits by {WRITERS} writers, each", [1000 / rate], check=f"{rate:.0f}/s, p99 {shown(slowest)}; {now - head} changes, seen by the next read")]
    for what, filter, most in (("about a tenth", {"all": [{"field": "field 0", "in": ["value 3"]}]}, 0.2), ("all", {"all": []}, 1.0)):
        done: list[float] = []
        undone: list[float] = []
        for number in range(3):
            outcome: dict[str, Any] = {}
            base = client.head(loaded.project)
            done.append(milliseconds(lambda f=filter, n=number, b=base, o=outcome: o.update(client.edit(loaded.project, {"filter": f}, {"add_tags": [f"tag {n} {b}"]}, base=b))))  # type: ignore[misc]
            assert 0 < outcome["changed"] <= most * loaded.samples
            undone.append(milliseconds(lambda: client.post(loaded.path + "/undo")))
        rows += [spread(area, f"bulk edit of {what}", done, f"{outcome['changed']:,} samples"), spread(area, f"its undo, {what}", undone)]
    return rows


def rebuild_row(data: Path, project: str, area: str, samples: int, state: str) -> Row:
    command = [os.environ["BURNISH_BINARY"], "rebuild", "--data", str(data), "--models", str(data / "no-models"), "--project", project]
    printed: list[str] = []
    took = [milliseconds(lambda: printed.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)) for _ in range(REBUILDS)]
    assert all("as before" in text for text in printed), printed
    return Row(area, f"burnish rebuild, opening included, {state}", took, check=f"{samples / statistics.median(took):,.0f} thousand samples a second; digest as before")


def project_rows(samples: int, runs: int, quick: bool) -> list[Row]:
    area = f"server, {samples:,} samples × 12 fields, {runs} model runs"
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        subprocess.run([PROGRAMS / "make_project", data, str(samples), str(runs)], check=True, stdout=subprocess.DEVNULL)
        (data / "no-models").mkdir()
        new = start(data, samples)[0]
        new.server.stop()  # has made the columns
        rebuilt = rebuild_row(data, new.project, area, samples, "as imported")
        loaded, first, all_attached = start(data, samples)
        try:
            rows = [Row(area, "start to the first whole answer", [first], check=f"model runs attached after {shown(all_attached)}")]
            rows += reading_rows(loaded, area, 20 if quick else 100)
            rows += edit_rows(loaded, area, 2 if quick else 10)
            rows += serving_rows(loaded, area, Path(name), 3 if quick else 5, 1 if quick else 5)
            resident = loaded.resident()
            rows.append(Row(area, "the same sidebar after all that", [milliseconds(loaded.facets)], check=f"{samples * (runs + 1):,} labels", memory=f"{resident:.0f} MB resident"))
        finally:
            loaded.server.stop()
        return [*rows, rebuilt, rebuild_row(data, loaded.project, area, samples, "after all these edits")]


def measure(quick: bool, rows: list[str] | None = None) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    sizes = [(100_000, 2)] if quick else [(100_000, 2), (1_000_000, 9), (10_000_000, 2)]
    wanted = [int(row) for row in rows or []]
    return [row for samples, runs in sizes if not wanted or samples in wanted for row in project_rows(samples, runs, quick)]
