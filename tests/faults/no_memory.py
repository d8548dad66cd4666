"""The driver's side of no_memory.c: a server that gets no memory when told so."""

from __future__ import annotations

from pathlib import Path

from burnish_server import BurnishServer
from shim import Shim

SOURCE = Path(__file__).with_name("no_memory.c")
EVERY, LEAST, FAILED = ("<I", 0), ("<I", 4), ("<I", 8)


class NoMemory(Shim):
    def __init__(self, folder: Path) -> None:
        super().__init__(SOURCE, folder)

    def run_out(self, every: int, least: int = 0) -> None:
        """From now on each `every`-th allocation of at least `least` bytes fails."""
        self.write(LEAST, least)
        self.write(EVERY, every)

    def heal(self) -> None:
        self.write(EVERY, 0)

    @property
    def failed(self) -> int:
        return self.read(FAILED)

    def under(self, server: BurnishServer) -> None:
        server.environment |= {"LD_PRELOAD": str(self.library), "NO_MEMORY_CONTROL": str(self.control)}
