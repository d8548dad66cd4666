"""Writers that work on a project while something happens to the server below them."""

from __future__ import annotations

import random
import threading
import time

import requests
from burnish_server import BurnishServer, Client, Problem
from journal import Journal
from scenes import client_of, random_write


class Load:
    """Writes until `stop`; refusals and cut connections are noted and do not end it."""

    def __init__(self, server: BurnishServer, login: Client, project: str, samples: int, journal: Journal, seed: int, writers: int = 4) -> None:
        self._server, self._login, self._project, self._samples, self._journal = server, login, project, samples, journal
        self._stop = threading.Event()
        rng = random.Random(seed)
        self._threads = [threading.Thread(target=self._write, args=(rng.randrange(2**32),)) for _ in range(writers)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _write(self, seed: int) -> None:
        rng = random.Random(seed)
        client = client_of(self._server, self._login)
        base = 0
        while not self._stop.is_set():
            write = self._journal.add(random_write(self._project, self._samples, base, rng))
            write.send(client)
            if write.answer is not None:
                base = max(base, int(write.answer.get("sequence", 0)))
                continue
            try:
                base = client.head(self._project)
            except (requests.RequestException, Problem):
                if not self._server.is_running():
                    return
                time.sleep(0.01)  # refused at once: there is no use in asking faster
