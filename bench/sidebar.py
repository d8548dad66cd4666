"""The whole sidebar under a filter beside FiftyOne's counts of the same twelve fields: ours over HTTP (twelve fields and all other facets,
each without its own clause), FiftyOne's in one batch of aggregations in its own process, on the same 100,000 generated samples.

The filters bind `split`, `field 0` and `field 1`; the counts of all other texts are compared value by value."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fiftyone_server import PEER, fiftyone
from measure import PRESET, PROGRAMS, ROOT, Row, peer_python
from serving import milliseconds, narrowing, start

SAMPLES = 100_000
PAIRS = 15
FREE_TEXTS = [3, 4, 6, 7, 9, 10]  # fields that no filter binds


class Peer:
    """FiftyOne with the samples loaded, asked line by line."""

    def __init__(self, environment: dict[str, str], samples: int) -> None:
        command = [str(peer_python("fiftyone")), str(PEER), "counts", str(samples)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.version = self.answer()["version"]

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError("FiftyOne ended")

    def ask(self, filter: dict[str, list[str]]) -> dict[str, Any]:
        assert self.process.stdin is not None
        print(json.dumps(filter), file=self.process.stdin, flush=True)
        return self.answer()

    def peak(self) -> float:
        return int(Path(f"/proc/{self.process.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def theirs_of(filter: dict[str, Any]) -> dict[str, list[str]]:
    return {clause["field"].replace(" ", "_") if "field" in clause else "split": clause.get("in") or clause["split"] for clause in filter["all"]}


def check_equal(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours["count"] == theirs["count"], f"{ours['count']} and {theirs['count']} samples"
    facets = {facet["key"]: facet for facet in ours["facets"]}
    for field in FREE_TEXTS:
        for listed in facets[f"field:field {field}"]["values"]:
            assert listed["now"] == theirs["fields"][field].get(listed["value"], 0), f"field {field}, {listed}"


def compare(samples: int, pairs: int) -> Row:
    ours: list[float] = []
    peer: list[float] = []
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as name:
        folder = Path(name)
        subprocess.run([PROGRAMS / "make_project", folder / "data", str(samples), "1"], check=True, stdout=subprocess.DEVNULL)
        loaded, _, _ = start(folder / "data", samples)
        with loaded.server, fiftyone(folder / "peer") as environment:
            other = Peer(environment, samples)
            for number in range(pairs):
                filter = narrowing(number)
                answers: list[Any] = []
                ours.append(milliseconds(lambda filter=filter, answers=answers: answers.append(loaded.facets(filter))))
                theirs = other.ask(theirs_of(filter))
                peer.append(1000 * theirs["seconds"])
                check_equal(answers[0], theirs)
            memory = f"{loaded.resident():.0f} / {other.peak():.0f} MB and mongod"
            other.close()
    return Row(f"{samples:,} samples, 12 fields", "filter and whole sidebar over HTTP", ours, f"FiftyOne {other.version}, batched counts", peer,
               f"counts of {len(FREE_TEXTS)} fields equal under {pairs} filters", memory)


def measure(quick: bool, chosen: Sequence[str] = ()) -> list[Row]:
    if not peer_python("fiftyone").exists():
        print("  FiftyOne is not set up", file=sys.stderr)
        return []
    os.environ.setdefault("BURNISH_BINARY", str(ROOT / "build" / PRESET / "burnish"))
    return [compare(5_000 if quick else SAMPLES, 3 if quick else PAIRS)]
