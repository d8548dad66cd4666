"""How everything is measured here: pairs in turn, the median of ratios beside both minima."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PRESET = os.environ.get("BURNISH_BENCH_PRESET", "release")
PROGRAMS = ROOT / "build" / PRESET / "bench"


def peer_python(name: str) -> Path:
    """The Python of the peers in bench/peers/NAME.txt."""
    return ROOT / f".third_party/venv-bench-{name}/bin/python"


def peer_node(name: str) -> Path:
    """The folder of the peers in bench/peers/NAME/package.json, node_modules and all."""
    return ROOT / "bench/peers" / name


NODE = ROOT / ".third_party/node/bin/node"


@dataclass
class Row:
    """One line of the table. Times in milliseconds, in the order in which they were taken."""

    area: str
    what: str
    ours: list[float]
    peer_name: str = ""
    peer: list[float] = field(default_factory=list)
    check: str = ""
    memory: str = ""  # peak of ours / of the peer

    @property
    def ratio(self) -> float | None:
        if not self.peer:
            return None
        return statistics.median(theirs / ours for ours, theirs in zip(self.ours, self.peer, strict=True))

    @property
    def pairs(self) -> int:
        return min(len(self.ours), len(self.peer)) if self.peer else len(self.ours)


def shown(milliseconds: float) -> str:
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 100 else f"{milliseconds:.2f} ms"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def run_for_memory(command: Sequence[str | Path], **options: Any) -> tuple[str, float]:
    """Runs to the end; what it printed, and its peak memory in MB. ru_maxrss would also count this process before the exec."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, **options)
    peaks = [0.0]

    def watch() -> None:
        while process.poll() is None:
            try:
                found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
            except OSError:
                return
            if found:
                peaks.append(int(found[1]) / 1024)
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert process.stdout is not None
    printed = process.stdout.read()
    watcher.join()
    if process.wait() != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return printed, peaks[-1]


def run_json(command: Sequence[str | Path], **options: Any) -> tuple[list[dict[str, Any]], float]:
    printed, memory = run_for_memory(command, **options)
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")], memory


def scaling() -> float:
    """What two threads do beside one."""
    return float(run_for_memory([PROGRAMS / "scaling_probe"])[0])
