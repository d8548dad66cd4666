"""No more memory at random moments: writes are refused, or the server dies and comes back whole."""

from __future__ import annotations

import random
import resource
import time
from pathlib import Path

import requests
from burnish_server import BurnishServer, Problem
from journal import Journal
from load import Load
from scenes import client_of, import_pictures
from seeds import new_seed, times
from survey import check_after_restart
from test_disk import SAMPLES, one_write

POINTS = times(3, 50)


def address_space(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def test_no_more_memory_at_random_moments(tmp_path: Path) -> None:
    rng = random.Random(new_seed("no memory"))
    server = BurnishServer.start(tmp_path / "data")
    login = server.login()
    project = login.create_project("Shapes")
    assert import_pictures(login, project, "train", SAMPLES // 2) == "done"
    journal = Journal()
    deaths = 0
    for _ in range(POINTS):
        assert server.process is not None
        pid = server.process.pid
        with Load(server, login, project, SAMPLES, journal, rng.randrange(2**32)):
            time.sleep(rng.uniform(0.05, 0.3))
            room = rng.choice([0, rng.randrange(1 << 20), rng.randrange(1 << 24)])
            limits = resource.prlimit(pid, resource.RLIMIT_AS)
            resource.prlimit(pid, resource.RLIMIT_AS, (address_space(pid) + room, limits[1]))
            time.sleep(rng.uniform(0.1, 0.4))
            if server.is_running():
                resource.prlimit(pid, resource.RLIMIT_AS, limits)
        if not server.is_running():
            deaths += 1
            server.run()
            login = client_of(server, login)
        try:
            assert one_write(login, project, journal).answer, "nothing can be saved although there is memory again"
        except (requests.RequestException, Problem) as problem:
            raise AssertionError("the server does not answer although there is memory again") from problem
    server.stop()
    check_after_restart(server, project, journal)
    failed = sum(1 for write in journal.writes if write.failed)
    print(f"{POINTS} times without memory: {deaths} deaths, {failed} writes refused, {len(journal.acknowledged)} acknowledged, none lost")
