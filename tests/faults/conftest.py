"""Suites that take the server down in the middle of its work."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

# Files run two at a time: the longest come first, so that neither side waits for the other at the end.
LONGEST_FIRST = ["test_kill", "test_failpoints", "test_power"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.stem) if item.path.stem in LONGEST_FIRST else len(LONGEST_FIRST))
