"""Search among many vectors beside usearch (f32) and hnswlib, both as they come from PyPI: single queries on one thread, at fixed recall.

Vectors lie around 1,000 centres; queries are vectors with a little noise. A peer's time is that of the least ef at which it reaches the
recall; ours is that of the only setting that the product has. Each runs in a fresh process, in turn."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from measure import PROGRAMS, Row, peer_python, run_json

COUNT = 10
WIDTH = 512
EFS = [str(ef) for ef in (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)]
RECALLS = (0.95, 0.99)
PEER = Path(__file__).parent / "search_peer.py"


def generate(folder: Path, rows: int, queries: int, width: int = WIDTH) -> None:
    rng = np.random.default_rng(4)
    centres = rng.standard_normal((1_000, width), dtype=np.float32)
    vectors = np.lib.format.open_memmap(folder / "rows.npy", "w+", np.float32, (rows, width))
    for at in range(0, rows, 50_000):
        size = min(50_000, rows - at)
        noise = rng.standard_normal((size, width), dtype=np.float32)
        vectors[at : at + size] = centres[rng.integers(0, 1_000, size)] + np.float32(0.6) * noise
    chosen = rng.choice(rows, queries, replace=False)
    asked = vectors[chosen] + np.float32(0.3) * rng.standard_normal((queries, width), dtype=np.float32)
    np.save(folder / "queries.npy", asked)
    np.save(folder / "allowed.npy", np.sort(rng.choice(rows, rows // 100, replace=False)).astype(np.uint32))


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def exact(folder: Path, chosen: np.ndarray) -> np.ndarray:
    """The nearest of the chosen rows, by a scan."""
    vectors = np.load(folder / "rows.npy", mmap_mode="r")
    queries = unit(np.load(folder / "queries.npy"))
    scores = np.empty((len(queries), 0), np.float32)
    names = np.empty((len(queries), 0), np.int64)
    for at in range(0, len(chosen), 50_000):
        some = chosen[at : at + 50_000]
        scores = np.concatenate([scores, queries @ unit(vectors[some]).T], axis=1)
        names = np.concatenate([names, np.tile(some, (len(queries), 1))], axis=1)
        best = np.argpartition(-scores, COUNT - 1, axis=1)[:, :COUNT]
        scores, names = np.take_along_axis(scores, best, 1), np.take_along_axis(names, best, 1)
    return names


def recall(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean([len(set(mine) & set(theirs)) / COUNT for mine, theirs in zip(found, truth, strict=True)]))


def ours(folder: Path, allowed: str, truth: np.ndarray) -> tuple[float, float, float]:
    """Milliseconds a query, recall, peak memory."""
    found = folder / "found.npy"
    printed, memory = run_json([PROGRAMS / "search_bench", "search", folder, folder / "queries.npy", str(COUNT), allowed, found])
    return 1000 * printed[0]["seconds"] / len(truth), recall(np.load(found), truth), memory


def beside(folder: Path, peer: str, pairs: int, area: str, truth: np.ndarray) -> list[Row]:
    python = peer_python("search")
    built, _ = run_json([python, PEER, "build", peer, folder])
    runs = []
    for _ in range(pairs):
        mine = ours(folder, "-", truth)
        printed, memory = run_json([python, PEER, "search", peer, folder, str(COUNT), *EFS])
        theirs = [(line["milliseconds"], recall(np.load(folder / f"{peer}-{line['ef']}.npy"), truth)) for line in printed]
        runs.append((mine, theirs, memory))
    rows = []
    for least in RECALLS:
        assert all(mine[1] >= least for mine, _, _ in runs), f"our recall is below {least}"
        reached = [[milliseconds for milliseconds, found in theirs if found >= least] for _, theirs, _ in runs]
        if not all(reached):
            continue
        memory = f"{max(mine[2] for mine, _, _ in runs):.0f} / {max(used for _, _, used in runs):.0f} MB"
        check = f"recall@10 ≥ {least} (ours {min(mine[1] for mine, _, _ in runs):.4f}); the peer's index took {built[0]['seconds']:.0f} s"
        rows.append(Row(area, f"a query at recall {least}", [mine[0] for mine, _, _ in runs], f"{peer} {built[0]['version']}", [min(times) for times in reached], check, memory))
    return rows


def measure(quick: bool, chosen: list[str] | None = None) -> list[Row]:
    rows, queries, pairs = (20_000, 100, 2) if quick else (1_000_000, 1_000, 5)
    if quick:
        print("below 200,001 rows the product compares all: quick shows that this runs, not how fast", file=sys.stderr)
    area = f"search, {rows:,} × {WIDTH}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, rows, queries)
        run_json([PROGRAMS / "search_bench", "pack", folder / "rows.npy", folder])
        built, memory = run_json([PROGRAMS / "search_bench", "build", folder])
        table = [Row(area, "making the index", [1000 * built[0]["seconds"]], memory=f"{memory:.0f} MB")]
        truth = exact(folder, np.arange(rows))
        for peer in chosen or ["usearch", "hnswlib"]:
            table += beside(folder, peer, pairs, area, truth)
        few = np.load(folder / "allowed.npy")
        some = exact(folder, few)
        filtered = [ours(folder, str(folder / "allowed.npy"), some) for _ in range(pairs)]
        whole = [ours(folder, "-", truth) for _ in range(pairs)]
        check = f"recall@10 {min(run[1] for run in filtered):.4f}"
        return [*table, Row(area, "a query under a filter that keeps 1 %", [run[0] for run in filtered], "ours without a filter", [run[0] for run in whole], check)]
