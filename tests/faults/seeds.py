"""How often, and from which seed: BURNISH_LONG and BURNISH_SEED of the environment."""

from __future__ import annotations

import os
import random
import zlib

LONG = bool(os.environ.get("BURNISH_LONG"))


def times(short: int, long: int) -> int:
    """BURNISH_TIMES overrides both: for runs by hand that are as long as one can afford."""
    return int(os.environ.get("BURNISH_TIMES", long if LONG else short))


def new_seed(what: str) -> int:
    """Printed, so that a failure can be replayed with BURNISH_SEED. The same in all processes of a run, which must choose the same tests."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    seed = zlib.crc32(f"{what} {run}".encode()) if run else random.SystemRandom().randrange(2**32)
    seed = int(os.environ.get("BURNISH_SEED", seed))
    print(f"{what}: seed {seed}")
    return seed
