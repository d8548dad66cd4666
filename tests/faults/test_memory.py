"""No more memory at random moments: writes are refused within two seconds, and the server works on once there is some again.

Where large pieces are refused, as a system that is short of memory does, it lives, but for a rare end in a library (DuckDB while it opens a
file). Where any piece may be, libraries below it end the process more often (CRoaring asserts); then it comes back whole.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from burnish_server import BurnishServer, Problem
from journal import Journal
from load import Load
from no_memory import NoMemory
from scenes import client_of, import_pictures
from seeds import new_seed, times
from survey import check_after_restart
from test_disk import REFUSED_WITHIN, SAMPLES, one_write

pytestmark = pytest.mark.skipif(not os.environ.get("BURNISH_LONG"), reason="long form only: a library may end the process, which is no news in CI")

POINTS = times(4, 50)
LARGE = 4_096


def large_pieces(memory: NoMemory, rng: random.Random) -> None:
    memory.run_out(1, rng.choice([LARGE, 1 << 14, 1 << 16]))


def any_piece(memory: NoMemory, rng: random.Random) -> None:
    memory.run_out(*rng.choice([(rng.randrange(20, 2_000), 0), (rng.randrange(2, 20), 256)]))


@pytest.mark.parametrize(("run_out", "may_die"), [(large_pieces, False), (any_piece, True)], ids=["large pieces", "any piece"])
def test_no_more_memory_at_random_moments(tmp_path: Path, run_out: Callable[[NoMemory, random.Random], None], may_die: bool) -> None:
    rng = random.Random(new_seed("no memory"))
    memory = NoMemory(tmp_path / "shim")
    server = BurnishServer(tmp_path / "data")
    memory.under(server)
    server.run()
    login = server.login()
    project = login.create_project("Shapes")
    assert import_pictures(login, project, "train", SAMPLES // 2) == "done"
    journal = Journal()
    deaths = 0
    for _ in range(POINTS):
        start = len(journal.writes)
        with Load(server, login, project, SAMPLES, journal, rng.randrange(2**32)):
            time.sleep(rng.uniform(0.05, 0.3))
            run_out(memory, rng)
            time.sleep(rng.uniform(0.1, 0.4))
            memory.heal()
        slowest = max((write.seconds for write in journal.writes[start:] if write.failed), default=0.0)
        assert may_die or slowest < REFUSED_WITHIN, f"a refusal took {slowest:.1f} s"
        if not server.is_running():
            deaths += 1
            assert may_die or deaths <= max(1, POINTS // 10), f"the server ended with {server.stop()}: {server.log[-5:]}"
            server.run()
            login = client_of(server, login)
        try:
            assert one_write(login, project, journal).answer, "nothing can be saved although there is memory again"
        except (requests.RequestException, Problem) as problem:
            raise AssertionError("the server does not answer although there is memory again") from problem
    server.stop()
    server.environment.clear()
    check_after_restart(server, project, journal)
    failed = sum(1 for write in journal.writes if write.failed)
    print(f"{POINTS} times without memory, {memory.failed} allocations failed: {deaths} deaths, {failed} writes refused, "
          f"{len(journal.acknowledged)} acknowledged, none lost")
    assert memory.failed > POINTS, "the memory never ran out"
