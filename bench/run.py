"""Measures everything, prints one table and writes bench/RESULTS.md.

./dev bench [--quick] [--out FILE] [columns|maths|serving]. --quick takes small sizes and few pairs; what is not measured whole
is written only where --out says. BURNISH_BENCH_PRESET names another build than `release`.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import importlib.metadata
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from measure import PRESET, ROOT, Row, scaling, shown

AREAS = ("columns", "maths", "serving")
UNDISTURBED = 1.7
RESULTS = Path(__file__).parent / "RESULTS.md"


def processor() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.processor()


def instruction_set() -> str:
    flags = set(re.search(r"flags\s*: (.+)", Path("/proc/cpuinfo").read_text())[1].split())  # type: ignore[index]
    if {"avx512f", "avx512bw", "avx512dq", "avx512vl"} <= flags:
        return "AVX-512"
    return "AVX2" if {"avx2", "fma"} <= flags else "plain"


def versions() -> str:
    peers = [f"{name} {importlib.metadata.version(name)}" for name in ("scikit-learn", "umap-learn", "numpy")]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return ", ".join([f"Burnish {commit}", f"DuckDB {duckdb_version()}", *peers])


def duckdb_version() -> str:
    """Of the library that Burnish and its peer share."""
    library = ctypes.CDLL(str(next((ROOT / ".third_party/duckdb").rglob("libduckdb.so"))))
    library.duckdb_library_version.restype = ctypes.c_char_p
    return str(library.duckdb_library_version().decode())


def table(rows: list[Row]) -> str:
    lines = ["| what | Burnish, least | peer, least | peer ÷ Burnish, median | pairs | checked | peak memory |", "|---|---|---|---|---|---|---|"]
    area = ""
    for row in rows:
        if row.area != area:
            area = row.area
            lines.append(f"| **{area}** | | | | | | |")
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        peer = f"{row.peer_name} {shown(min(row.peer))}" if row.peer else ""
        lines.append(f"| {row.what} | {shown(min(row.ours))} | {peer} | {ratio} | {row.pairs} | {row.check} | {row.memory} |")
    return "\n".join(lines)


def command() -> str:
    """As it was typed, but for where the results go."""
    arguments = [argument for argument in sys.argv[1:] if argument in {"--quick", *AREAS}]
    return " ".join(["./dev bench" if PRESET == "release" else f"BURNISH_BENCH_PRESET={PRESET} python bench/run.py", *arguments])


def conditions(before: float, after: float, seconds: float) -> str:
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) // 2**20  # type: ignore[index]
    cores = len([line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")])
    busy = min(before, after) < UNDISTURBED
    return "\n".join([
        f"- command: `{command()}`, {datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.1f} minutes",
        f"- machine: {processor()}, {cores} cores, {memory} GiB, {platform.freedesktop_os_release()['PRETTY_NAME']}; kernels: {instruction_set()}; two threads each; build: {PRESET}",
        f"- versions: {versions()}",
        f"- scaling of two threads before and after: {before:.2f}, {after:.2f}"
        + (f". **Below {UNDISTURBED}: other work ran on this machine meanwhile, so times are too long and ratios are rough.**" if busy else " (an idle machine)"),
    ])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("area", nargs="?", choices=AREAS)
    chosen = parser.parse_args()
    started = time.monotonic()
    before = scaling()
    rows: list[Row] = []
    for area in [chosen.area] if chosen.area else AREAS:
        print(f"measuring {area} ...", file=sys.stderr, flush=True)
        rows += importlib.import_module(area).measure(chosen.quick)
    text = conditions(before, scaling(), time.monotonic() - started) + "\n\n" + table(rows) + "\n"
    print(text)
    out = chosen.out or (None if chosen.quick or chosen.area else RESULTS)
    if out:
        out.write_text("# What was measured\n\nEach figure here was measured by the command named below. A ratio above 1 means that Burnish is faster.\n\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
