"""Small photographs, made up and different from one another, without any library."""

from __future__ import annotations

import random
import struct
import zlib


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def picture(kind: str, seed: int, side: int = 24) -> bytes:
    """A grey PNG of a bright disc or square somewhere on a dark ground."""
    rng = random.Random(f"{kind} {seed}")
    ground, ink, radius = rng.randrange(0, 90), rng.randrange(150, 256), rng.randrange(5, 9)
    left, top = rng.randrange(radius, side - radius), rng.randrange(radius, side - radius)
    rows = bytearray()
    for y in range(side):
        rows.append(0)
        for x in range(side):
            dx, dy = abs(x - left), abs(y - top)
            inside = dx * dx + dy * dy <= radius * radius if kind == "disc" else max(dx, dy) <= radius
            rows.append(ink if inside else ground + rng.randrange(6))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
