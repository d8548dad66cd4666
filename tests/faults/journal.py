"""What the driver of a fault test asked for, and what it was told: kept outside the server."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
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
    # Samples and tag of a bulk edit: all of them carry the tag afterwards, or none.
    tag: str | None = None
    ordinals: list[int] = field(default_factory=list)

    def send(self, client: Client) -> None:
        try:
            self.answer = client.post(self.path, self.body, key=self.key)
        except Problem as problem:
            if problem.status >= 500:
                return  # unknown: as if the connection had been cut
            self.refused = problem.code
        except requests.RequestException:
            return


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


def edit(project: str, ordinals: list[int], change: dict[str, Any], base: int, tag: str | None = None) -> Write:
    return Write(f"/api/v1/projects/{project}/edits", {"base": base, "target": {"ordinals": ordinals}, "set": change}, tag=tag, ordinals=ordinals)


def random_write(project: str, samples: int, classes: list[str], base: int, rng: random.Random) -> Write:
    """Edits 60 %, bulk edits 20 %, undo 12 %, classes 4 %, versions 4 %."""
    dice = rng.random()
    if dice < 0.6:
        return edit(project, [rng.randrange(samples)], {"class": rng.choice(classes)}, base)
    if dice < 0.8:
        tag = f"bulk-{new_key()[:12]}"
        chosen = sorted(rng.sample(range(samples), samples // 2))
        return edit(project, chosen, {"add_tags": [tag]}, base, tag)
    if dice < 0.92:
        return Write(f"/api/v1/projects/{project}/undo", None)
    if dice < 0.96:
        return Write(f"/api/v1/projects/{project}/classes", {"name": f"class {new_key()[:8]}"})
    return Write(f"/api/v1/projects/{project}/versions", {"name": f"v {new_key()[:8]}"})


def drive(make_client: Callable[[], Client], journal: Journal, project: str, samples: int, classes: list[str], seed: int, stop: threading.Event) -> None:
    """Writes one after another until told to stop or the server is gone."""
    rng = random.Random(seed)
    client = make_client()
    base = 0
    while not stop.is_set():
        write = journal.add(random_write(project, samples, classes, base, rng))
        write.send(client)
        if write.answer is None and write.refused is None:
            return
        if write.answer is not None:
            base = max(base, int(write.answer.get("sequence", 0)))
        elif write.refused == "conflict":
            base = client.head(project)
