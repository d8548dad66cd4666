"""The web app in a real browser that draws in software: what the first screen loads, frames while the grid scrolls, memory of the tab,
the map; the map's drawing alone is compared with deck.gl and regl-scatterplot.

Chromium is Debian's (BURNISH_CHROMIUM names another). bench/peers/browser/drive.mjs drives it. The rows by name: first, scroll, memory
(one minute; BURNISH_BENCH_MINUTES says how many), map, draw.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from measure import NODE, PRESET, PROGRAMS, ROOT, Row, peer_node, percentile, run_json, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer

PEERS = peer_node("browser")
THROTTLE = 4
FRAME = 16.8  # milliseconds: a sixtieth of a second as the browser rounds it
SPEED = 1_500  # pixels a second: some ten rows of photographs
PICTURES = 64
NO_GPU = "no GPU: SwiftShader"


def drive(case: str, **options: Any) -> list[dict[str, Any]]:
    return run_json([NODE, PEERS / "drive.mjs", case, json.dumps(options)])[0]


def make_pictures(folder: Path) -> list[Path]:
    """Different photographs of the size of a thumbnail."""
    folder.mkdir()
    random = np.random.default_rng(1)
    paths = []
    for number in range(PICTURES):
        coarse = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize((160, 120), Image.Resampling.BICUBIC)
        grain = Image.fromarray(random.integers(0, 256, (120, 160, 3), dtype=np.uint8))
        paths.append(folder / f"{number}.jpg")
        Image.blend(coarse, grain, 0.08).save(paths[-1], quality=82)
    return paths


@contextmanager
def project(samples: int, *, pictures: bool) -> Iterator[dict[str, str]]:
    """A running server with one project, and where a browser finds it."""
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        data = Path(name) / "data"
        data.mkdir(mode=0o700)
        shots = make_pictures(Path(name) / "pictures") if pictures else []
        subprocess.run([PROGRAMS / "make_project", data, str(samples), "1", "0", *shots], check=True, stdout=subprocess.DEVNULL)
        (data / "no-models").mkdir()
        server = BurnishServer.start(data, arguments=["--models", str(data / "no-models")])
        try:
            client = server.login()
            found = client.get("/api/v1/projects")["projects"][0]["id"]
            yield {"origin": server.origin, "cookie": client.cookie(), "project": found, "path": f"/projects/{found}/explore"}
        finally:
            server.stop()


def in_time(frames: list[float]) -> str:
    share = sum(frame <= FRAME for frame in frames) / len(frames)
    return f"{100 * share:.1f} % of {len(frames)} frames within 16.7 ms, p95 {shown(percentile(frames, 0.95))}, longest {shown(max(frames))}"


def first_rows(place: dict[str, str], area: str, rounds: int) -> list[Row]:
    rows = []
    screens = (("projects", "/", 'main a[href*="/projects/"]'), ("Explore, 100,000 samples", place["path"], "[role=option] canvas"))
    for what, path, shows in screens:
        found = drive("first", **(place | {"path": path, "shown": shows, "throttle": THROTTLE, "rounds": rounds}))
        script = max(one["script"] for one in found) / 1000
        later = max(one["later"] for one in found) / 1000
        check = f"{script:.0f} kB of compressed script, {later:.0f} kB after; content after {shown(statistics.median(one['shown'] for one in found))}"
        times = [one["interactive"] for one in found]
        rows.append(Row(area, f"first screen ({what}) until interactive, CPU ÷ {THROTTLE}", times, check=f"median {shown(statistics.median(times))}; {check}"))
    return rows


def scroll_row(place: dict[str, str], area: str, seconds: int) -> Row:
    found = drive("scroll", **place, speed=SPEED, distance=SPEED * seconds)[0]
    return Row(area, f"frame while scrolling, {SPEED:,} pixels a second", found["frames"], check=f"{in_time(found['frames'])}; {NO_GPU}")


def memory_row(place: dict[str, str], area: str, seconds: float) -> Row:
    found = drive("memory", **place, speed=4 * SPEED, distance=8 * SPEED, seconds=seconds)[0]
    check = f"{found['scrolled']:,} pixels; heap {found['heap']:.0f} MB; beside the tab: browser {found['browser']:.0f} MB, drawing {found['GPU']:.0f} MB"
    return Row(area, f"memory of the tab, {seconds / 60:.0f} minutes of scrolling", [1000 * seconds], check=check, memory=f"{found['renderer']:.0f} MB")


def map_rows(place: dict[str, str], area: str, steps: int) -> list[Row]:
    found = drive("map", **place, steps=steps)[0]
    return [Row(area, "Explore opened until the map is drawn", [found["drawn"]], check=NO_GPU),
            Row(area, "map: frame while dragging", found["pan"], check=f"p50 {shown(statistics.median(found['pan']))}, {in_time(found['pan'])}"),
            Row(area, "map: frame while zooming", found["zoom"], check=f"p50 {shown(statistics.median(found['zoom']))}, {in_time(found['zoom'])}")]


def build_ours(folder: Path) -> None:
    """The map's drawing as a script of its own."""
    script = ("import {build} from 'vite'; await build({configFile: false, logLevel: 'error', build: {target: 'es2023', emptyOutDir: false, outDir: "
              f"{json.dumps(str(folder))}, lib: {{entry: 'src/explore/map/scatter.ts', formats: ['es'], fileName: () => 'ours.js'}}}}}});")
    subprocess.run([NODE, "--input-type=module", "-e", script], cwd=ROOT / "ui", check=True, stdout=subprocess.DEVNULL)


