"""Files that are almost right: seeds of each kind, and seeded ways to break them."""

from __future__ import annotations

import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

PICTURES = {"jpg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP", "tif": "TIFF"}


def _picture(kind: str, side: int) -> bytes:
    image = Image.new("RGB", (side, side))
    image.putdata([((x * 7) % 256, (x * x) % 256, (x // 3) % 256) for x in range(side * side)])
    stored = io.BytesIO()
    image.save(stored, PICTURES[kind])
    return stored.getvalue()


def _parquet(compression: str) -> bytes:
    table = pa.table({"path": [f"{i}.png" for i in range(20)], "label": ["a", "b"] * 10, "size": list(range(20)),
                      "image": pa.array([{"bytes": b"\x89PNG", "path": str(i)} for i in range(20)])})
    stored = io.BytesIO()
    pq.write_table(table, stored, compression=compression)
    return stored.getvalue()


def _zip(method: int) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", method) as archive:
        for i in range(4):
            archive.writestr(f"{'ab'[i % 2]}/{i}.png", _picture("png", 4 + i))
    return stored.getvalue()


def _tar(mode: str) -> bytes:
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode=mode) as archive:
        for i in range(4):
            content = _picture("png", 4 + i)
            entry = tarfile.TarInfo(f"{'ab'[i % 2]}/{i}.png")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stored.getvalue()


CSV = 'path,label,split,size\n' + "".join(f'"{i}.png",{"ab"[i % 2]},train,{i * 1.5}\n' for i in range(30))


def picture_seeds() -> dict[str, list[bytes]]:
    return {kind: [_picture(kind, side) for side in (3, 16, 61)] for kind in PICTURES}


def table_seeds() -> dict[str, list[bytes]]:
    """By the extension that says which reader gets it."""
    labels = struct.pack(">II", 0x801, 6) + bytes(range(6))
    return {
        "csv": [CSV.encode(), CSV.encode("utf-16"), CSV.replace(",", ";").encode("latin1")],
        "parquet": [_parquet("none"), _parquet("snappy"), _parquet("zstd")],
        "zip": [_zip(zipfile.ZIP_STORED), _zip(zipfile.ZIP_DEFLATED)],
        "tar.gz": [_tar("w:gz")],
        "idx3-ubyte": [struct.pack(">IIII", 0x803, 6, 5, 5) + bytes(150), labels],
    }


def _flip(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    for _ in range(noise.choice((1, 3, 20))):
        content[noise.randrange(len(content))] ^= 1 << noise.randrange(8)
    return bytes(content)


def _cut(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    return bytes(content[: noise.randrange(len(content))])


def _extreme(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    """A length, offset or count of the file becomes one that no file has."""
    at = noise.randrange(max(1, min(len(content), 200)))
    value = noise.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\x00\x00\x00"))
    return bytes(content[:at]) + value + bytes(content[at + 4 :])


def _extreme_tail(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    """The same in the last bytes, where Parquet and zip keep their directories."""
    reversed_content = bytearray(reversed(content))
    return bytes(reversed(_extreme(noise, reversed_content, other)))


def _insert(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    at = noise.randrange(len(content))
    return bytes(content[:at]) + noise.randbytes(noise.choice((1, 9, 4000))) + bytes(content[at:])


def _repeat(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    start = noise.randrange(len(content))
    end = start + noise.randrange(1, 400)
    return bytes(content[:end]) + bytes(content[start:end]) * noise.choice((1, 2, 60)) + bytes(content[end:])


def _splice(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    return bytes(content[: noise.randrange(len(content))]) + other[noise.randrange(len(other)) :]


def _noise(noise: random.Random, content: bytearray, other: bytes) -> bytes:
    return bytes(content[:16]) + noise.randbytes(noise.choice((0, 50, 3000)))


MUTATIONS: list[Callable[[random.Random, bytearray, bytes], bytes]] = [_flip, _cut, _extreme, _extreme_tail, _insert, _repeat, _splice, _noise]


def mutated(noise: random.Random, seeds: dict[str, list[bytes]]) -> tuple[str, bytes]:
    """A broken file and its extension."""
    kind = noise.choice(sorted(seeds))
    content = noise.choice(seeds[kind])
    other = noise.choice(seeds[noise.choice(sorted(seeds))])
    for _ in range(noise.choice((1, 1, 2, 4))):
        content = noise.choice(MUTATIONS)(noise, bytearray(content or b"\0"), other)
    return kind, content
