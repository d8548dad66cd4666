"""Power cuts: what was acknowledged before the cut is there after it. Needs root and a loop device; says so where they are missing."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from burnish_server import BurnishServer
from checks import check_acknowledged, check_catalog, check_history, check_once, check_whole
from journal import Journal
from load import Load
from power import PowerDisk
from scenes import client_of, import_pictures, import_round
from seeds import new_seed, times
from survey import check_after_restart

CUTS = times(15, 300)
SAMPLES = 140
ENOUGH_TO_LOSE = 30  # cuts within which a server that does not flush must have lost something


@pytest.fixture
def disk_at(tmp_path: Path) -> Callable[[str], PowerDisk]:
    why = PowerDisk.missing(tmp_path / "trial")
    if why:
        pytest.skip(why)
    return lambda name: PowerDisk(tmp_path / name)


@dataclass
class Tally:
    cuts: int = 0
    acknowledged: int = 0


def cut_again_and_again(disk: PowerDisk, seed: int, cuts: int, bug: str = "") -> Tally:
    """Raises AssertionError when something acknowledged before a cut is gone after it."""
    rng = random.Random(seed)
    tally = Tally()
    server = BurnishServer(disk.folder / "data")
    if bug:
        server.environment["SEEDED_BUG"] = bug
    server.run()
    try:
        login = server.login()
        project = login.create_project("Shapes")
        assert import_pictures(login, project, "train", SAMPLES // 2) == "done"
        everything, present = Journal(), {1}
        for number in range(cuts):
            journal = Journal()
            imports: list[int] = []
            with Load(server, login, project, SAMPLES, journal, rng.randrange(2**32)):
                if number % 5 == 4:
                    import_round(client_of(server, login), project, number, imports)
                time.sleep(rng.uniform(0.05, 0.4))
                cut_at = disk.cut()
                server.kill()
            for write in journal.writes:
                if write.answered >= cut_at:
                    write.answer = None  # of unknown outcome: nobody could rely on it yet
                everything.add(write)
            disk.switch_on_again()
            check_catalog(server.data)
            server.run()
            login = client_of(server, login)
            present = check_history(login, project, max(present))
            check_acknowledged(login, project, journal.acknowledged, present)
            tally.cuts += 1
            tally.acknowledged += len(journal.acknowledged)
        check_once(everything, present, 1 + cuts)
        check_whole(login, project, everything)
        server.stop()
        check_after_restart(server, project, everything, 1 + cuts)
        return tally
    finally:
        if server.is_running():
            server.kill()
        disk.unmount()


def test_power_cuts(disk_at: Callable[[str], PowerDisk]) -> None:
    tally = cut_again_and_again(disk_at("full"), new_seed("power"), CUTS)
    print(f"{tally.cuts} cuts, {tally.acknowledged} writes acknowledged before them, none lost")
    assert tally.acknowledged > CUTS, "the load was too small to say anything"


@pytest.mark.parametrize("bug", ["catalog.synchronous_normal", "files.no_fsync"])
def test_a_flush_left_out_is_found(disk_at: Callable[[str], PowerDisk], bug: str) -> None:
    with pytest.raises((AssertionError, RuntimeError, sqlite3.DatabaseError)) as found:
        cut_again_and_again(disk_at(bug), 7, ENOUGH_TO_LOSE, bug)
    print(f"{bug}: {str(found.value)[:200]}")
