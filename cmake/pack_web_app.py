"""Packs the files of a built web app for the binary: web_app.bin holds their bytes, plain and compressed, one after
the other; web_app.cpp takes them in and defines burnish::http::WebApp() (src/http/embedded_files.hpp).

    pack_web_app.py <ui/dist> <output folder>
"""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
from pathlib import Path

import brotli

from generated_source import TAKE_IN, Blob, literal

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
COMPRESSED_ALREADY = {".png", ".webp", ".woff", ".woff2", ".ico"}
# Vite puts eight characters of the content's hash before the ending of what it emits into assets/.
HASHED = re.compile(r"^assets/.+-[A-Za-z0-9_-]{8}\.\w+$")

SOURCE = """\
// Made by cmake/pack_web_app.py.
#include "http/embedded_files.hpp"

{take_in}
extern "C" const std::byte burnish_web_app_bytes[];

namespace burnish::http {{
namespace {{

std::span<const std::byte> Bytes(std::size_t offset, std::size_t size) {{ return {{burnish_web_app_bytes + offset, size}}; }}

}}  // namespace

EmbeddedFiles WebApp() {{
{body}
}}

}}  // namespace burnish::http
"""


def smaller(compressed: bytes, plain: bytes) -> bytes:
    return compressed if len(compressed) < 0.95 * len(plain) else b""


def entry(path: str, data: bytes, blob: Blob) -> str:
    suffix = Path(path).suffix
    if suffix not in CONTENT_TYPES:
        raise SystemExit(f"{path}: no content type is known for {suffix}; add it to {Path(__file__).name}")
    small = suffix in COMPRESSED_ALREADY
    fields = [
        f".path = {literal(path)}",
        f".content_type = {literal(CONTENT_TYPES[suffix])}",
        f".etag = {literal(chr(34) + hashlib.sha256(data).hexdigest()[:32] + chr(34))}",
        f".immutable = {'true' if HASHED.match(path) else 'false'}",
        f".plain = {blob.add(data)}",
        f".brotli = {blob.add(b'' if small else smaller(brotli.compress(data, quality=9), data))}",
        f".gzip = {blob.add(b'' if small else smaller(gzip.compress(data, 9, mtime=0), data))}",
    ]
    return "      EmbeddedFile{" + ", ".join(fields) + "},"


def main(dist: Path, out: Path) -> None:
    blob = Blob()
    files = sorted((p.relative_to(dist).as_posix(), p) for p in dist.rglob("*") if p.is_file() and p.name[0] != ".")
    entries = [entry(name, path.read_bytes(), blob) for name, path in files]
    body = "  return EmbeddedFiles{};"
    if entries:
        body = "\n".join(["  static const EmbeddedFile kFiles[] = {", *entries, "  };", "  return EmbeddedFiles(kFiles);"])
    else:
        body = "  static_cast<void>(Bytes);\n" + body
    out.mkdir(parents=True, exist_ok=True)
    (out / "web_app.bin").write_bytes(blob.bytes)
    take_in = TAKE_IN.format(symbol="burnish_web_app_bytes", blob=(out / "web_app.bin").resolve())
    (out / "web_app.cpp").write_text(SOURCE.format(take_in=take_in, body=body))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
