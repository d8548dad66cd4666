"""From the start of an import until all is ready, over HTTP, beside bare inference: the same model over the same photographs in ONNX Runtime,
on both cores.

The peer does nothing but inference; reading the pictures, as its user would with Pillow, is timed beside it. A ratio above 0.77 meets the
bar (1.3 times the bare inference). FiftyOne and LightlyStudio import the same photographs, embed them by the same model and lay them out
(UMAP; LightlyStudio's own layout). Where the processor has bfloat16, each row stands twice: so, and in 32 bits as the peers compute.
`./dev bench import photographs` measures these rows only; each says how long it took."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fiftyone_server import PEER as FIFTYONE_PEER
from fiftyone_server import fiftyone
from measure import PRESET, ROOT, Row, peer_python, run_json, shown

sys.path.insert(0, str(ROOT / "tests/support"))
from burnish_server import BurnishServer, Client

FASHION = Path("/usr/share/datasets/fashion-mnist")
VIEWS = ("thumbnails", "quality", "embeddings", "map", "probe")
PATIENCE = 420.0
MODEL = ROOT / ".third_party/models/efficientnet-lite0"
PHOTOGRAPHS = Path(os.environ.get("BURNISH_TEST_DATA", ROOT.parent / "shared/data")) / "recycling-photos"
DIMENSIONS = 1280
LIGHTLY_PEER = Path(__file__).parent / "lightly_peer.py"
LEAST_COSINE = 0.98  # Pillow decodes whole and then scales; we scale while decoding


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


def stored_embeddings(data: Path) -> dict[bytes, np.ndarray]:
    """By content hash; the layout is that of src/store/artifacts/fixed_pack.hpp."""
    stride = (24 + 2 * DIMENSIONS + 7) // 8 * 8
    for file in (one for one in data.rglob("*") if one.is_file()):
        with file.open("rb") as opened:
            start = opened.read(12)
        if start[:8] != b"BRNFIX01" or int.from_bytes(start[8:12], "little") != 2 * DIMENSIONS:
            continue
        content = file.read_bytes()
        records = [content[at : at + stride] for at in range(64, len(content) - stride + 1, stride)]
        return {record[:16]: np.frombuffer(record[24 : 24 + 2 * DIMENSIONS], np.float16).astype(np.float32) for record in records}
    raise AssertionError("the server has no embeddings")


def check_equal(files: list[Path], peer: np.ndarray, data: Path) -> str:
    ours = stored_embeddings(data)
    cosines = []
    for file, row in zip(files, peer, strict=True):
        mine = ours[hashlib.blake2b(file.read_bytes(), digest_size=16).digest()]
        cosines.append(float(mine @ row / (np.linalg.norm(mine) * np.linalg.norm(row))))
    assert np.mean(cosines) >= LEAST_COSINE, f"other embeddings: mean cosine {np.mean(cosines):.4f}"
    return f"mean cosine of both embeddings {np.mean(cosines):.4f}"


def peak(process: int) -> float:
    return int(Path(f"/proc/{process}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def import_once(media: Path, path: str, count: int, data: Path, precision: str) -> tuple[dict[str, float], float, bool]:
    """When each step was over, in milliseconds, the server's peak memory, and whether it embedded in bfloat16."""
    with BurnishServer.start(data, media_roots={"media": media}, arguments=("--embedding-precision", precision)) as server:
        client = server.login()
        project = client.create_project("Import")
        at = import_to_ready(client, project, "media", path)
        assert client.get(f"/api/v1/projects/{project}")["card"]["samples"] == count
        return {step: 1000 * seconds for step, seconds in at.items()}, peak(server.process.pid), any("bfloat16" in line for line in server.log)


def fiftyone_once(folder: Path) -> tuple[dict[str, Any], float]:
    """FiftyOne's seconds for the files of files.json, and its peak memory without its database."""
    with fiftyone(folder / "fiftyone") as environment:
        found, used = run_json([peer_python("fiftyone"), FIFTYONE_PEER, "import", folder, MODEL], env=environment)
    return found[0], used


def lightly_once(folder: Path) -> tuple[dict[str, Any], float]:
    found, used = run_json([peer_python("lightly"), LIGHTLY_PEER, folder, MODEL], env=os.environ | {"HOME": str(folder)}, cwd=folder)
    return found[0], used


