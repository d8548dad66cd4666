"""How cost grows with the size of a project: filter with its sidebar, one edit, and rebuild, at 100 thousand, 1 million and 10 million samples.

The exponent of a row is the slope of log(time) over log(samples) between the smallest and the largest size: 1 is linear, below 1 better. The
bar is 1.1. Suspected wrong labels grow with samples x classes and are measured at 100 classes. `./dev bench growth 100000 1000000` takes other sizes."""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import serving
from measure import PRESET, PROGRAMS, ROOT, Row, percentile, run_json, shown

SIZES = (100_000, 1_000_000, 10_000_000)
TIMES = 30
CLASSES = 100
MOST_SUSPECTS = 1_000_000  # of CLASSES probabilities each, in memory twice
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
        return found | {"rebuild": min(serving.rebuild_row(data, "", samples).ours)}


def suspects_time(count: int) -> float:
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        rows = rng.random((count, CLASSES), np.float32)
        rows /= rows.sum(axis=1, keepdims=True)
        np.save(folder / "rows.npy", rows)
        np.save(folder / "labels.npy", rng.integers(0, CLASSES, count).astype(np.uint16))
        command = ["label-errors", *(folder / f"{part}.npy" for part in ("rows", "labels", "positions", "scores", "joint"))]
        return min(1000 * run_json([PROGRAMS / "math_bench", *command])[0][0]["seconds"] for _ in range(3))


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
    small = [min(size // 10, MOST_SUSPECTS) for size in sizes]
    return [*found, row(f"suspected wrong labels, {CLASSES} classes", {size: suspects_time(size) for size in small})]
