"""What the driver of a fault test asked for, and what it was told: kept outside the server."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import requests
from burnish_server import Client, Problem, new_key


@dataclass
class Write:
    """One write. `answer` is there once the server has acknowledged it; `refused` when it said no."""

    path: str
    body: dict[str, Any] | None
    key: str = field(default_factory=new_key)
    answer: dict[str, Any] | None = None
    refused: str | None = None
    # Code of an answer of 500 or more, and how long it took: the write may have been done or not.
    failed: str | None = None
    seconds: float = 0
    # When the answer had come (CLOCK_MONOTONIC).
    answered: float = 0
    # Samples and tag of a bulk edit: all of them carry the tag afterwards, or none.
    tag: str | None = None
    ordinals: list[int] = field(default_factory=list)
    # The class that an edit of one sample sets.
    sets_class: str | None = None

    @property
    def is_unknown(self) -> bool:
        return self.answer is None and self.refused is None

    def send(self, client: Client) -> None:
        started = time.monotonic()
        try:
            self.answer = client.post(self.path, self.body, key=self.key)
        except Problem as problem:
            if problem.status >= 500:
                self.failed = problem.code  # unknown: as if the connection had been cut
            else:
                self.refused = problem.code
        except requests.RequestException:
            return
        finally:
            self.answered = time.monotonic()
            self.seconds = self.answered - started


class Journal:
    def __init__(self) -> None:
        self.writes: list[Write] = []
        self._mutex = threading.Lock()

    def add(self, write: Write) -> Write:
        with self._mutex:
            self.writes.append(write)
        return write

    @property
    def acknowledged(self) -> list[Write]:
        return [write for write in self.writes if write.answer is not None]

    @property
    def unknown(self) -> list[Write]:
        return [write for write in self.writes if write.is_unknown]
