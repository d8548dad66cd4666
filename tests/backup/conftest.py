"""Suites that back a server up and bring it back."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "faults")]  # journal, scenes and checks of the fault tests serve here too
