"""Neighbours, map, probe and suspected labels beside faiss, pynndescent, umap-learn, scikit-learn and cleanlab: each run in a fresh process,
in turn; results compared first. `./dev bench maths knn map` measures these rows only; each says how long it took."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import faiss
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
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


def pairs(count: int, ours: list[str | Path], peer: list[str], folder: Path, check: Callable[[float], None]) -> tuple[list[float], list[float], str]:
    environment = os.environ | THREADS
    our_times, peer_times, memory = [], [], [0.0, 0.0]
    for _ in range(count):
        found, used = run_json([PROGRAMS / "math_bench", *ours], env=environment)
        our_times.append(1000 * found[0]["seconds"])
        memory[0] = max(memory[0], used)
        found, used = run_json([sys.executable, Path(__file__).parent / "peer.py", peer[0], folder, *peer[1:]], env=environment)
        peer_times.append(1000 * found[0]["seconds"])
        memory[1] = max(memory[1], used)
        check(peer_times[-1])
    return our_times, peer_times, f"{memory[0]:.0f} / {memory[1]:.0f} MB"


def objective(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, intercepts: np.ndarray) -> float:
    logits = rows.astype(np.float64) @ weights.T.astype(np.float64) + intercepts.ravel()
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels]
    return float(losses.sum() + 0.5 * (weights.astype(np.float64) ** 2).sum())


def inputs(folder: Path, count: int, width: int, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    rows, labels = generated(count, width, classes)
    np.save(folder / "rows.npy", rows)
    np.save(folder / "labels.npy", labels)
    return rows, labels


def knn(folder: Path, quick: bool) -> list[Row]:
    count, width = (4_000, 1_280) if quick else (70_000, 1_280)
    inputs(folder, count, width)
    recalls: list[float] = []

    def equal(_: float) -> None:
        np.testing.assert_allclose(np.load(folder / "distances.npy"), np.load(folder / "peer-distances.npy"), rtol=1e-3, atol=1e-2)

    def recall(_: float) -> None:
        farthest = np.load(folder / "distances.npy")[:, -1:]
        recalls.append(float((np.load(folder / "peer-distances.npy") <= farthest * (1 + 1e-5)).mean()))

    command = ["knn", folder / "rows.npy", str(NEIGHBOURS), "euclidean", folder / "indices.npy", folder / "distances.npy"]
    area, what = f"math, {count:,} × {width}", f"exact graph of {NEIGHBOURS} neighbours"
    ours, peer, memory = pairs(2 if quick else 5, command, ["knn"], folder, equal)
    rows = [Row(area, what, ours, "faiss flat", peer, "all distances equal to 1e-3", memory)]
    ours, peer, memory = pairs(1 if quick else 3, command, ["pynndescent"], folder, recall)
    return [*rows, Row(area, what, ours, "pynndescent at its best", peer, f"its recall: {min(recalls):.4f}; ours: 1", memory)]


def preserved(near: np.ndarray, places: np.ndarray, chosen: np.ndarray) -> float:
    """The share of the ten nearest rows that are among the ten nearest on the map."""
    index = faiss.IndexFlatL2(2)
    index.add(places.astype(np.float32))
    _, found = index.search(places[chosen].astype(np.float32), 11)
    return float(np.mean([len(set(mine[mine != row][:10]) & set(theirs[theirs != row][:10])) / 10 for row, mine, theirs in zip(chosen, found, near, strict=True)]))


def maps(folder: Path, count: int, width: int, times: int) -> Row:
    rows, _ = inputs(folder, count, width)
    chosen = np.random.default_rng(1).choice(count, min(JUDGED, count), replace=False)
    index = faiss.IndexFlatL2(width)
    index.add(rows)
    _, near = index.search(rows[chosen], 11)
    judged: list[list[float]] = []

    def check(_: float) -> None:
        both = [np.load(folder / name) for name in ("map.npy", "peer-map.npy")]
        judged.append([trustworthiness(rows[chosen], places[chosen], n_neighbors=NEIGHBOURS) for places in both] + [preserved(near, places, chosen) for places in both])

    command = ["map", folder / "rows.npy", str(NEIGHBOURS - 1), "euclidean", "0", folder / "map.npy"]
    ours, peer, memory = pairs(times, command, ["map"], folder, check)
    mine, theirs, kept, peer_kept = np.mean(judged, axis=0)
    assert mine >= theirs - 0.01, f"our map is worse: trustworthiness {mine:.4f} beside {theirs:.4f}"
    assert kept >= peer_kept - 0.01, f"our map is worse: {kept:.4f} of the neighbours kept beside {peer_kept:.4f}"
    quality = f"trustworthiness {mine:.4f} / {theirs:.4f}, neighbours kept {kept:.3f} / {peer_kept:.3f}"
    return Row(f"math, {count:,} × {width}", "2-D map, graph and all", ours, "umap-learn", peer, quality, memory)


def map_784(folder: Path, quick: bool) -> list[Row]:
    return [maps(folder, 2_000, 256, 1) if quick else maps(folder, 70_000, 784, 5)]


def map_1280(folder: Path, quick: bool) -> list[Row]:
    return [] if quick else [maps(folder, 70_000, 1_280, 5)]


def probes(folder: Path, count: int, width: int, classes: int, times: int) -> list[Row]:
    rows, labels = inputs(folder, count, width, classes)
    found = []
    for solver in ("lbfgs", "newton-cholesky"):
        gaps: list[float] = []

        def check(_: float, gaps: list[float] = gaps, solver: str = solver) -> None:
            ours = objective(rows, labels, np.load(folder / "weights.npy"), np.load(folder / "intercepts.npy"))
            peer = objective(rows, labels, np.load(folder / "peer-weights.npy"), np.load(folder / "peer-intercepts.npy"))
            gaps.append((ours - peer) / peer)
            # Below the peer's it may be: lbfgs on f32 rows stops some 1e-5 above the optimum, which is in its favour here.
            assert gaps[-1] < TOLERANCE, f"our objective is {gaps[-1]:.1e} above {solver}'s"

        command = ["logistic", folder / "rows.npy", folder / "labels.npy", str(classes), "1", "1e-5", folder / "weights.npy", folder / "intercepts.npy"]
        ours, peer, memory = pairs(times, command, ["probe", solver], folder, check)
        found.append(Row(f"math, {count:,} × {width}", f"logistic regression, {classes} classes", ours, f"scikit-learn {solver}", peer,
                         f"objective beside the peer's: {max(gaps):+.0e}", memory))
    return found


def probe(folder: Path, quick: bool) -> list[Row]:
    return probes(folder, 4_000, 256, 10, 2) if quick else probes(folder, 50_000, 512, 10, 5)


def probe_wide(folder: Path, quick: bool) -> list[Row]:
    return [] if quick else probes(folder, 60_000, 1_280, 10, 5)


def probe_classes(folder: Path, quick: bool) -> list[Row]:
    return probes(folder, 2_000, 64, 100, 1) if quick else probes(folder, 50_000, 512, 100, 3)


def folds(folder: Path, quick: bool) -> list[Row]:
    """Five-fold probabilities beside one fit: both ours."""
    count, width = (4_000, 256) if quick else (50_000, 512)
    inputs(folder, count, width)
    np.save(folder / "folds.npy", np.random.default_rng(2).integers(0, 5, count).astype(np.uint8))
    one, five = [], []
    for _ in range(2 if quick else 5):
        fit = ["logistic", folder / "rows.npy", folder / "labels.npy", "10", "1", "1e-5", folder / "weights.npy", folder / "intercepts.npy"]
        cross = ["crossfit", folder / "rows.npy", folder / "labels.npy", "10", "1", folder / "folds.npy", "5", folder / "held.npy"]
        for command, times in ((fit, one), (cross, five)):
            times.append(1000 * run_json([PROGRAMS / "math_bench", *command])[0][0]["seconds"])
    return [Row(f"math, {count:,} × {width}", "five-fold probabilities and the fit of all", five, "one fit of ours", one, "the bar: at most 3 fits, a ratio of 0.33")]


def suspects(folder: Path, count: int, classes: int, times: int) -> Row:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, classes, count)
    given = np.where(rng.random(count) < 0.05, rng.integers(0, classes, count), truth)
    rows = np.empty((count, classes), np.float32)
    for begin in range(0, count, 10_000):  # in pieces: the whole in f64 would not fit
        logits = rng.standard_normal((min(10_000, count - begin), classes))
        logits[np.arange(len(logits)), truth[begin : begin + 10_000]] += 6
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        rows[begin : begin + 10_000] = powers / powers.sum(axis=1, keepdims=True)
    np.save(folder / "rows.npy", rows)
    np.save(folder / "labels.npy", given.astype(np.uint16))
    command = ["label-errors", folder / "rows.npy", folder / "labels.npy", folder / "positions.npy", folder / "scores.npy", folder / "joint.npy"]
    ours, peer, memory = pairs(times, command, ["label-errors"], folder, lambda _: None)
    exact = rows.astype(np.float64)  # so that both average in f64; the peer is timed on f32, where it is faster
    positions, scores = np.load(folder / "positions.npy").ravel(), np.load(folder / "scores.npy")
    # NumPy leaves the order of equal entries to the processor, and cleanlab's cut inherits that: ours is the stable order.
    with mock.patch.object(np, "argsort", functools.partial(np.argsort, kind="stable")):
        issues = np.flatnonzero(find_label_issues(given, exact, filter_by="prune_by_noise_rate", n_jobs=1))
    np.testing.assert_array_equal(np.sort(positions), issues)
    np.testing.assert_allclose(scores[:, 0], get_label_quality_scores(given, exact, method="self_confidence")[positions], atol=1e-6)
    return Row(f"math, {count:,} × {classes} probabilities", "suspected wrong labels", ours, "cleanlab find_label_issues", peer,
               f"the same {len(positions):,}, scores to 1e-6", memory)


def label_errors(folder: Path, quick: bool) -> list[Row]:
    return [suspects(folder, *(5_000, 50, 2) if quick else (200_000, 1_000, 5))]


def label_errors_many(folder: Path, quick: bool) -> list[Row]:
    return [] if quick else [suspects(folder, 1_000_000, 100, 5)]


ROWS: dict[str, Callable[[Path, bool], list[Row]]] = {
    "knn": knn, "map": map_784, "map-1280": map_1280, "probe": probe, "probe-1280": probe_wide, "probe-100": probe_classes, "folds": folds,
    "label-errors": label_errors, "label-errors-1m": label_errors_many,
}


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    found: list[Row] = []
    for name in chosen or ROWS:
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="burnish-bench-") as folder:
            found += ROWS[name](Path(folder), quick)
        print(f"  {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found
