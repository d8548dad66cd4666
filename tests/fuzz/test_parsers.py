"""Every *_fuzz.cpp of this folder under libFuzzer, AddressSanitizer and UBSan, some side by side.

First each input of corpus/<target>/ is replayed, finds of earlier runs among them; then new ones are made, for thirty
seconds a target, or ten minutes with BURNISH_LONG=1. BURNISH_FUZZ_SECONDS says otherwise, BURNISH_FUZZ_SEED too.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build/fuzz"
TARGETS = sorted(path.stem for path in HERE.glob("*_fuzz.cpp"))
LONG = bool(os.environ.get("BURNISH_LONG"))
SECONDS = int(os.environ.get("BURNISH_FUZZ_SECONDS", 600 if LONG else 30))
# Other suites run beside. Niceness counts within a session only where each session is a group of its own (autogroup).
AT_ONCE = (os.cpu_count() or 1) if LONG else max(1, (os.cpu_count() or 1) // 2)
GIVING_WAY = ["/bin/sh", "-c", 'echo 19 2>/dev/null >/proc/self/autogroup; exec setpriv --pdeathsig KILL nice -n 19 "$@"', "sh"]
# A run in CI tries the same inputs again, as far as its time reaches; a long one looks for new ones.
SEED = int(os.environ.get("BURNISH_FUZZ_SEED", int.from_bytes(os.urandom(3)) if LONG else 1))
# libvips and DuckDB keep what they have once made until the process ends.
KEEPS_MEMORY = {"image_fuzz", "parquet_fuzz"}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "fuzz"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", str(BUILD), "--quiet", "tests/fuzz/all"], check=True)
    found = tmp_path_factory.mktemp("found")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {target: pool.submit(fuzz, target, found) for target in TARGETS}


def fuzz(target: str, found: Path) -> subprocess.CompletedProcess[str]:
    seeds = HERE / "corpus" / target.removesuffix("_fuzz")
    new = found / target
    new.mkdir()
    leaks = 0 if target in KEEPS_MEMORY else 1
    return subprocess.run(
        [*GIVING_WAY, str(BUILD / "tests/fuzz" / target), f"-max_total_time={SECONDS}", f"-seed={SEED}", "-timeout=60", "-rss_limit_mb=4096",
         "-max_len=65536", f"-detect_leaks={leaks}", "-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={new}/find-", str(new), str(seeds)],
        capture_output=True, text=True, errors="replace", timeout=SECONDS + 300, check=False, start_new_session=True,
        env=os.environ | {"VIPS_WARNING": "0", "ASAN_OPTIONS": f"detect_leaks={leaks}"})


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_breaks(target: str, runs: dict[str, Future[subprocess.CompletedProcess[str]]]) -> None:
    assert any((HERE / "corpus" / target.removesuffix("_fuzz")).iterdir()), "without seeds a target finds little"
    run = runs[target].result()
    done = re.search(r"number_of_executed_units: (\d+)", run.stderr)
    print(f"{target}: {done[1] if done else 'no'} inputs in {SECONDS} s, seed {SEED}")
    assert run.returncode == 0, f"{target}, seed {SEED}:\n{run.stderr[-4000:]}"
