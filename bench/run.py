"""Measures everything, prints tables and writes bench/RESULTS.md.

./dev bench [--quick] [--out FILE] [PART [ROW ...]]; PART is a key of AREAS. Each part has a section of its own in the results, which
says when and under which load it was measured; a run of one part leaves the others' as they stand. --quick takes small sizes and few
pairs; what is quick or only some rows is written only where --out says. BURNISH_BENCH_PRESET names another build than `release`.
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
import traceback
from datetime import UTC, datetime
from pathlib import Path

from measure import PRESET, ROOT, Row, scaling, shown

AREAS = {  # part: its module
    "columns": "columns", "regions": "regions", "serving": "serving", "maths": "maths", "search": "search", "duplicates": "duplicates",
    "thumbnails": "thumbnails", "import": "imports", "sidebar": "sidebar", "browser": "browser", "growth": "growth",
}
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
    names = ("scikit-learn", "umap-learn", "numpy", "faiss-cpu", "cleanlab", "onnxruntime", "pillow")
    installed = {found.metadata["Name"].lower() for found in importlib.metadata.distributions()}
    peers = [f"{name} {importlib.metadata.version(name)}" for name in names if name in installed]
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
    arguments = list(sys.argv[1:])
    if "--out" in arguments:
        at = arguments.index("--out")
        del arguments[at : at + 2]
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


TITLE = "# What was measured\n\nEach section was measured by the command that it names. A ratio above 1 means that Burnish is faster.\n"


def sections(text: str) -> dict[str, str]:
    """What stands below each "## <part>"."""
    parts = re.split(r"^## (\w+)$", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def merged(previous: str, measured: dict[str, str]) -> str:
    """The results with the measured parts replaced and all others kept."""
    known = sections(previous) | measured
    return TITLE + "".join(f"\n## {area}\n\n{known[area]}\n" for area in AREAS if area in known)


def measure(area: str, quick: bool, chosen_rows: list[str]) -> str:
    print(f"measuring {area} ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    before = scaling()
    module = importlib.import_module(AREAS[area])
    rows = module.measure(quick, chosen_rows) if chosen_rows else module.measure(quick)
    return conditions(before, scaling(), time.monotonic() - started) + "\n\n" + table(rows)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("area", nargs="?", choices=list(AREAS))
    parser.add_argument("rows", nargs="*", metavar="ROW")
    chosen = parser.parse_args()
    out = chosen.out or (None if chosen.quick or chosen.rows else RESULTS)
    failed = 0
    for area in [chosen.area] if chosen.area else AREAS:
        try:
            text = measure(area, chosen.quick, chosen.rows)
        except Exception:
            traceback.print_exc()
            failed += 1
            continue
        print(f"## {area}\n\n{text}\n", flush=True)
        if out:  # at once: a later part may end the run
            out.write_text(merged(out.read_text() if out.exists() else "", {area: text}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
