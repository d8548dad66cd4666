"""The server over HTTP on one large generated project: start, sidebar, pages, edits by twenty writers, bulk edits, thumbnails.

Load comes from wrk (one thread); thumbnails are compared with nginx, one worker, that serves the same bytes from files. Debian's
nginx-light is installed by hand, since it starts a server of its own: apt-get install nginx-light && systemctl disable --now nginx.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import PRESET, PROGRAMS, ROOT, Row, percentile, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer, Client

WRITERS = 20
PAGE = 60
RUN = "run 1"
NGINX = """{user}
worker_processes 1; daemon off; error_log {folder}/error.log; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000; open_file_cache max=100;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}
"""


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


def start(data: Path, samples: int) -> tuple[Loaded, float, float]:
    """The server; milliseconds to the first whole answer and until the model runs are attached too."""
    begun = time.perf_counter()
    server = BurnishServer.start(data, arguments=["--models", str(data / "no-models")])
    loaded = Loaded(server, server.login(), samples)
    while loaded.facets()["total"] != samples:
        time.sleep(0.01)
    first = 1000 * (time.perf_counter() - begun)
    while not any(facet["key"] == "margin" for facet in loaded.facets()["facets"]):
        time.sleep(0.01)
    return loaded, first, 1000 * (time.perf_counter() - begun)


def narrowing(number: int) -> dict[str, Any]:
    """A filter over three columns that was not asked before."""
    chosen = random.Random(number)
    texts = [f"value {n}" for n in range(10)]
    return {"all": [{"split": [chosen.choice(["train", "validation", "test", "pool"])]},
                    {"field": "field 0", "in": chosen.sample(texts, 2)}, {"field": "field 1", "in": chosen.sample(texts, 3)}]}


def reading_rows(loaded: Loaded, area: str, times: int) -> list[Row]:
    client, path = loaded.client, loaded.path

    def sidebar(number: int) -> None:
        filter = narrowing(number)
        found = client.result(loaded.project, filter)
        facets = loaded.facets(filter)
        assert facets["count"] == found["count"]
        client.send("GET", f"{path}/results/{found['id']}/tiles", query={"offset": 0, "count": 200, "run": RUN})

    def sorted_by_margin(number: int) -> None:
        client.post(path + "/results", {"filter": {"all": [{"field": "field 2", "range": [number, None]}]}, "sort": {"by": "margin"}, "run": RUN}, key=None)

    whole = client.result(loaded.project)["id"]
    questions: list[tuple[str, Callable[[int], Any]]] = [
        ("filter, whole sidebar, first page", sidebar),
        ("grid page of 200", lambda n: client.send("GET", f"{path}/results/{whole}/tiles", query={"offset": n * 997, "count": 200, "run": RUN})),
        ("open a sample", lambda n: client.get(f"{path}/samples/{n * 997 % loaded.samples}")),
        ("sort by margin, another filter each", sorted_by_margin),
        ("history, 50 changes", lambda n: client.get(path + "/changes", count=50)),
    ]
    rows = []
    for what, ask in questions:
        ask(10_000)
        rows.append(spread(area, what, [milliseconds(lambda n=n: ask(n)) for n in range(times)]))  # type: ignore[misc]
    return rows


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


def edit_rows(loaded: Loaded, area: str, seconds: int) -> list[Row]:
    client = loaded.client
    head = client.head(loaded.project)
    script = Path(__file__).parent / "load_edits.lua"
    rate, slowest = wrk(loaded.server.origin, loaded.project, str(head), client.cookie(), str(loaded.samples), str(time.time_ns() % 10**9), script=script, seconds=seconds,
                        connections=WRITERS)
    now = client.head(loaded.project)
    seen = loaded.facets({"changed": {"after": head, "upto": now}})
    assert 0 < seen["count"] <= now - head, "the edits are not in a following read"
    rows = [Row(area, f"edits by {WRITERS} writers, each", [1000 / rate], check=f"{rate:.0f}/s, p99 {shown(slowest)}; {now - head} changes, seen by the next read")]
    for what, filter, most in (("about a tenth", {"all": [{"field": "field 0", "in": ["value 3"]}]}, 0.2), ("all", {"all": []}, 1.0)):
        done: list[float] = []
        undone: list[float] = []
        for number in range(3):
            outcome: dict[str, Any] = {}
            base = client.head(loaded.project)
            done.append(milliseconds(lambda f=filter, n=number, b=base, o=outcome: o.update(client.edit(loaded.project, {"filter": f}, {"add_tags": [f"tag {n} {b}"]}, base=b))))  # type: ignore[misc]
            assert 0 < outcome["changed"] <= most * loaded.samples
            undone.append(milliseconds(lambda: client.post(loaded.path + "/undo")))
        rows += [spread(area, f"bulk edit of {what}", done, f"{outcome['changed']:,} samples"), spread(area, f"its undo, {what}", undone)]
    return rows


class Nginx:
    def __init__(self, folder: Path, port: int) -> None:
        (folder / "www").mkdir(parents=True)
        (folder / "conf").write_text(NGINX.format(folder=folder, port=port, user="user root;" if os.geteuid() == 0 else ""))
        self.origin = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "conf")], stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def serving_rows(loaded: Loaded, area: str, folder: Path, pairs: int, seconds: int) -> list[Row]:
    client, thumbnail = loaded.client, f"{loaded.path}/samples/0/thumbnail?size=160"
    ordinals = ",".join(str(n) for n in range(PAGE))
    one_page = f"{loaded.path}/thumbnails?size=160&ordinals={ordinals}"
    header, arrays = client.frame(f"{loaded.path}/thumbnails", size=160, ordinals=ordinals)
    for place in header["thumbnails"]:
        alone = client.send("GET", f"{loaded.path}/samples/{place['ordinal']}/thumbnail?size=160").content
        assert alone == arrays["data"][place["offset"] : place["offset"] + place["bytes"]]
    singly = [milliseconds(lambda: [client.send("GET", f"{loaded.path}/samples/{n}/thumbnail?size=160") for n in range(PAGE)]) for _ in range(pairs)]
    together = [milliseconds(lambda: client.send("GET", one_page)) for _ in range(pairs)]
    rows = [Row(area, f"page of {PAGE} thumbnails in one request", together, f"{PAGE} requests, one connection", singly, check="the same pictures")]
    if not shutil.which("nginx"):
        print("nginx is not installed: thumbnails are compared with nothing", file=sys.stderr)
        return rows
    peer = Nginx(folder / "nginx", loaded.server.port + 1)
    try:
        (folder / "nginx/www/0.jpg").write_bytes(client.send("GET", thumbnail).content)
        (folder / "nginx/www/0.jpg").chmod(0o644)
        ours, theirs, slowest = [], [], []
        for _ in range(pairs):
            rate, late = wrk(loaded.server.origin, path=thumbnail, seconds=seconds, headers=(f"Cookie: {client.cookie()}",))
            ours.append(1000 / rate)
            slowest.append(late)
            theirs.append(1000 / wrk(peer.origin, path="/0.jpg", seconds=seconds)[0])
        rows.append(Row(area, "12 kB thumbnail, time for each, 64 connections", ours, "nginx, one worker", theirs, check=f"same bytes; p99 {shown(min(slowest))}"))
    finally:
        peer.stop()
    return rows


def rebuild_row(data: Path, area: str, samples: int) -> Row:
    command = [os.environ["BURNISH_BINARY"], "rebuild", "--data", str(data), "--models", str(data / "no-models")]
    printed: list[str] = []
    took = milliseconds(lambda: printed.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    assert "as before" in printed[0], printed[0]
    return Row(area, "burnish rebuild, opening included", [took], check=f"{samples / took:,.0f} thousand samples a second; digest as before")


def project_rows(samples: int, runs: int, quick: bool) -> list[Row]:
    area = f"server, {samples:,} samples × 12 fields, {runs} model runs"
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        subprocess.run([PROGRAMS / "make_project", data, str(samples), str(runs)], check=True, stdout=subprocess.DEVNULL)
        (data / "no-models").mkdir()
        start(data, samples)[0].server.stop()  # makes the columns
        loaded, first, all_attached = start(data, samples)
        try:
            rows = [Row(area, "start to the first whole answer", [first], check=f"model runs attached after {shown(all_attached)}")]
            rows += reading_rows(loaded, area, 20 if quick else 100)
            rows += edit_rows(loaded, area, 2 if quick else 10)
            rows += serving_rows(loaded, area, Path(name), 3 if quick else 5, 1 if quick else 5)
            resident = loaded.resident()
            rows.append(Row(area, "the same sidebar after all that", [milliseconds(loaded.facets)], check=f"{samples * (runs + 1):,} labels", memory=f"{resident:.0f} MB resident"))
        finally:
            loaded.server.stop()
        return [*rows, rebuild_row(data, area, samples)]


def measure(quick: bool, rows: list[str] | None = None) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    sizes = [(100_000, 2)] if quick else [(100_000, 2), (1_000_000, 9), (10_000_000, 2)]
    wanted = [int(row) for row in rows or []]
    return [row for samples, runs in sizes if not wanted or samples in wanted for row in project_rows(samples, runs, quick)]
