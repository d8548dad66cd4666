"""kill -9 at random moments under mixed load: nothing acknowledged is lost, nothing is half done, nothing is done twice.

The seed is printed; BURNISH_SEED replays it. `./dev test --long` kills 1,000 times.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from burnish_server import BurnishServer, Client
from checks import check_acknowledged, check_catalog, check_history, check_once, check_rebuilt_equal, check_whole
from journal import Journal
from scenes import client_of, drive, export_round, import_pictures, import_round
from seeds import new_seed, times

KILLS = times(60, 1_000)
WRITERS = 4
SAMPLES = 140  # half of them is more than a delta holds inline


def load(server: BurnishServer, login: Client, journal: Journal, project: str, number: int, imports: list[int], imports_done: list[int], rng: random.Random,
         stop: threading.Event) -> list[threading.Thread]:
    """Starts the writers of one round; every fifth round imports, every seventh exports."""
    def make_client() -> Client:
        return client_of(server, login)

    threads = [threading.Thread(target=drive, args=(make_client, journal, project, SAMPLES, rng.randrange(2**32), stop)) for _ in range(WRITERS)]
    if number % 5 == 0:
        imports.append(number)
        threads.append(threading.Thread(target=import_round, args=(make_client(), project, number, imports_done)))
    if number % 7 == 0:
        threads.append(threading.Thread(target=export_round, args=(make_client(), project)))
    for thread in threads:
        thread.start()
    return threads


def test_random_kills(tmp_path: Path) -> None:
    rng = random.Random(new_seed("kill"))
    server = BurnishServer.start(tmp_path / "data")
    login = server.login()
    project = login.create_project("Shapes")
    assert import_pictures(login, project, "train", SAMPLES // 2) == "done"

    journal = Journal()
    imports: list[int] = [-1]
    imports_done: list[int] = []
    checked = 0
    present = {1}
    for number in range(KILLS):
        stop = threading.Event()
        threads = load(server, login, journal, project, number, imports, imports_done, rng, stop)
        time.sleep(rng.uniform(0.05, 1.5 if number % 5 == 0 else 0.8))
        server.kill()
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
        check_catalog(tmp_path / "data")
        server.run()
        client = client_of(server, login)
        present = check_history(client, project, max(present))
        check_acknowledged(client, project, journal.acknowledged[checked:], present)
        check_once(journal, present, len(imports))
        checked = len(journal.acknowledged)
    assert check_history(client, project) == present
    check_whole(client, project, journal)
    imported = client.ordinals(project, {"path": "round-"})
    assert len(imported) % 6 == 0, "half an import"
    assert len(imported) >= 6 * len(imports_done), "an import that was reported done is lost"
    assert server.stop() == 0
    check_rebuilt_equal(tmp_path / "data")
    assert len(journal.acknowledged) > KILLS, "the load was too small to say anything"
    print(f"{KILLS} kills, {len(journal.acknowledged)} acknowledged writes, {len(journal.unknown)} of unknown outcome, {len(imports_done)} imports, none lost")
