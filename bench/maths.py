"""Neighbours, map, probe and suspected labels beside faiss, pynndescent, umap-learn, scikit-learn and cleanlab: each run in a fresh process,
in turn; results compared first. `./dev bench maths knn map` measures these rows only; each says how long it took."""

from __future__ import annotations

import functools
import math
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import faiss
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from measure import NODE, PROGRAMS, Row, peer_node, run_json
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


def pairs(count: int, ours: list[str | Path], peer: list[str | Path], check: Callable[[float], None], key: str = "seconds") -> tuple[list[float], list[float], str]:
    """Runs both in turn. `key`: which of our times stands beside the peer's seconds."""
    environment = os.environ | THREADS
    our_times, peer_times, memory = [], [], [0.0, 0.0]
    for _ in range(count):
        found, used = run_json([PROGRAMS / "math_bench", *ours], env=environment)
        our_times.append(1000 * found[0][key])
        memory[0] = max(memory[0], used)
        found, used = run_json(peer, env=environment)
        peer_times.append(1000 * found[0]["seconds"])
        memory[1] = max(memory[1], used)
        check(peer_times[-1])
    return our_times, peer_times, f"{memory[0]:.0f} / {memory[1]:.0f} MB"


def python_peer(what: str, folder: Path, *arguments: str) -> list[str | Path]:
    return [sys.executable, Path(__file__).parent / "peer.py", what, folder, *arguments]


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
    ours, peer, memory = pairs(2 if quick else 5, command, python_peer("knn", folder), equal)
    rows = [Row(area, what, ours, "faiss flat", peer, "all distances equal to 1e-3", memory)]
    ours, peer, memory = pairs(1 if quick else 3, command, python_peer("pynndescent", folder), recall)
    return [*rows, Row(area, what, ours, "pynndescent at its best", peer, f"its recall: {min(recalls):.4f}; ours: 1", memory)]


def preserved(near: np.ndarray, places: np.ndarray, chosen: np.ndarray) -> float:
    """The share of the ten nearest rows that are among the ten nearest on the map."""
    index = faiss.IndexFlatL2(2)
    index.add(places.astype(np.float32))
    _, found = index.search(places[chosen].astype(np.float32), 11)
    return float(np.mean([len(set(mine[mine != row][:10]) & set(theirs[theirs != row][:10])) / 10 for row, mine, theirs in zip(chosen, found, near, strict=True)]))


def maps(folder: Path, count: int, width: int, times: int) -> list[Row]:
    rows, _ = inputs(folder, count, width)
    chosen = np.random.default_rng(1).choice(count, min(JUDGED, count), replace=False)
    index = faiss.IndexFlatL2(width)
    index.add(rows)
    _, near = index.search(rows[chosen], 11)
    command = ["map", folder / "rows.npy", str(NEIGHBOURS - 1), "euclidean", "0", folder / "map.npy"]
    atlas = peer_node("embedding-atlas") / "map.mjs"
    run_json([PROGRAMS / "math_bench", "knn", folder / "rows.npy", str(NEIGHBOURS - 1), "euclidean", folder / "indices.npy", folder / "distances.npy"])

    def beside(what: str, name: str, peer: list[str | Path], key: str) -> Row:
        judged: list[list[float]] = []

        def check(_: float) -> None:
            both = [np.load(folder / "map.npy"), np.fromfile(folder / "peer-map.f32", np.float32).reshape(count, 2)]
            judged.append([trustworthiness(rows[chosen], places[chosen], n_neighbors=NEIGHBOURS) for places in both] + [preserved(near, places, chosen) for places in both])

        ours, theirs, memory = pairs(times, command, peer, check, key)
        mine, other, kept, other_kept = np.mean(judged, axis=0)
        assert mine >= other - 0.01, f"our map is worse: trustworthiness {mine:.4f} beside {other:.4f}"
        assert kept >= other_kept - 0.01, f"our map is worse: {kept:.4f} of the neighbours kept beside {other_kept:.4f}"
        quality = f"trustworthiness {mine:.4f} / {other:.4f}, neighbours kept {kept:.3f} / {other_kept:.3f}"
        return Row(f"math, {count:,} × {width}", what, ours, name, theirs, quality, memory)

    return [
        beside("2-D map, graph and all", "umap-learn", python_peer("map", folder), "seconds"),
        beside("2-D map, graph and all", "Embedding Atlas (WASM)", [NODE, atlas, "rows", folder, str(count), str(width)], "seconds"),
        beside("2-D map of the same graph", "Embedding Atlas (WASM)", [NODE, atlas, "graph", folder, str(count), str(NEIGHBOURS - 1)], "places_seconds"),
    ]


