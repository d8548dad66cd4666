"""Columns, thumbnails, quality, vectors and map damaged while nobody looked: the server starts, makes them again, and shows the same."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from artifacts import DAMAGES, Views, digest_of, files_of, views_of
from burnish_server import BurnishServer
from scenes import edit, import_pictures
from seeds import new_seed, times

DAMAGED = times(10, 200)
SAMPLES = 20
SET_ASIDE = {".duckdb", ".pack", ".fixed"}  # renamed, so that they can be looked at; the others are small, and go


@dataclass
class Whole:
    """A project with all that is derived from it, and what it looks like."""

    data: Path
    project: str
    digest: str
    views: Views
    with_model: bool


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    data = tmp_path_factory.mktemp("whole") / "data"
    server = BurnishServer.start(data)
    login = server.login()
    project = login.create_project("Shapes")
    assert import_pictures(login, project, "train", SAMPLES // 2) == "done"
    for ordinal in range(6):
        login.edit(project, {"ordinals": [ordinal]}, {"class": ["square", "disc"][ordinal % 2], "add_tags": ["seen"]})
    with_model = not any("No embedding model" in line for line in server.log)
    views = views_of(login, project, SAMPLES, with_model)
    server.stop()
    return Whole(data, project, digest_of(data), views, with_model)


def damage_and_start(whole: Whole, data: Path, rng: random.Random, number: int, bug: str = "") -> str:
    """Damages one file or, every fifth time, all; returns what was done."""
    shutil.copytree(whole.data, data)
    files = files_of(data, whole.project)
    damage = DAMAGES[number % len(DAMAGES)]
    chosen = files if number % 5 == 4 else [files[rng.randrange(len(files))]]
    for file in chosen:
        damage.do(file, rng)
    what = f"{damage.name}: {', '.join(file.name for file in chosen)}"
    server = BurnishServer(data)
    if bug:
        server.environment["SEEDED_BUG"] = bug
    server.run()
    try:
        client = server.login()
        # At once, whatever is being made: what the truth knows, and a new edit.
        assert len(client.ordinals(whole.project, at_least=1)) == SAMPLES, what
        assert client.get(f"/api/v1/projects/{whole.project}/changes", count=5)["changes"], what
        undone = edit(whole.project, [0], {"split": "test"}, client.head(whole.project))
        undone.send(client)
        assert undone.answer, f"{what}: no edit while the views are made"
        client.post(f"/api/v1/projects/{whole.project}/undo")
        found = views_of(client, whole.project, SAMPLES, whole.with_model)
    finally:
        server.stop()
    if damage.name == "from the future":
        kept = [file for file in chosen if file.suffix in SET_ASIDE and not file.with_name(file.name + ".broken-1").exists()]
        assert not kept, f"{what}: {kept} is not set aside"
    assert found.thumbnails == whole.views.thumbnails, f"{what}: other thumbnails"
    assert found.sharpness == whole.views.sharpness, f"{what}: other quality"
    assert whole.views.history[1:-1] in found.history, f"{what}: another history"
    assert found.placed == whole.views.placed, f"{what}: the map lost samples"
    assert found.similar == whole.views.similar, f"{what}: other neighbours"
    digest_of(data)  # asserts that the rebuilt is as what was served
    shutil.rmtree(data)
    return what


def test_damaged_views_are_made_again(whole: Whole, tmp_path: Path) -> None:
    rng = random.Random(new_seed("derived"))
    for number in range(DAMAGED):
        damage_and_start(whole, tmp_path / str(number), rng, number)
    print(f"{DAMAGED} corruptions, {'with' if whole.with_model else 'without'} vectors and map: all made again, the same")


def test_a_thumbnail_that_nobody_checks_is_found(whole: Whole, tmp_path: Path) -> None:
    rng = random.Random(3)
    with pytest.raises(AssertionError, match="other thumbnails"):
        for number in range(0, 60, 5):  # bits flipped
            damage_and_start(whole, tmp_path / str(number), rng, number, bug="pack.no_checksum")


def test_columns_that_miss_an_edit_are_found(whole: Whole, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(whole.data, data)
    for file in (data / "projects" / whole.project).glob("columns.*"):
        file.unlink()
    server = BurnishServer(data)
    server.environment["SEEDED_BUG"] = "columns.skip_edit"
    server.run()
    server.login().wait_ready(whole.project, ("columns",))
    server.stop()
    with pytest.raises(AssertionError, match="DIFFERS"):
        digest_of(data)
