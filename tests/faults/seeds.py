"""How often, and from which seed: BURNISH_LONG and BURNISH_SEED of the environment."""

from __future__ import annotations

import os
import random

LONG = bool(os.environ.get("BURNISH_LONG"))


def times(short: int, long: int) -> int:
    """BURNISH_TIMES overrides both: for runs by hand that are as long as one can afford."""
    return int(os.environ.get("BURNISH_TIMES", long if LONG else short))


def new_seed(what: str) -> int:
    """Printed, so that a failure can be replayed with BURNISH_SEED."""
    seed = int(os.environ.get("BURNISH_SEED", random.SystemRandom().randrange(2**32)))
    print(f"{what}: seed {seed}")
    return seed