def map_784(folder: Path, quick: bool) -> list[Row]:
    return maps(folder, 2_000, 256, 1) if quick else maps(folder, 70_000, 784, 5)


def map_1280(folder: Path, quick: bool) -> list[Row]:
    return [] if quick else maps(folder, 70_000, 1_280, 5)


def map_many(folder: Path, quick: bool) -> list[Row]:
    """Ours alone: what the largest maps take."""
    if quick:
        return []
    found = []
    for count, width in ((200_000, 512), (1_000_000, 64)):
        inputs(folder, count, width)
        command = ["map", folder / "rows.npy", str(NEIGHBOURS - 1), "euclidean", "0", folder / "map.npy"]
        printed, memory = run_json([PROGRAMS / "math_bench", *command], env=os.environ | THREADS)
        parts = ", ".join(f"{part} {printed[0][part + '_seconds']:.1f} s" for part in ("knn", "pca", "layout"))
        found.append(Row(f"math, {count:,} × {width}", "2-D map, graph and all", [1000 * printed[0]["seconds"]], check=parts, memory=f"{memory:.0f} MB"))
    return found


def probes(folder: Path, count: int, width: int, classes: int, times: int, solvers: Sequence[str] = ("lbfgs",)) -> list[Row]:
    """Where newton-cholesky is the slower one at 512 numbers and ten classes, it is left out at more: a step of it costs (width × classes)²
    a row, and its matrix takes as many numbers, 21 GB at 512 × 100."""
    rows, labels = inputs(folder, count, width, classes)
    found = []
    for solver in solvers:
        gaps: list[float] = []

        def check(_: float, gaps: list[float] = gaps, solver: str = solver) -> None:
            ours = objective(rows, labels, np.load(folder / "weights.npy"), np.load(folder / "intercepts.npy"))
            peer = objective(rows, labels, np.load(folder / "peer-weights.npy"), np.load(folder / "peer-intercepts.npy"))
            gaps.append((ours - peer) / peer)
            # Below the peer's it may be: lbfgs on f32 rows stops some 1e-5 above the optimum, which is in its favour here.
            assert gaps[-1] < TOLERANCE, f"our objective is {gaps[-1]:.1e} above {solver}'s"

        command = ["logistic", folder / "rows.npy", folder / "labels.npy", str(classes), "1", "1e-5", folder / "weights.npy", folder / "intercepts.npy"]
        ours, peer, memory = pairs(times, command, python_peer("probe", folder, solver), check)
        found.append(Row(f"math, {count:,} × {width}", f"logistic regression, {classes} classes", ours, f"scikit-learn {solver}", peer,
                         f"objective beside the peer's: {max(gaps):+.0e}", memory))
    return found


def probe(folder: Path, quick: bool) -> list[Row]:
    solvers = ("lbfgs", "newton-cholesky")
    return probes(folder, 4_000, 256, 10, 2, solvers) if quick else probes(folder, 50_000, 512, 10, 5, solvers)


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


def relabelled(folder: Path, labels: np.ndarray, classes: int, changes: int) -> None:
    rng = np.random.default_rng(3)
    changed = labels.copy()
    changed[rng.choice(len(labels), changes, replace=False)] = rng.integers(0, classes, changes)
    np.save(folder / "relabelled.npy", changed)


