"""Labels on regions: counts beside DuckDB alone (bench/regions_bench.cpp), and the sidebar over HTTP with them."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import PRESET, PROGRAMS, ROOT, Row, run_json
from serving import RUN, Loaded, milliseconds, narrowing, spread, start


def counting_rows(samples: int, each: int) -> list[Row]:
    lines, memory = run_json([PROGRAMS / "regions_bench", str(samples), str(each)])
    area = f"region labels, {samples:,} samples × {each}"
    return [Row(area, line["what"], line["ours_ms"], "DuckDB alone", line["peer_ms"], line["check"], f"{memory:.0f} MB (both)") for line in lines]


def settle(loaded: Loaded) -> None:
    """Waits until the server has done what it does by itself after a start, such as proving its columns file."""
    assert loaded.server.process is not None
    process = Path(f"/proc/{loaded.server.process.pid}")

    def used() -> int:
        fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15])  # its own time and its ended children's, in 1/100 s

    def children() -> str:
        return "".join((task / "children").read_text() for task in (process / "task").iterdir())

    while True:
        before = used()
        time.sleep(1)
        if used() - before < 5 and not children():
            return


def sidebar(loaded: Loaded, filter: dict[str, Any]) -> None:
    found = loaded.client.result(loaded.project, filter)
    facets = loaded.facets(filter)
    assert facets["count"] == found["count"]
    assert any("labels_now" in value for facet in facets["facets"] if facet["key"] == "region_class" for value in facet["values"])
    loaded.client.send("GET", f"{loaded.path}/results/{found['id']}/tiles", query={"offset": 0, "count": 200, "run": RUN})


def by_regions(number: int) -> dict[str, Any]:
    """A filter that was not asked before, over what is on the samples."""
    chosen = random.Random(number)
    classes = [f"class {n}" for n in range(80)]
    return {"all": [{"region": {"class": chosen.sample(classes, 2)}}, {"field": "field 0", "in": [f"value {chosen.randrange(10)}"]}]}


def server_rows(samples: int, each: int, times: int) -> list[Row]:
    area = f"server, {samples:,} samples × {each} region labels, 2 model runs"
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        subprocess.run([PROGRAMS / "make_project", data, str(samples), "2", str(each)], check=True, stdout=subprocess.DEVNULL)
        (data / "no-models").mkdir()
        start(data, samples)[0].server.stop()  # makes the columns
        loaded, first, _ = start(data, samples)
        try:
            settle(loaded)
            rows = [Row(area, "start to the first whole answer", [first])]
            for what, ask in (("filter, whole sidebar, first page", narrowing), ("the same, filtered by region classes", by_regions)):
                sidebar(loaded, ask(10_000))
                rows.append(spread(area, what, [milliseconds(lambda n=n, f=ask: sidebar(loaded, f(n))) for n in range(times)]))  # type: ignore[misc]
            rows.append(Row(area, "the whole project's sidebar after that", [milliseconds(loaded.facets)], memory=f"{loaded.resident():.0f} MB resident"))
        finally:
            loaded.server.stop()
        return rows


def measure(quick: bool, rows: list[str] | None = None) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    sizes = [(100_000, 10)] if quick else [(1_000_000, 10), (1_000_000, 50)]
    wanted = [int(row) for row in rows or []]
    return [row for samples, each in sizes if not wanted or samples * each in wanted
            for row in [*counting_rows(samples, each), *server_rows(samples, each, 20 if quick else 100)]]
