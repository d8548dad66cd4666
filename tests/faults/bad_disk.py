"""The driver's side of bad_disk.c: a server whose disk fills up, refuses or forgets when told to."""

from __future__ import annotations

from pathlib import Path

from burnish_server import BurnishServer
from shim import Shim

SOURCE = Path(__file__).with_name("bad_disk.c")
ROOM, REFUSE, UNFLUSHED, FAILED = ("<q", 0), ("<I", 8), ("<I", 12), ("<I", 16)
NO_LIMIT = -1


class BadDisk(Shim):
    def __init__(self, folder: Path) -> None:
        super().__init__(SOURCE, folder)
        self.heal()

    def fill_up(self, room: int) -> None:
        """Files may grow by `room` bytes more, then the disk is full."""
        self.write(ROOM, room)

    def refuse_writes(self) -> None:
        self.write(REFUSE, 1)

    def forget_flushes(self, count: int = 1) -> None:
        """The next flushes fail. Those after them report nothing: the kernel says it once."""
        self.write(UNFLUSHED, count)

    def heal(self) -> None:
        self.write(ROOM, NO_LIMIT)
        self.write(REFUSE, 0)
        self.write(UNFLUSHED, 0)

    @property
    def failed(self) -> int:
        return self.read(FAILED)

    def under(self, server: BurnishServer, part: str = "") -> None:
        """Below the whole data folder, or below what in it begins with `part` (with a $ at its end: that file)."""
        server.environment |= {"LD_PRELOAD": str(self.library), "BAD_DISK_FOLDER": str(server.data / part), "BAD_DISK_CONTROL": str(self.control)}
