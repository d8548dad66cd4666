"""Small photographs, made up and different from one another."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw


def picture(kind: str, seed: int, side: int = 48) -> bytes:
    """A PNG of a disc or a square, in a place and colour of the seed's."""
    noise = random.Random(f"{kind}-{seed}")
    image = Image.new("RGB", (side, side), tuple(noise.randrange(160, 256) for _ in range(3)))
    left, top = noise.randrange(2, side // 3), noise.randrange(2, side // 3)
    box = (left, top, left + side // 2, top + side // 2)
    colour = tuple(noise.randrange(0, 120) for _ in range(3))
    draw = ImageDraw.Draw(image)
    (draw.ellipse if kind == "disc" else draw.rectangle)(box, fill=colour)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def folder_per_class(per_class: int = 12) -> list[tuple[str, bytes]]:
    """Paths and bytes of two classes in train and test folders."""
    files = []
    for kind in ("disc", "square"):
        for index in range(per_class):
            split = "test" if index % 3 == 0 else "train"
            files.append((f"{split}/{kind}/{kind}-{index:02}.png", picture(kind, index)))
    return files
