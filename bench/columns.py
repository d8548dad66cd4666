"""Columns beside DuckDB alone: bench/columns_bench.cpp measures and compares the answers itself."""

from __future__ import annotations

from measure import PROGRAMS, Row, run_json


def measure(quick: bool) -> list[Row]:
    samples = 100_000 if quick else 1_000_000
    lines, memory = run_json([PROGRAMS / "columns_bench", str(samples)])
    area = f"columns, {samples:,} samples"
    return [Row(area, line["what"], line["ours_ms"], "DuckDB alone" if line["peer_ms"] else "", line["peer_ms"], line["check"],
                f"{memory:.0f} MB (both)" if line["peer_ms"] else "") for line in lines]
