"""Near duplicates. `hashes`: all pairs of 64-bit hashes within a Hamming radius beside faiss's exact range search, each run in a fresh
process, in turn, pairs compared. `photographs`: see near_duplicates.py."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from maths import pairs, python_peer
from measure import PRESET, ROOT, Row
from near_duplicates import planted

RADIUS = 8
MOST_PAIRS = 50_000_000


def hashes(count: int, copies: int) -> np.ndarray:
    """Random codes, and copies of some of them with 0 to RADIUS bits flipped, in no order."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2**64, count, dtype=np.uint64)
    planted = codes[rng.integers(0, count, copies)]
    bits = rng.permuted(np.tile(np.arange(64, dtype=np.uint64), (copies, 1)), axis=1)[:, :RADIUS]
    flipped = np.arange(RADIUS) < rng.integers(0, RADIUS + 1, copies)[:, None]
    planted ^= np.where(flipped, np.uint64(1) << bits, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    return rng.permutation(np.concatenate([codes, planted]))


def compare(folder: Path, queries: int) -> int:
    """Both found the same pairs of the first `queries` hashes, equal ones too; how many."""
    rows = np.load(folder / "rows.npy")
    codes, code_of, copies = np.unique(rows, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(np.load(folder / "codes.npy").ravel(), codes)
    chosen = np.unique(code_of[:queries])
    near = np.load(folder / "peer-near.npy")
    equal = near[near[:, 2] == 0]
    np.testing.assert_array_equal(np.bincount(equal[:, 0], minlength=queries), copies[code_of[:queries]])
    theirs = near[near[:, 2] > 0]
    theirs = np.unique(np.column_stack([np.sort(code_of[theirs[:, :2]], axis=1), theirs[:, 2]]), axis=0)
    ours = np.load(folder / "pairs.npy").astype(np.int64)
    ours = ours[np.isin(ours[:, 0], chosen) | np.isin(ours[:, 1], chosen)]
    np.testing.assert_array_equal(ours, theirs)
    return len(theirs) + len(equal) - queries


def joined(quick: bool) -> list[Row]:
    count, copies, queries, times = (50_000, 2_500, 1_000, 2) if quick else (1_000_000, 50_000, 5_000, 5)
    equal: list[int] = []
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        rows = hashes(count, copies)
        np.save(folder / "rows.npy", rows)
        command = ["hamming-join", folder / "rows.npy", str(RADIUS), str(MOST_PAIRS), folder / "codes.npy", folder / "pairs.npy"]
        peer_command = python_peer("hamming-join", folder, str(RADIUS), str(queries))
        ours, slices, memory = pairs(times, command, peer_command, lambda _: equal.append(compare(folder, queries)))
    scaled = [taken * len(rows) / queries for taken in slices]
    return [Row(f"duplicates, {len(rows):,} hashes", f"every pair within {RADIUS} of 64 bits", ours, "faiss IndexBinaryFlat range search", scaled,
                f"the same {equal[0]:,} pairs of {queries:,} hashes; the peer's time is that of these {queries:,}, scaled to all", memory)]


ROWS: dict[str, Callable[[bool], list[Row]]] = {"hashes": joined, "photographs": planted}


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    return [row for name in chosen or ROWS for row in ROWS[name](quick)]
