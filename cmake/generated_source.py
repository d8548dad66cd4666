"""What the generators of this folder share: bytes go into one blob, and the C++ takes the blob in as it stands."""

from __future__ import annotations

TAKE_IN = """\
asm(R"(
    .section .rodata
    .balign 16
    .global {symbol}
{symbol}:
    .incbin "{blob}"
    .byte 0
    .previous
)");
"""


def literal(text: str) -> str:
    """A C++ string literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Blob:
    """Bytes put one after the other; `add` says where in C++: a call of Bytes(offset, size)."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def add(self, data: bytes) -> str:
        if not data:
            return "{}"
        offset = len(self.bytes)
        self.bytes += data
        return f"Bytes({offset}, {len(data)})"
