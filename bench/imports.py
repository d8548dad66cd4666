"""From the start of an import until all is ready, with what took the time, over HTTP."""

from __future__ import annotations

import csv
import gzip
import os
import struct
import sys
import tempfile
import time
from pathlib import Path

from measure import PRESET, ROOT, Row, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer, Client

FASHION = Path("/usr/share/datasets/fashion-mnist")
VIEWS = ("thumbnails", "quality", "embeddings", "map", "probe")
PATIENCE = 420.0


def cut_idx(source: Path, target: Path, count: int) -> None:
    """The first `count` items of an IDX file."""
    content = gzip.open(source).read()
    dimensions = content[3]
    sizes = struct.unpack_from(f">{dimensions}I", content, 4)
    item = 1
    for size in sizes[1:]:
        item *= size
    start = 4 + 4 * dimensions
    header = content[:4] + struct.pack(f">{dimensions}I", count, *sizes[1:])
    target.write_bytes(gzip.compress(header + content[start : start + count * item], 1))


def clothes(folder: Path, train: int, test: int) -> int:
    for part, count in (("train", train), ("t10k", test)):
        for kind in ("images-idx3", "labels-idx1"):
            cut_idx(FASHION / f"{part}-{kind}-ubyte.gz", folder / f"{part}-{kind}-ubyte.gz", count)
    return train + test


def import_to_ready(client: Client, project: str, root: str, path: str) -> dict[str, float]:
    """Seconds since the start at which each step was over."""
    start = time.monotonic()
    at: dict[str, float] = {}
    started = client.folder_import(project, root, path)
    checked = client.check_import(project, started)
    assert checked["state"] == "checked" and checked["plan"]["can_commit"], checked
    at["check"] = time.monotonic() - start
    done = client.commit_import(project, started, wait=PATIENCE)
    assert done["state"] == "done", done
    at["commit"] = time.monotonic() - start
    pending = set(VIEWS)
    while pending and time.monotonic() - start < PATIENCE:
        for view in client.get(f"/api/v1/projects/{project}")["views"]:
            if view["view"] in pending and view["ready"]:
                pending.discard(view["view"])
                at[view["view"]] = time.monotonic() - start
        time.sleep(0.05)
    assert not pending, f"not ready after {PATIENCE} s: {pending}"
    return at


def import_rows(client: Client, project: str, area: str, root: str, path: str) -> list[Row]:
    at = import_to_ready(client, project, root, path)
    samples = client.get(f"/api/v1/projects/{project}")["card"]["samples"]
    steps = [Row(area, "import to all ready", [1000 * max(at.values())], check=f"{samples:,} samples; open after {shown(1000 * at['commit'])}")]
    names = {"check": "check the source", "commit": "decode, thumbnails, quality, commit", "embeddings": "embeddings, after the commit",
             "map": "2-D map, after the embeddings", "probe": "probe, after the embeddings"}
    for step, name in names.items():
        before = {"check": 0.0, "commit": at["check"], "embeddings": at["commit"]}.get(step, at["embeddings"])
        steps.append(Row(area, f"of which {name}", [1000 * max(0.0, at[step] - before)]))
    return steps


def measure(quick: bool) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    rows: list[Row] = []
    data = Path(os.environ.get("BURNISH_TEST_DATA", ROOT.parent / "shared/data")) / "recycling-photos"
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        (folder / "clothes").mkdir()
        roots = {"clothes": folder / "clothes"} | ({"photos": data} if data.is_dir() else {})
        with BurnishServer.start(folder / "data", media_roots=roots) as server:
            client = server.login()
            if FASHION.is_dir():
                count = clothes(folder / "clothes", *((400, 100) if quick else (7_000, 3_000)))
                rows += import_rows(client, client.create_project("Clothes"), f"import, {count:,} of Fashion-MNIST", "clothes", "")
            if data.is_dir() and not quick:
                photographs = sum(1 for _ in csv.DictReader((data / "labels.csv").open()))
                rows += import_rows(client, client.create_project("Recycling"), f"import, {photographs:,} photographs", "photos", "labels.csv")
    return rows
