"""The release server over HTTP: import to ready with what took the time, edits, filters with facets."""

from __future__ import annotations

import csv
import gzip
import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import PRESET, ROOT, Row, percentile, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer, Client

FASHION = Path("/usr/share/datasets/fashion-mnist")
VIEWS = ("thumbnails", "quality", "embeddings", "map", "probe")
PATIENCE = 420.0


def milliseconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


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


def spread(area: str, what: str, times: list[float]) -> Row:
    return Row(area, what, times, check=f"p50 {shown(percentile(times, 0.5))}, p95 {shown(percentile(times, 0.95))}, p99 {shown(percentile(times, 0.99))}")


def interactive_rows(client: Client, project: str, area: str, times: int) -> list[Row]:
    classes = [entry["name"] for entry in client.get(f"/api/v1/projects/{project}/classes")["classes"]]
    size = client.get(f"/api/v1/projects/{project}")["card"]["samples"]
    head = client.head(project)
    edits = []
    for number in range(times):
        made: dict[str, Any] = {}
        target, change = {"ordinals": [number % size]}, {"class": classes[number % len(classes)]}
        edits.append(milliseconds(lambda t=target, c=change, m=made, h=head: m.update(client.edit(project, t, c, base=h))))
        head = max(head, int(made["sequence"]))
    bulk = []
    for number in range(5):
        made = {}
        bulk.append(milliseconds(lambda m=made, n=number, h=head: m.update(client.edit(project, {"filter": {"all": []}}, {"add_tags": [f"tag {n}"]}, base=h))))
        assert made["changed"] == size
        head = int(made["sequence"])

    def ask(filter: Any) -> None:
        client.result(project, filter, at_least=head)
        client.post(f"/api/v1/projects/{project}/facets", {"filter": filter, "at_least": head}, key=None)

    filters = [{"all": [{"label": {"class": [classes[n % len(classes)], classes[(n + 1) % len(classes)]]}}, {"split": [["train"], ["test"], ["train", "test"]][n % 3]},
                        {"quality": "brightness", "range": [n % 7 / 20, None]}]} for n in range(times)]
    facets = [milliseconds(lambda f=one: ask(f)) for one in filters]
    return [spread(area, f"one edit, acknowledged ({times})", edits), spread(area, f"edit of all {size:,} samples (5)", bulk),
            spread(area, f"filter with all facets ({times})", facets)]


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
                count = clothes(folder / "clothes", *((400, 100) if quick else (3_000, 1_000)))
                project = client.create_project("Clothes")
                rows += import_rows(client, project, f"server, {count:,} of Fashion-MNIST", "clothes", "")
            if data.is_dir() and not quick:
                project = client.create_project("Recycling")
                photographs = sum(1 for _ in csv.DictReader((data / "labels.csv").open()))
                rows += import_rows(client, project, f"server, {photographs:,} photographs", "photos", "labels.csv")
            if rows:
                rows += interactive_rows(client, project, "server, the last of these projects", 50 if quick else 300)
    return rows
