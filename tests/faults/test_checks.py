"""The checks can bite: a journal that says something else than the server did must fail them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from burnish_server import BurnishServer, Client, new_key
from checks import check_acknowledged, check_history, check_once, check_whole
from journal import Journal, Write
from scenes import bulk_edit, edit, import_pictures


@dataclass
class Done:
    """A project with one edit and one bulk edit, truly acknowledged."""

    client: Client
    project: str
    edited: Write
    bulk: Write

    def journal(self, *writes: Write) -> Journal:
        journal = Journal()
        for write in writes:
            journal.add(write)
        return journal


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    folder: Path = tmp_path_factory.mktemp("checks")
    with BurnishServer.start(folder / "data") as server:
        client = server.login()
        project = client.create_project("Shapes")
        assert import_pictures(client, project, "train", 5) == "done"
        edited = edit(project, [0], {"class": "square"}, client.head(project))
        edited.send(client)
        bulk = bulk_edit(project, [1, 2, 3, 4], client.head(project))
        bulk.send(client)
        assert edited.answer and bulk.answer
        yield Done(client, project, edited, bulk)


def test_a_true_journal_passes(done: Done) -> None:
    present = check_history(done.client, done.project)
    journal = done.journal(done.edited, done.bulk)
    check_acknowledged(done.client, done.project, journal.acknowledged, present)
    check_once(journal, present, imports=1)
    check_whole(done.client, done.project, journal)


def test_a_lost_write_is_found(done: Done) -> None:
    present = check_history(done.client, done.project)
    lost = replace(done.edited, key=new_key(), answer={**(done.edited.answer or {}), "change": 99, "sequence": 99})
    with pytest.raises(AssertionError, match="is lost"):
        check_acknowledged(done.client, done.project, [lost], present)


def test_a_write_with_another_value_is_found(done: Done) -> None:
    present = check_history(done.client, done.project)
    with pytest.raises(AssertionError, match="set disc"):
        check_acknowledged(done.client, done.project, [replace(done.edited, sets_class="disc")], present)


def test_a_write_that_its_retry_does_again_is_found(done: Done) -> None:
    # The server never saw this operation id, as if it had forgotten it.
    present = check_history(done.client, done.project)
    forgotten = Write(f"/api/v1/projects/{done.project}/classes", {"name": "ring"}, answer={"sequence": done.client.head(done.project)})
    with pytest.raises(AssertionError, match="the retry"):
        check_acknowledged(done.client, done.project, [forgotten], present)


def test_a_doubled_write_is_found(done: Done) -> None:
    present = check_history(done.client, done.project)
    with pytest.raises(AssertionError, match="done twice"):
        check_once(done.journal(done.edited), present, imports=0)
    with pytest.raises(AssertionError, match="two writes"):
        check_once(done.journal(done.edited, replace(done.edited, key=new_key())), present, imports=1)


def test_a_half_applied_write_is_found(done: Done) -> None:
    with pytest.raises(AssertionError, match="half a bulk edit"):
        check_whole(done.client, done.project, done.journal(replace(done.bulk, ordinals=[1, 2, 3, 4, 5, 6])))