@contextmanager
def drawings() -> Iterator[str]:
    """The pages of the peers and ours, from a server of their own."""
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        for page in (PEERS / "pages").iterdir():
            shutil.copy(page, folder)
        for package in ("deck.gl/dist.min.js", "regl/dist/regl.min.js", "pub-sub-es/dist/index.js", "regl-scatterplot/dist/regl-scatterplot.esm.js"):
            shutil.copy(PEERS / "node_modules" / package, folder / package.replace("/", "-"))
        build_ours(folder)
        handler = functools.partial(QuietFiles, directory=name)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def draw_rows(peer: str, points: int, pairs: int, steps: int) -> list[Row]:
    area = f"drawing of a map, {points:,} points, 600 × 600 pixels, {NO_GPU}"
    rows = []
    with drawings() as origin:
        def once(page: str) -> dict[str, Any]:
            return drive("draw", url=f"{origin}/{page}.html?points={points}", steps=steps)[0]

        taken = [(once("ours"), once(peer)) for _ in range(pairs)]
        ours, theirs = taken[0]
        check = f"inked {100 * ours['inked']:.0f} / {100 * theirs['inked']:.0f} % of the pixels"
        memory = f"{ours['renderer'] + ours['GPU']:.0f} / {theirs['renderer'] + theirs['GPU']:.0f} MB"
        name = f"{peer} {version_of(peer)}"
        for what, take in (("data to first picture", lambda one: one["drawn"]), ("frame while dragging, median", lambda one: statistics.median(one["pan"])),
                           ("frame while zooming, median", lambda one: statistics.median(one["zoom"]))):
            rows.append(Row(area, what, [take(one) for one, _ in taken], name, [take(other) for _, other in taken], check=check, memory=memory))
    return rows


def version_of(package: str) -> str:
    return str(json.loads((PEERS / f"node_modules/{package}/package.json").read_text())["version"])


def measure(quick: bool, rows: list[str] | None = None) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    wanted = set(rows or ["first", "scroll", "memory", "map", "draw"])
    seconds = 60 * float(os.environ.get("BURNISH_BENCH_MINUTES", "0.25" if quick else "1"))
    found: list[Row] = []
    if wanted & {"first", "scroll", "memory"}:
        area = "web app, 100,000 samples"
        with project(100_000, pictures=True) as place:
            if "first" in wanted:
                found += first_rows(place, area, 2 if quick else 5)
            if "scroll" in wanted:
                found.append(scroll_row(place, area, 5 if quick else 20))
            if "memory" in wanted:
                found.append(memory_row(place, area, seconds))
    if "map" in wanted:
        with project(1_000_000, pictures=False) as place:
            found += map_rows(place, "web app, 1,000,000 samples", 60 if quick else 240)
    if "draw" in wanted:
        # In software deck.gl takes seconds for each frame of a million.
        for peer, points in (("regl-scatterplot", 1_000_000), ("deck.gl", 100_000)):
            found += draw_rows(peer, points // 10 if quick else points, 2 if quick else 5, 60)
    return found
