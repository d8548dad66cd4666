"""Suites that take the server down in the middle of its work."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

# Not yet seen to pass from end to end (docs/reliability.md), so not part of the short run.
if not os.environ.get("BURNISH_LONG"):
    collect_ignore = ["test_derived.py", "test_memory.py", "test_power.py"]
