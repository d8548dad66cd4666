"""Hostile files of known kinds, each with what the report must say of it (None: it may come in)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import NamedTuple

from PIL import Image

SCRIPT = b"<script>window.__broken = 1</script>"
SVG = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"&a;</svg>"


class Case(NamedTuple):
    name: str
    content: bytes
    codes: tuple[str, ...]  # one of these must name it; empty: it comes in


def png_header(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def small(kind: str, **options: object) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (20, 14), (200, 30, 40)).save(stored, kind, **options)
    return stored.getvalue()


def exif_html() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    return small("JPEG", exif=exif, comment=SCRIPT)


def endless_tiff() -> bytes:
    """A directory whose next one is itself."""
    return b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 1) + struct.pack("<HHII", 256, 3, 1, 9) + struct.pack("<I", 8)


def many_frames() -> bytes:
    frame = b"!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00" + frame * 20_000 + b";"


def huge_jpeg() -> bytes:
    content = bytearray(small("JPEG"))
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = b"\xff\xff\xff\xff"
    return bytes(content)


BROKEN = ("damaged_image", "truncated", "not_an_image", "unsupported_image")
PICTURES = [
    Case("bomb.png", png_header(65_500, 65_500, bytes(8_188 * 100)), ("image_too_large",)),
    Case("wide.png", png_header(2_000_000_000, 1), ("image_too_large", *BROKEN)),
    Case("huge.jpg", huge_jpeg(), ("image_too_large", *BROKEN)),
    Case("script.svg", SVG, ("svg_refused",)),
    Case("svg.png", SVG, ("svg_refused",)),
    Case("page.jpg", b"<!DOCTYPE html><html>" + SCRIPT, ("not_an_image",)),
    Case("entities.jpg", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', ("not_an_image",)),
    Case("paper.png", b"%PDF-1.7\n1 0 obj << /JS (app.alert(1)) >>", ("not_an_image", "unsupported_image")),
    Case("empty.webp", b"", ("empty_file",)),
    Case("polyglot.gif", b"GIF89a/*" + b"\0" * 30 + b"*/=1;window.__broken=1", BROKEN),
    Case("endless.tif", endless_tiff(), (*BROKEN, "decoder_crashed")),
    Case("program.jpg", b"\x7fELF" + bytes(200), ("not_an_image",)),
    Case("frames.gif", many_frames(), ()),
    Case("exif.jpg", exif_html(), ()),
    Case("tail.jpg", small("JPEG") + SCRIPT, ()),
    Case("=cmd()|'calc'!A1.png", small("PNG"), ()),
    Case("<img src=x onerror=window.__broken=1>.png", small("PNG"), ()),
    Case("\u202egpj.elif.png", small("PNG"), ()),
    Case("line\nbreak.png", small("PNG"), ("name_unusable",)),
    Case("bell\x07.png", small("PNG"), ("name_unusable",)),
]


def archive(entries: list[tuple[str, bytes]], *, links: dict[str, str] | None = None) -> bytes:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        for name, content in entries:
            made.writestr(name, content)
        for name, target in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o120777 << 16
            made.writestr(entry, target)
    return stored.getvalue()


def sources(token: str) -> list[Case]:
    """Tables and archives, each an import of its own. Whatever leaves the staging folder has `token` in its name."""
    good = ("a/good.png", small("PNG"))
    return [
        Case("up.zip", archive([good, (f"../../../../../{token}.png", small("PNG"))]), ("entry_outside",)),
        Case("root.zip", archive([good, (f"/tmp/{token}.png", small("PNG"))]), ("entry_outside",)),
        Case("back.zip", archive([good, (f"..\\..\\{token}.png", small("PNG")), (f"C:\\{token}.png", small("PNG"))]), ("entry_outside",)),
        Case("link.zip", archive([good], links={"a/link": "/tmp", "a/passwd.png": "/etc/passwd"}), ("entry_link",)),
        Case("link-through.zip", archive([good, (f"out/{token}.png", small("PNG"))], links={"out": "/tmp"}), ("entry_link",)),
        Case("twice.zip", archive([good, good]), ("entry_duplicate",)),
        Case("nested.zip", archive([good, ("a/inner.zip", archive([good]))]), ("archive_nested", "file_unused", "not_an_image")),
        Case("bomb.zip", archive([good, ("a/zeros.png", bytes(150 << 20))]), ("archive_bomb",)),
        Case("outside.csv", b"path,label\n../../../../etc/passwd,a\n/etc/shadow,b\n", ("path_outside", "path_missing")),
        Case("cells.csv", b"path,label,note\n=cmd()|'/c calc'!A1,@SUM(1),+1\nx.png,-2,\x1b[31m\n", ("path_missing",)),
        Case("columns.csv", b",".join(b"c%d" % i for i in range(5_000)) + b"\n" + b"1," * 4_999 + b"1\n", ("too_many_columns",)),
        Case("nul.csv", b"path,label\nx.png,\x00a\n", ("nul_byte",)),
        Case("quote.csv", b'path,label\n"' + b"x" * 2_000_000, ("open_quote", "row_too_long")),
        Case("table.parquet", b"PAR1" + b"\xff" * 64 + struct.pack("<I", 0x7FFFFFF0) + b"PAR1", ("table_damaged",)),
        Case("train-images-idx3-ubyte", struct.pack(">IIII", 0x803, 0xFFFFFFFF, 0xFFFF, 0xFFFF), ("idx_damaged", "table_too_large")),
    ]