def refit(folder: Path, quick: bool) -> list[Row]:
    """After 100 relabels, on kept rows and from the fit before them: a bar in milliseconds."""
    count, width = (4_000, 256) if quick else (50_000, 512)
    _, labels = inputs(folder, count, width)
    relabelled(folder, labels, 10, 100)
    times, cold, gaps, memory = [], [], [], 0.0
    for _ in range(2 if quick else 5):
        command = ["refit", folder / "rows.npy", folder / "labels.npy", folder / "relabelled.npy", "10", "1", "1e-5"]
        found, memory = run_json([PROGRAMS / "math_bench", *command], env=os.environ | THREADS)
        times.append(1000 * found[0]["seconds"])
        cold.append(1000 * found[0]["cold_seconds"])
        gaps.append(found[0]["gap"])
        assert abs(gaps[-1]) < TOLERANCE, f"the refit's objective is {gaps[-1]:.1e} from that of a fit anew"
    return [Row(f"math, {count:,} × {width}", "refit after 100 relabels (the bar: 100 ms)", times, check=f"objective beside a fit anew: {max(gaps, key=abs):+.0e}; from nothing {np.median(cold):.0f} ms", memory=f"{memory:.0f} MB")]


def prove(folder: Path, quick: bool) -> list[Row]:
    """Refit with its folds, evaluation and paired intervals after 100 relabels, 30 % of the rows being the test split: bars in seconds."""
    found = []
    for count, width, bar in ((2_000, 64, 1),) if quick else ((10_000, 1_280, 1), (60_000, 1_280, 5)):
        _, labels = inputs(folder, count, width)
        relabelled(folder, labels, 10, 100)
        times, memory = [], 0.0
        for _ in range(2 if quick else 5):
            command = ["prove", folder / "rows.npy", folder / "labels.npy", folder / "relabelled.npy", "10", "1", str(count * 7 // 10)]
            printed, memory = run_json([PROGRAMS / "math_bench", *command], env=os.environ | THREADS)
            times.append(1000 * printed[0]["seconds"])
        parts = f"of which refit and folds {printed[0]['refit_seconds']:.2f} s, evaluation {printed[0]['evaluate_seconds']:.2f} s"
        found.append(Row(f"math, {count:,} × {width}", f"whole prove, 10 classes (the bar: {bar} s)", times, check=parts, memory=f"{memory:.0f} MB"))
    return found


CLEANLAB_MODES = ("n_jobs=1", "n_jobs=2")  # its batched mode judges by other rules: another set


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
    measured = [(mode, pairs(times, command, python_peer("label-errors", folder, mode), lambda _: None)) for mode in CLEANLAB_MODES]
    mode, (ours, peer, memory) = min(measured, key=lambda one: min(one[1][1]))
    exact = rows.astype(np.float64)  # so that both average in f64; the peer is timed on f32, where it is faster
    positions, scores = np.load(folder / "positions.npy").ravel(), np.load(folder / "scores.npy")
    # NumPy leaves the order of equal entries to the processor, and cleanlab's cut inherits that: ours is the stable order.
    with mock.patch.object(np, "argsort", functools.partial(np.argsort, kind="stable")):
        issues = np.flatnonzero(find_label_issues(given, exact, filter_by="prune_by_noise_rate", n_jobs=1))
    np.testing.assert_array_equal(np.sort(positions), issues)
    np.testing.assert_allclose(scores[:, 0], get_label_quality_scores(given, exact, method="self_confidence")[positions], atol=1e-6)
    return Row(f"math, {count:,} × {classes} probabilities", "suspected wrong labels", ours, f"cleanlab find_label_issues, {mode}", peer,
               f"the same {len(positions):,}, scores to 1e-6", memory)


def label_errors(folder: Path, quick: bool) -> list[Row]:
    return [suspects(folder, *(5_000, 50, 2) if quick else (200_000, 1_000, 5))]


def label_errors_many(folder: Path, quick: bool) -> list[Row]:
    return [] if quick else [suspects(folder, 1_000_000, 100, 5)]


ROWS: dict[str, Callable[[Path, bool], list[Row]]] = {
    "knn": knn, "map": map_784, "map-1280": map_1280, "map-many": map_many, "probe": probe, "probe-1280": probe_wide, "probe-100": probe_classes, "folds": folds,
    "refit": refit, "prove": prove, "label-errors": label_errors, "label-errors-1m": label_errors_many,
}


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    found: list[Row] = []
    for name in chosen or ROWS:
        started = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="burnish-bench-") as folder:
                found += ROWS[name](Path(folder), quick)
        except Exception as error:  # hours of other rows stand beside it
            traceback.print_exc()
            found.append(Row("math, not measured", f"{name}: {error}", [math.nan]))
        print(f"  {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found
