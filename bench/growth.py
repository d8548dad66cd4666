"""How cost grows with the size of a project: filter with its sidebar, one edit, rebuild, search and suspected wrong labels, at 100 thousand,
1 million and 10 million samples.

The exponent of a row is the slope of log(time) over log(samples) between the smallest and the largest size: 1 is linear, below 1 better. The
bar is 1.1. Suspected wrong labels grow with samples x classes and are measured at 100 classes; search at 64 dimensions, so that 10 million rows
have their index within minutes. `./dev bench growth 100000 1000000` takes other sizes."""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import search
import serving
from measure import PRESET, PROGRAMS, ROOT, Row, percentile, run_json, shown

SIZES = (100_000, 1_000_000, 10_000_000)
TIMES = 30
CLASSES = 100
WIDTH = 64  # of the vectors that are searched
QUERIES = 300
EXACT_UP_TO = 200_000  # the product compares all rows up to here (vector_space.hpp)
BAR = 1.1


def project_times(samples: int) -> dict[str, float]:
    """Milliseconds: the median sidebar and edit, one rebuild."""
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        subprocess.run([PROGRAMS / "make_project", data, str(samples), "1"], check=True, stdout=subprocess.DEVNULL)
        (data / "no-models").mkdir()
        loaded, _, _ = serving.start(data, samples)
        try:
            client = loaded.client

            def sidebar(number: int) -> None:
                filter = serving.narrowing(number)
                assert loaded.facets(filter)["count"] == client.result(loaded.project, filter)["count"]

            def edit(number: int) -> None:
                base = client.head(loaded.project)
                client.edit(loaded.project, {"ordinals": [number * 997 % samples]}, {"add_tags": [f"tag {number}"]}, base=base)

            sidebar(TIMES)
            edit(TIMES)
            found = {
                "filter, whole sidebar": percentile([serving.milliseconds(lambda n=n: sidebar(n)) for n in range(TIMES)], 0.5),  # type: ignore[misc]
                "one edit, durable": percentile([serving.milliseconds(lambda n=n: edit(n)) for n in range(TIMES)], 0.5),  # type: ignore[misc]
            }
        finally:
            loaded.server.stop()
        return found | {"rebuild": min(serving.rebuild_row(data, loaded.project, "", samples, "").ours)}


def suspects_time(count: int) -> float:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        rows = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float32, (count, CLASSES))
        for begin in range(0, count, 100_000):
            some = rng.random((min(100_000, count - begin), CLASSES), np.float32)
            rows[begin : begin + len(some)] = some / some.sum(axis=1, keepdims=True)
        rows.flush()
        np.save(folder / "labels.npy", rng.integers(0, CLASSES, count).astype(np.uint16))
        command = ["label-errors", *(folder / f"{part}.npy" for part in ("rows", "labels", "positions", "scores", "joint"))]
        return min(1000 * run_json([PROGRAMS / "math_bench", *command])[0][0]["seconds"] for _ in range(3))


def search_time(count: int) -> float:
    """Milliseconds a query, of all samples."""
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        search.generate(folder, count, QUERIES, WIDTH)
        run_json([PROGRAMS / "search_bench", "pack", folder / "rows.npy", folder])
        (folder / "rows.npy").unlink()
        indexed = count > EXACT_UP_TO
        if indexed:
            run_json([PROGRAMS / "search_bench", "build", folder])
        command = ["search" if indexed else "scan", folder, folder / "queries.npy", str(search.COUNT), "-", folder / "found.npy"]
        return min(1000 * run_json([PROGRAMS / "search_bench", *command])[0][0]["seconds"] / QUERIES for _ in range(3))


def row(what: str, times: dict[int, float]) -> Row:
    sizes = sorted(times)
    exponent = math.log(times[sizes[-1]] / times[sizes[0]]) / math.log(sizes[-1] / sizes[0])
    steps = ", ".join(f"{size:,}: {shown(times[size])}" for size in sizes)
    return Row("growth", what, [times[sizes[-1]]], check=f"{steps}; exponent {exponent:.2f} (bar {BAR})")


def measure(quick: bool, rows: Sequence[str] = ()) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    sizes = [int(size) for size in rows] or (SIZES[:1] + (200_000,) if quick else SIZES)
    by_size = {size: project_times(size) for size in sizes}
    found = [row(what, {size: times[what] for size, times in by_size.items()}) for what in by_size[sizes[0]]]
    searched = row(f"search, {WIDTH} dimensions", {size: search_time(size) for size in sizes})
    return [*found, searched, row(f"suspected wrong labels, {CLASSES} classes", {size: suspects_time(size) for size in sizes})]
