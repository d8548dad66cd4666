"""Thumbnails of JPEGs from memory beside sharp: two workers each, 256 pixels, every pair of thumbnails compared by SSIM.

Ours is what a decoder child does for one thumbnail (bench/thumbnails_bench.cpp), at the quality that the product keeps (82); sharp's is
JPEG of quality 80, its cache off and one thread an image."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from measure import NODE, PROGRAMS, ROOT, Row, peer_node, run_json
from PIL import Image
from scipy.ndimage import gaussian_filter

PHOTOGRAPHS = Path(os.environ.get("BURNISH_TEST_DATA", ROOT.parent / "shared/data")) / "blood-cells/images"
SIDE = 256
LEAST_SSIM = 0.98
LARGE = (4000, 3000)
PAIRS = 5


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Wang et al. 2004: windows of a Gaussian, sigma 1.5, on luma."""
    def blur(values: np.ndarray) -> np.ndarray:
        return gaussian_filter(values, 1.5, truncate=3.5)

    mean_one, mean_other = blur(one), blur(other)
    variance_one = blur(one * one) - mean_one**2
    variance_other = blur(other * other) - mean_other**2
    covariance = blur(one * other) - mean_one * mean_other
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * mean_one * mean_other + c1) * (2 * covariance + c2)
    return float((top / ((mean_one**2 + mean_other**2 + c1) * (variance_one + variance_other + c2))).mean())


def luma(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L"), np.float64)


def check_equal(ours: Path, theirs: Path) -> str:
    files = sorted(file.name for file in theirs.iterdir())
    assert files == sorted(file.name for file in ours.iterdir())
    found = []
    for name in files:
        one, other = luma(ours / name), luma(theirs / name)
        assert one.shape == other.shape, f"{name}: {one.shape} and {other.shape}"
        found.append(ssim(one, other))
    assert min(found) >= LEAST_SSIM, f"SSIM {min(found):.4f}"
    return f"{len(files)} thumbnails alike: SSIM at least {min(found):.4f}, mean {np.mean(found):.4f}"


def compare(what: str, folder: Path, rounds: int, pairs: int) -> Row:
    ours: list[float] = []
    peer: list[float] = []
    memory = [0.0, 0.0]
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        outputs = [Path(name) / "ours", Path(name) / "sharp"]
        for output in outputs:
            output.mkdir()
        programs = [[PROGRAMS / "thumbnails_bench"], [NODE, peer_node("sharp") / "thumbnails.mjs"]]
        for _ in range(pairs):
            for side, (program, output, times) in enumerate(zip(programs, outputs, (ours, peer), strict=True)):
                found, used = run_json([*program, folder, output, str(SIDE), str(rounds)])
                times.append(1000 * found[0]["seconds"] / rounds / found[0]["count"])
                memory[side] = max(memory[side], used)
        check = check_equal(*outputs)
        peer_name = f"sharp {found[0]['version']}"
    return Row("thumbnails, 256 px, a picture", what, ours, peer_name, peer, check, f"{memory[0]:.0f} / {memory[1]:.0f} MB")


def enlarge(files: Sequence[Path], folder: Path) -> None:
    for file in files:
        with Image.open(file) as picture:
            picture.convert("RGB").resize(LARGE, Image.Resampling.BICUBIC).save(folder / file.name, quality=88)


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    if not PHOTOGRAPHS.is_dir():
        return []
    rows = []
    pairs = 1 if quick else PAIRS
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        files = sorted(PHOTOGRAPHS.glob("*.jpg"))[: 40 if quick else None]
        if not chosen or "small" in chosen:
            small = Path(name) / "small"
            small.mkdir()
            for file in files:
                (small / file.name).write_bytes(file.read_bytes())
            rows.append(compare("640 x 480", small, 2, pairs))
        if not chosen or "large" in chosen:
            large = Path(name) / "large"
            large.mkdir()
            enlarge(files[: 6 if quick else 60], large)
            rows.append(compare("4000 x 3000", large, 2, pairs))
    return rows
