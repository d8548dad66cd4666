"""The driver's side of bad_disk.c: a server whose disk fills up, refuses or forgets when told to."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

from burnish_server import BurnishServer

SOURCE = Path(__file__).with_name("bad_disk.c")
ROOM, REFUSE, UNFLUSHED, FAILED = ("<q", 0), ("<I", 8), ("<I", 12), ("<I", 16)
NO_LIMIT = -1


class BadDisk:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.library = folder / "bad_disk.so"
        compiler = shutil.which("cc") or shutil.which("gcc") or "g++-12"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", self.library, SOURCE, "-ldl"], check=True, timeout=60)
        self.control = folder / "control"
        self.control.write_bytes(bytes(4096))
        with self.control.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4096)
        self.heal()

    def _set(self, place: tuple[str, int], value: int) -> None:
        struct.pack_into(place[0], self._memory, place[1], value)

    def fill_up(self, room: int) -> None:
        """Files may grow by `room` bytes more, then the disk is full."""
        self._set(ROOM, room)

    def refuse_writes(self) -> None:
        self._set(REFUSE, 1)

    def forget_flushes(self, count: int = 1) -> None:
        """The next flushes fail. Those after them report nothing: the kernel says it once."""
        self._set(UNFLUSHED, count)

    def heal(self) -> None:
        self._set(ROOM, NO_LIMIT)
        self._set(REFUSE, 0)
        self._set(UNFLUSHED, 0)

    @property
    def failed(self) -> int:
        return int(struct.unpack_from(FAILED[0], self._memory, FAILED[1])[0])

    def under(self, server: BurnishServer, part: str = "") -> None:
        """Below the whole data folder, or below what in it begins with `part` (with a $ at its end: that file)."""
        server.environment |= {"LD_PRELOAD": str(self.library), "BAD_DISK_FOLDER": str(server.data / part), "BAD_DISK_CONTROL": str(self.control)}
