"""What the fault tests do to a project."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import requests
from burnish_server import BurnishServer, Client, Problem, new_key
from journal import Journal, Write
from small_pictures import picture

CLASSES = ["disc", "square"]


def import_pictures(client: Client, project: str, folder: str, each: int, first_seed: int = 0) -> str:
    """Each class gets `each` pictures; returns the state in which the import ended."""
    files = [(f"{folder}/{kind}/{kind}-{index:02}.png", picture(kind, first_seed + index)) for kind in CLASSES for index in range(each)]
    started = client.upload_import(project, files)
    checked = client.check_import(project, started)
    if checked["state"] != "checked":
        return str(checked["state"])
    return str(client.commit_import(project, started)["state"])


def edit(project: str, ordinals: list[int], change: dict[str, object], base: int, tag: str | None = None) -> Write:
    sets_class = str(change["class"]) if "class" in change else None
    body = {"base": base, "target": {"ordinals": ordinals}, "set": change}
    return Write(f"/api/v1/projects/{project}/edits", body, tag=tag, ordinals=ordinals, sets_class=sets_class)


def bulk_edit(project: str, ordinals: list[int], base: int) -> Write:
    tag = f"bulk-{new_key()[:12]}"
    return edit(project, ordinals, {"add_tags": [tag]}, base, tag)


def random_write(project: str, samples: int, base: int, rng: random.Random) -> Write:
    """Edits 60 %, bulk edits 20 %, undo 12 %, classes 4 %, versions 4 %."""
    dice = rng.random()
    if dice < 0.6:
        return edit(project, [rng.randrange(samples)], {"class": rng.choice(CLASSES)}, base)
    if dice < 0.8:
        return bulk_edit(project, sorted(rng.sample(range(samples), samples // 2)), base)
    if dice < 0.92:
        return Write(f"/api/v1/projects/{project}/undo", None)
    if dice < 0.96:
        return Write(f"/api/v1/projects/{project}/classes", {"name": f"class {new_key()[:8]}"})
    return Write(f"/api/v1/projects/{project}/versions", {"name": f"v {new_key()[:8]}"})


def drive(make_client: Callable[[], Client], journal: Journal, project: str, samples: int, seed: int, stop: threading.Event) -> None:
    """Writes one after another until told to stop or the server is gone."""
    rng = random.Random(seed)
    client = make_client()
    base = 0
    while not stop.is_set():
        write = journal.add(random_write(project, samples, base, rng))
        write.send(client)
        if write.is_unknown:
            return
        if write.answer is not None:
            base = max(base, int(write.answer.get("sequence", 0)))
        elif write.refused == "conflict":
            try:
                base = client.head(project)
            except (requests.RequestException, Problem):
                return


def import_round(client: Client, project: str, number: int, done: list[int]) -> None:
    """One more import of six pictures; its number is noted once the server said that it is done."""
    try:
        if import_pictures(client, project, f"round-{number}", 3, 1000 + 10 * number) == "done":
            done.append(number)
    except (requests.RequestException, Problem, TimeoutError):
        return


def export_round(client: Client, project: str) -> None:
    try:
        made = client.post(f"/api/v1/projects/{project}/exports", {"format": "csv", "with_media": False})
        client.http.get(client.origin + made["archive"], timeout=30)
    except (requests.RequestException, Problem):
        return


def client_of(server: BurnishServer, login: Client) -> Client:
    """Another client of the same login, on the server as it runs now."""
    made = Client(server.origin)
    made.http.cookies.update(login.http.cookies)
    return made
