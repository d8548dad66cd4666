"""Planted near duplicates among photographs: pair F1 of a project's near duplicates beside imagededup's CNN on the same files.

Base photographs whose pixels (24 x 24, grey) correlate with an earlier one's by more than 0.9 are left out, so that the planted pairs are the
truth. Our rule was found on the first, third, ... of the rest; these rows use the others."""

from __future__ import annotations

import itertools
import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from imports import MODEL, PATIENCE, PHOTOGRAPHS, peak
from measure import Row, peer_python, run_json
from PIL import Image, ImageEnhance

PEER = Path(__file__).parent / "imagededup_peer.py"
ALIKE = 0.9
Pair = tuple[str, str]


def distinct_photographs() -> list[Path]:
    files = sorted((PHOTOGRAPHS / "images").rglob("*.jpg"))
    looks = []
    for file in files:
        look = np.asarray(Image.open(file).convert("L").resize((24, 24), Image.Resampling.BOX), np.float32).ravel()
        look -= look.mean()
        looks.append(look / (np.linalg.norm(look) + 1e-6))
    likeness = np.stack(looks) @ np.stack(looks).T
    kept: list[int] = []
    for i in range(len(files)):
        if not kept or likeness[i, kept].max() <= ALIKE:
            kept.append(i)
    return [files[i] for i in kept]


def plant(bases: Iterable[Path], folder: Path) -> None:
    rng = random.Random(5)
    for number, file in enumerate(bases):
        picture = Image.open(file).convert("RGB")
        width, height = picture.size

        def save(kind: str, copy: Image.Image, quality: int, number: int = number) -> None:
            copy.save(folder / f"{number:04d}-{kind}.jpg", quality=quality)

        (folder / f"{number:04d}-base.jpg").write_bytes(file.read_bytes())
        scale = rng.uniform(0.4, 0.8)
        save("resized", picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS), 90)
        save("encoded", picture, rng.randint(30, 60))
        wide, high = round(width * 0.95), round(height * 0.95)
        left, top = rng.randint(0, width - wide), rng.randint(0, height - high)
        save("cropped", picture.crop((left, top, left + wide, top + high)), 90)
        save("brighter", ImageEnhance.Brightness(picture).enhance(rng.uniform(1.15, 1.4)), 90)


def found_by_us(media: Path, data: Path) -> tuple[set[Pair], float, float]:
    from burnish_server import BurnishServer

    with BurnishServer.start(data, media_roots={"media": media}) as server:
        client = server.login()
        project = client.create_project("Near duplicates")
        at = f"/api/v1/projects/{project}"
        start = time.perf_counter()
        imported = client.folder_import(project, "media", "pictures")
        client.check_import(project, imported)
        assert client.commit_import(project, imported, wait=PATIENCE)["state"] == "done"
        client.wait_ready(project, ("near_duplicates",), PATIENCE)
        seconds = time.perf_counter() - start
        samples = [client.get(f"{at}/samples/{ordinal}") for ordinal in range(client.get(at)["card"]["samples"])]
        names = [Path(sample["path"]).name for sample in samples]
        near = ((names[sample["ordinal"]], names[other["ordinal"]]) for sample in samples for other in sample["near_duplicates"])
        return {(min(pair), max(pair)) for pair in near}, seconds, peak(server.process.pid)


def scores(found: set[Pair], truth: set[Pair]) -> tuple[float, str]:
    right = len(found & truth)
    precision, recall = right / max(1, len(found)), right / len(truth)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f1, f"F1 {f1:.4f} (precision {precision:.4f}, recall {recall:.4f})"


def planted(quick: bool) -> list[Row]:
    if not PHOTOGRAPHS.is_dir() or not peer_python("imagededup").exists():
        return []
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        pictures = Path(name) / "pictures"
        pictures.mkdir()
        plant(distinct_photographs()[1::2][: 40 if quick else 400], pictures)
        files = sorted(file.name for file in pictures.iterdir())
        truth = {pair for pair in itertools.combinations(files, 2) if pair[0][:4] == pair[1][:4]}
        found, seconds, memory = found_by_us(Path(name), Path(name) / "data")
        [peer], peer_memory = run_json([peer_python("imagededup"), PEER, pictures, MODEL])
        assert peer["count"] == len(files)
        by_peer = {float(threshold): scores({(one, other) for one, other in pairs}, truth) for threshold, pairs in peer["found"].items()}
        best = max(by_peer, key=lambda threshold: by_peer[threshold][0])
        said = f"ours {scores(found, truth)[1]}; peer at its 0.9 {by_peer[0.9][1]}, at its best, {best}, {by_peer[best][1]}"
        return [Row(f"near duplicates, {len(files) // 5:,} photographs with 4 planted copies each", "from files to pairs", [1000 * seconds],
                    f"imagededup {peer['version']} CNN with {peer['model']}", [1000 * peer["seconds"]], said, f"{memory:.0f} / {peer_memory:.0f} MB")]
