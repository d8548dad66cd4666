"""The database that FiftyOne needs, started for one benchmark in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from measure import peer_python

MONGOD = peer_python("mongod").parents[1] / "lib/python3.11/site-packages/fiftyone/db/bin/mongod"
PEER = Path(__file__).parent / "fiftyone_peer.py"
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def fiftyone(folder: Path) -> Iterator[dict[str, str]]:
    """Gives the environment in which FiftyOne finds its database."""
    data = folder / "mongo"
    data.mkdir(parents=True)
    MONGOD.chmod(0o755)  # the wheel carries it without
    port = free_port()
    command = [MONGOD, "--dbpath", data, "--port", str(port), "--bind_ip", "127.0.0.1", "--quiet"]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("mongod does not start")
            time.sleep(0.1)
        yield os.environ | {"FIFTYONE_DATABASE_URI": f"mongodb://127.0.0.1:{port}", "FIFTYONE_DO_NOT_TRACK": "true",
                            "FIFTYONE_DATABASE_VALIDATION": "false", "HOME": str(folder)}
    finally:
        process.terminate()
        process.wait()
