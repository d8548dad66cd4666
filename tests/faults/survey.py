"""The whole judgement of a data folder after something happened to its server."""

from __future__ import annotations

from pathlib import Path

from burnish_server import BurnishServer, Client
from checks import check_acknowledged, check_catalog, check_history, check_once, check_rebuilt_equal, check_whole
from journal import Journal


def check_served(client: Client, project: str, journal: Journal, imports: int = 1) -> None:
    """What a running server answers, against what it acknowledged."""
    present = check_history(client, project)
    check_acknowledged(client, project, journal.acknowledged, present)
    check_once(journal, present, imports)
    check_whole(client, project, journal)


def check_after_restart(server: BurnishServer, project: str, journal: Journal, imports: int = 1) -> None:
    """Starts the server again, asks it, stops it, and looks at what it left. The folder is whole, or AssertionError."""
    check_catalog(server.data)
    server.run()
    try:
        check_served(server.login(), project, journal, imports)
    finally:
        server.stop()
    check_rebuilt_equal(server.data)
