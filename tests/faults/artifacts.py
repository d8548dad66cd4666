"""What of a project can be made again, and what can happen to its files while nobody looks."""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from burnish_server import Client, binary, wait_for

# The bytes that hold the format's version or magic, by the end of the file's name.
VERSION_AT = {".duckdb": 12, ".memory": 14, ".pack": 7, ".fixed": 7, ".bin": 0}


@dataclass
class Damage:
    name: str
    do: Callable[[Path, random.Random], None]


def flip_bits(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(rng.choice([1, 8, 64])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def cut_off(file: Path, rng: random.Random) -> None:
    with file.open("r+b") as opened:
        opened.truncate(rng.choice([0, 1, rng.randrange(file.stat().st_size)]))


def delete(file: Path, _: random.Random) -> None:
    file.unlink()


def from_the_future(file: Path, _: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = VERSION_AT[file.suffix]
    content[at : at + 1] = b"\xee"
    file.write_bytes(content)


def zeros(file: Path, rng: random.Random) -> None:
    with file.open("r+b") as opened:
        opened.seek(rng.randrange(file.stat().st_size))
        opened.write(bytes(4096))


DAMAGES = [Damage("bits flipped", flip_bits), Damage("cut off", cut_off), Damage("deleted", delete), Damage("from the future", from_the_future),
           Damage("zeros inside", zeros)]


def files_of(data: Path, project: str) -> list[Path]:
    """The derived files of a project: columns in both forms, packs of thumbnails and quality, vectors, map."""
    folder = data / "projects" / project
    return [file for file in sorted([*folder.iterdir(), *(folder / "artifacts").iterdir()]) if file.suffix in VERSION_AT]


@dataclass(frozen=True)
class Views:
    """What a person sees of the derived stores."""

    thumbnails: tuple[str, ...]
    sharpness: tuple[float, ...]
    history: str
    placed: int
    similar: tuple[int, ...]


def thumbnails_of(client: Client, project: str, samples: int, size: int) -> tuple[str, list[int]]:
    """What they are together, and how long each is: 0 while it is not there."""
    header, arrays = client.frame(f"/api/v1/projects/{project}/thumbnails", ordinals=",".join(map(str, range(samples))), size=size)
    return hashlib.sha256(bytes(arrays["data"])).hexdigest(), [thumbnail["bytes"] for thumbnail in header["thumbnails"]]


def views_of(client: Client, project: str, samples: int, with_model: bool) -> Views:
    """Once everything that can be made is there."""
    names = ("columns", "thumbnails", "quality") + (("embeddings", "map") if with_model else ())
    client.wait_ready(project, names)
    # A damaged thumbnail is found when it is first asked for, and made again then.
    for size in (160, 320):
        wait_for(lambda size=size: thumbnails_of(client, project, samples, size), lambda found: all(found[1]), 60)
    client.wait_ready(project, names)
    one_by_one = [client.get(f"/api/v1/projects/{project}/samples/{ordinal}") for ordinal in range(0, samples, 5)]
    similar = client.get(f"/api/v1/projects/{project}/samples/0/neighbours", count=8)["neighbours"] if with_model else []
    return Views(
        thumbnails=tuple(thumbnails_of(client, project, samples, size)[0] for size in (160, 320)),
        sharpness=tuple(sample["quality"]["sharpness"] for sample in one_by_one),
        history=repr(client.get(f"/api/v1/projects/{project}/samples/0/history")["entries"]),
        placed=len(client.frame(f"/api/v1/projects/{project}/map")[1]["x"]) if with_model else 0,
        similar=tuple(hit["ordinal"] for hit in similar))


def digest_of(data: Path) -> str:
    """The digest after a rebuild from batches and log; it was the same before, or AssertionError."""
    done = subprocess.run([str(binary()), "rebuild", "--data", str(data)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()[3]
