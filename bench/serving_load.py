"""What the measurements of a running server share: the server with its one project, and load from wrk, one thread."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import ROOT, Row, percentile, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer, Client

RUN = "run 1"


def milliseconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def spread(area: str, what: str, times: list[float], check: str = "") -> Row:
    quantiles = ", ".join(f"p{round(100 * share)} {shown(percentile(times, share))}" for share in (0.5, 0.95, 0.99))
    return Row(area, what, times, check=f"{quantiles}{'; ' + check if check else ''}")


class Loaded:
    """A running server and its one project."""

    def __init__(self, server: BurnishServer, client: Client, samples: int) -> None:
        self.server = server
        self.client = client
        self.samples = samples
        self.project = client.get("/api/v1/projects")["projects"][0]["id"]
        self.path = f"/api/v1/projects/{self.project}"

    def facets(self, filter: Any = None) -> Any:
        return self.client.post(self.path + "/facets", {"filter": filter or {"all": []}, "run": RUN}, key=None)

    def resident(self) -> float:
        assert self.server.process is not None
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.server.process.pid}/status").read_text())[1]) / 1024  # type: ignore[index]


def wrk(origin: str, *arguments: str, script: Path | None = None, seconds: int = 5, connections: int = 64, path: str = "", headers: tuple[str, ...] = ()) -> tuple[float, float]:
    """Answers a second and the 99th percentile in milliseconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *[part for header in headers for part in ("-H", header)]]
    command += (["-s", str(script)] if script else []) + [origin + path] + (["--", *arguments] if arguments else [])
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", printed):
        raise RuntimeError(f"{refused[0]} of {origin + path}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", printed)[1])  # type: ignore[index]
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", printed)
    assert slowest
    return rate, float(slowest[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slowest[2]]
