"""Neighbours, map and probe beside scikit-learn and umap-learn: each run in a fresh process, in turn; results compared first."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measure import PROGRAMS, Row, run_json
from sklearn.manifold import trustworthiness

NEIGHBOURS = 15
THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"}
JUDGED = 3_000  # rows that the quality of a map is judged on
TOLERANCE = 1e-6  # of the objective, relative


def generated(count: int, width: int, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Fifty clouds of 16 hidden dimensions in `width`, with labels that a linear model finds only in part."""
    rng = np.random.default_rng(0)
    cloud = rng.integers(0, 50, count)
    hidden = 3 * rng.standard_normal((50, 16))[cloud] + rng.standard_normal((count, 16))
    rows = hidden @ rng.standard_normal((16, width)) + 0.5 * rng.standard_normal((count, width))
    rows = ((rows - rows.mean(axis=0)) / rows.std(axis=0)).astype(np.float32)
    weak = rows @ rng.standard_normal((width, classes)) / np.sqrt(width) * 0.5
    return rows, (weak + rng.gumbel(size=weak.shape)).argmax(axis=1).astype(np.uint16)


def pairs(count: int, ours: list[str | Path], peer: str, folder: Path, check: Callable[[float], None]) -> tuple[list[float], list[float], str]:
    environment = os.environ | THREADS
    our_times, peer_times, memory = [], [], [0.0, 0.0]
    for _ in range(count):
        found, used = run_json([PROGRAMS / "math_bench", *ours], env=environment)
        our_times.append(1000 * found[0]["seconds"])
        memory[0] = max(memory[0], used)
        found, used = run_json([sys.executable, Path(__file__).parent / "peer.py", peer, folder], env=environment)
        peer_times.append(1000 * found[0]["seconds"])
        memory[1] = max(memory[1], used)
        check(peer_times[-1])
    return our_times, peer_times, f"{memory[0]:.0f} / {memory[1]:.0f} MB"


def objective(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, intercepts: np.ndarray) -> float:
    logits = rows.astype(np.float64) @ weights.T.astype(np.float64) + intercepts.ravel()
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return float(losses.sum() + 0.5 * (weights.astype(np.float64) ** 2).sum())


def measure_knn(folder: Path, count: int, width: int, times: int) -> Row:
    def check(_: float) -> None:
        ours, peer = np.load(folder / "distances.npy"), np.load(folder / "peer-distances.npy")
        np.testing.assert_allclose(ours, peer, rtol=1e-4, atol=1e-2)

    command = ["knn", folder / "rows.npy", str(NEIGHBOURS), "euclidean", folder / "indices.npy", folder / "distances.npy"]
    ours, peer, memory = pairs(times, command, "knn", folder, check)
    return Row(f"math, {count:,} × {width}", f"exact graph of {NEIGHBOURS} neighbours", ours, "scikit-learn brute", peer, "all distances equal to 1e-4", memory)


def measure_map(folder: Path, count: int, width: int, times: int) -> Row:
    rows = np.load(folder / "rows.npy")
    chosen = np.random.default_rng(1).choice(count, min(JUDGED, count), replace=False)
    trust: list[tuple[float, float]] = []

    def check(_: float) -> None:
        judged = [trustworthiness(rows[chosen], np.load(folder / name)[chosen], n_neighbors=NEIGHBOURS) for name in ("map.npy", "peer-map.npy")]
        trust.append((judged[0], judged[1]))

    command = ["map", folder / "rows.npy", str(NEIGHBOURS - 1), "euclidean", "0", folder / "map.npy"]
    ours, peer, memory = pairs(times, command, "map", folder, check)
    mine, theirs = np.mean(trust, axis=0)
    assert mine >= theirs - 0.01, f"our map is worse: trustworthiness {mine:.4f} beside {theirs:.4f}"
    return Row(f"math, {count:,} × {width}", "2-D map, graph and all", ours, "umap-learn", peer, f"trustworthiness {mine:.4f} / {theirs:.4f}", memory)


def measure_probe(folder: Path, count: int, width: int, times: int) -> Row:
    rows, labels = np.load(folder / "rows.npy"), np.load(folder / "labels.npy")
    gaps: list[float] = []

    def check(_: float) -> None:
        ours = objective(rows, labels, np.load(folder / "weights.npy"), np.load(folder / "intercepts.npy"))
        peer = objective(rows, labels, np.load(folder / "peer-weights.npy"), np.load(folder / "peer-intercepts.npy"))
        gaps.append((ours - peer) / peer)
        assert gaps[-1] < TOLERANCE, f"our objective is {gaps[-1]:.1e} above scikit-learn's"

    command = ["logistic", folder / "rows.npy", folder / "labels.npy", "10", "1", "1e-5", folder / "weights.npy", folder / "intercepts.npy"]
    ours, peer, memory = pairs(times, command, "probe", folder, check)
    return Row(f"math, {count:,} × {width}", "logistic regression, 10 classes", ours, "scikit-learn lbfgs, its own tolerance:", peer, f"objective beside the peer's: {max(gaps):+.0e}", memory)


def measure(quick: bool) -> list[Row]:
    count, width = (2_000, 256) if quick else (12_000, 512)
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        rows, labels = generated(count, width)
        np.save(folder / "rows.npy", rows)
        np.save(folder / "labels.npy", labels)
        return [measure_knn(folder, count, width, 2 if quick else 5), measure_map(folder, count, width, 1 if quick else 3),
                measure_probe(folder, count, width, 2 if quick else 5)]
