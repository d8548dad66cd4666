"""A disk whose power can be cut: ext4 on a loop device, shut down by the file system's own ioctl.

The method, and its one rule: nothing reaches the image after the cut, so only what was acknowledged before it counts. A flush that
was under way may still report success; that one acknowledgement is not a promise that anybody could have relied on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

SHUTDOWN = 0x8004587D  # _IOR('X', 125, uint32_t): EXT4_IOC_SHUTDOWN
WITHOUT_FLUSHING_THE_LOG = 2
IMAGE_BYTES = 96 << 20


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=60)


class PowerDisk:
    """Mounted at `folder`, or why not: `PowerDisk.missing`."""

    def __init__(self, work: Path) -> None:
        self.image = work / "disk.img"
        self.folder = work / "disk"
        self.folder.mkdir(parents=True)
        self._number = 0
        with self.image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        run("mkfs.ext4", "-q", "-m0", self.image)
        run("mount", "-o", "loop", self.image, self.folder)

    @staticmethod
    def missing(work: Path) -> str | None:
        """Why there can be no such disk here; None when there can."""
        if os.geteuid() != 0:
            return "only root can mount a file system"
        if shutil.which("mkfs.ext4") is None:
            return "mkfs.ext4 is not installed"
        try:
            disk = PowerDisk(work)
        except (subprocess.CalledProcessError, OSError) as failure:
            return f"no loop device can be mounted here: {getattr(failure, 'stderr', failure)!r}"
        try:
            disk.cut()
        except OSError as failure:
            return f"this kernel does not shut a file system down: {failure}"
        finally:
            disk.unmount()
        return None

    def cut(self) -> float:
        """The moment (CLOCK_MONOTONIC) up to which acknowledgements count."""
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            before = time.monotonic()
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING_THE_LOG))
            return before
        finally:
            os.close(descriptor)

    def switch_on_again(self) -> None:
        """Mounts what reached the image. Nothing may use the folder."""
        self._number += 1
        left = self.image.with_name(f"disk-{self._number}.img")
        run("cp", "--sparse=always", self.image, left)
        self.unmount()
        self.image.unlink()
        self.image = left
        run("mount", "-o", "loop", self.image, self.folder)

    def unmount(self) -> None:
        for _ in range(50):
            if subprocess.run(["umount", str(self.folder)], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        run("umount", "-l", self.folder)
