"""The checker of concurrent edits, in time linear in their number.

Every accepted edit names the label it changed, the sequence number that its writer had seen, and its own. Then nothing was lost if
and only if each label's edits form one chain: each had seen the one before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    thing: int
    base: int
    sequence: int
    value: str


def check_chains(accepted: Iterable[Accepted], head: int, first: int, initial: Sequence[str]) -> None:
    """The edits from `first` to `head` are all there is in the history between them."""
    by_sequence: list[Accepted | None] = [None] * (head + 1)
    for one in accepted:
        assert first <= one.sequence <= head, f"change {one.sequence} was acknowledged and is not in the history"
        assert by_sequence[one.sequence] is None, f"change {one.sequence} was acknowledged to two edits"
        by_sequence[one.sequence] = one
    moved: list[list[int]] = [[] for _ in initial]
    values: list[list[str]] = [[value] for value in initial]
    for sequence in range(first, head + 1):
        current = by_sequence[sequence]
        assert current is not None, f"change {sequence} was made by nobody"
        own, own_values = moved[current.thing], values[current.thing]
        seen = own_values[bisect_right(own, current.base)]
        assert seen == own_values[-1], (
            f"lost update: change {sequence} of label {current.thing} had seen {seen} at {current.base}, and overwrote {own_values[-1]} of {own[-1]}")
        own.append(sequence)
        own_values.append(current.value)
