"""Suites against the contract: one real server for all of them, with one small project in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from burnish_server import BurnishServer, Client  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BurnishServer]:
    root = tmp_path_factory.mktemp("media")
    (root / "empty").mkdir()
    with BurnishServer.start(tmp_path_factory.mktemp("server") / "data", media_roots={"photos": root}) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: BurnishServer) -> Client:
    return server.login()
