"""Compares src/math and src/insight with Python's references on real data.

Run by hand:  python -m pytest tests/reference   (needs requirements.txt, and the target burnish_math_reference)
"""

from __future__ import annotations

import json
import os
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("BURNISH_TEST_DATA", ROOT.parent / "shared" / "data"))


class Driver:
    """The reference executable: arrays in, arrays and numbers out."""

    def __init__(self, executable: Path, folder: Path) -> None:
        self._executable = executable
        self._folder = folder

    def __call__(self, command: str, *arguments: object, out: tuple[str, ...] = ()) -> tuple[dict, list[np.ndarray]]:
        texts = []
        for number, argument in enumerate(arguments):
            if isinstance(argument, np.ndarray):
                path = self._folder / f"in{number}.npy"
                np.save(path, np.ascontiguousarray(argument))
                argument = path
            texts.append(str(argument))
        outputs = [self._folder / f"{name}.npy" for name in out]
        run = subprocess.run(
            [self._executable, command, *texts, *map(str, outputs)],
            capture_output=True, text=True, timeout=300, check=False,
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout), [np.load(path) for path in outputs]


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    build = Path(os.environ.get("BURNISH_BUILD", ROOT / "build" / "dev"))
    executable = build / "src" / "insight" / "burnish_math_reference"
    if not executable.exists():
        pytest.skip(f"{executable.name} is not built")
    return Driver(executable, tmp_path)


@pytest.fixture(scope="session")
def spectra() -> np.ndarray:
    """8,000 x 128: spectra of windows of spoken digits. Many nearly silent, some far from all others: uneven as photographs are."""
    recordings = sorted((DATA / "spoken-digits" / "recordings").glob("*.wav"))
    if not recordings:
        pytest.skip("the recordings of spoken digits are not here")
    rows = []
    for path in recordings[::8]:
        with wave.open(str(path)) as recording:
            samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").astype(np.float32) / 32768
        windows = np.lib.stride_tricks.sliding_window_view(samples, 256)[::64]
        rows.append(np.abs(np.fft.rfft(windows * np.hanning(256), axis=1))[:, :128])
    return np.concatenate(rows)[:8000].astype(np.float32)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 scanned digits, 8 x 8 pixels (scikit-learn)."""
    data = load_digits()
    return data.data.astype(np.float32), data.target.astype(np.uint16)