TOOLS = {  # what also imports, embeds and lays out
    "fiftyone": ("FiftyOne {}: import, embeddings, UMAP", fiftyone_once),
    "lightly": ("LightlyStudio {}: import, embeddings, layout", lightly_once),
}


class Ours:
    """Our imports in one precision, and what was checked beside each peer."""

    def __init__(self, precision: str) -> None:
        self.precision = precision
        self.steps: list[dict[str, float]] = []
        self.memory = 0.0
        self.data = Path()
        self.checks: dict[str, str] = {}
        self.in_bfloat16 = False

    def run(self, media: Path, path: str, count: int, folder: Path) -> None:
        self.data = folder / f"data-{self.precision}"
        at, used, self.in_bfloat16 = import_once(media, path, count, self.data, self.precision)
        self.steps.append(at)
        self.memory = max(self.memory, used)

    def rows(self, area: str, peers: dict[str, list[float]], peer_memory: dict[str, float]) -> list[Row]:
        ours = [max(at.values()) for at in self.steps]
        until = ", ".join(f"{step} {shown(min(at[step] for at in self.steps))}" for step in ("check", "commit", "embeddings", "map", "probe"))
        what = f"import to all ready, embeddings in {'bfloat16' if self.in_bfloat16 else '32 bits'}"
        return [Row(area, what, ours, name, times, f"{self.checks[name]}; until {until}", f"{self.memory:.0f} / {peer_memory[name]:.0f} MB")
                for name, times in peers.items()]


def compare(area: str, media: Path, path: str, count: int, files: list[Path], times: int) -> list[Row]:
    """In 32 bits, as the peers compute, and in what the server chooses, where that is something else."""
    kinds = [Ours("auto"), Ours("float32")]
    peers: dict[str, list[float]] = {}
    memory: dict[str, float] = {}
    tools = {name: how for name, how in TOOLS.items() if files and peer_python(name).exists()}

    def peer(name: str, seconds: float, used: float, embeddings: Path) -> None:
        peers.setdefault(name, []).append(1000 * seconds)
        memory[name] = max(memory.get(name, 0.0), used)
        for kind in kinds:
            kind.checks[name] = check_equal(files, np.load(embeddings), kind.data) if files else f"{count:,} embedded by both"

    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
            folder = Path(name)
            for kind in list(kinds):
                kind.run(media, path, count, folder)
                if not kind.in_bfloat16 and kind.precision == "auto":
                    kinds = [kind]
                    break
            (folder / "files.json").write_text(json.dumps([str(file) for file in files] or [str(media)]))
            found, used = run_json([sys.executable, Path(__file__).parent / "peer.py", "inference", folder, MODEL])
            assert found[0]["count"] == count
            alone, reading = found[0]["seconds"], found[0]["decode_seconds"]
            peer("ONNX Runtime, inference alone", alone, used, folder / "peer-embeddings.npy")
            peer("Pillow, then ONNX Runtime", alone + reading, used, folder / "peer-embeddings.npy")
            for tool, (what, once) in tools.items():
                result, used = once(folder)
                peer(what.format(result["version"]), result["seconds"], used, folder / f"{tool}-embeddings.npy")
    return [row for kind in kinds for row in kind.rows(area, peers, memory)]


def photographs(quick: bool) -> list[Row]:
    if not PHOTOGRAPHS.is_dir():
        return []
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        media = Path(name)
        lines = list(csv.reader((PHOTOGRAPHS / "labels.csv").open()))
        lines = [lines[0], *lines[1 :: 12 if quick else 1]]  # of every class
        with (media / "labels.csv").open("w") as table:
            csv.writer(table).writerows(lines)
        files = [media / line[lines[0].index("file")] for line in lines[1:]]
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes((PHOTOGRAPHS / file.relative_to(media)).read_bytes())
        return compare(f"import, {len(files):,} photographs", media, "labels.csv", len(files), files, 1 if quick else 5)


def fashion(quick: bool) -> list[Row]:
    if not FASHION.is_dir():
        return []
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        count = clothes(Path(name), *((250, 50) if quick else (8_000, 2_000)))
        return compare(f"import, {count:,} of Fashion-MNIST", Path(name), "", count, [], 1 if quick else 5)


ROWS: dict[str, Callable[[bool], list[Row]]] = {"photographs": photographs, "fashion": fashion}


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    found: list[Row] = []
    for name in chosen or ROWS:
        started = time.monotonic()
        found += ROWS[name](quick)
        print(f"  {name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found
