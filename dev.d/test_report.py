"""Adds up the suites' JUnit reports: one line for each, and a last line "N passed, N failed".

    test_report.py <folder>     with <suite>/*.xml and <suite>/status ("exit-code seconds")

Below a suite stands what its tests printed of what they did: how often, from which seed, with which result.
A suite that ended badly without saying which test failed (a crash, a broken build) counts as one failure more.
Exits 1 if anything failed or nothing ran.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple


MOST_OF_FIGURES = 300  # characters


class Counts(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        return Counts(*(a + b for a, b in zip(self, other)))


def count_case(case: ElementTree.Element) -> Counts:
    if case.find("failure") is not None or case.find("error") is not None:
        return Counts(failed=1)
    if case.find("skipped") is not None or case.get("result") == "skipped" or case.get("status") == "notrun":
        return Counts(skipped=1)
    return Counts(passed=1)


def count_report(path: Path) -> Counts:
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        print(f"  {path.name} is cut off")
        return Counts(failed=1)
    return sum((count_case(case) for case in root.iter("testcase")), Counts())


def figures_of(path: Path) -> list[str]:
    """What the tests printed, each after its name; pytest frames it with a line of dashes."""
    found = []
    try:
        cases = ElementTree.parse(path).getroot().iter("testcase")
    except ElementTree.ParseError:
        return []
    for case in cases:
        said = [line.strip() for line in (case.findtext("system-out") or "").splitlines() if line.strip() and not line.startswith("---")]
        if said:
            found.append(f"{case.get('name')}: {'; '.join(said)[:MOST_OF_FIGURES]}")
    return found


def unreported_failures(suite: Path) -> int:
    """Test programs that ctest saw fail and that left no report of their own: crashes and time-outs."""
    junit = suite / "ctest.junit"
    if not junit.exists():
        return 0
    failed = [case for case in ElementTree.parse(junit).getroot().iter("testcase") if case.get("status") == "fail"]
    silent = [case.get("name", "") for case in failed if not list(suite.glob(f"burnish_{case.get('name')}_tests*.xml"))]
    for name in silent:
        print(f"  {name}: the test program ended without a report")
    return len(silent)


def count_suite(suite: Path) -> tuple[Counts, int]:
    status, seconds = (int(word) for word in (suite / "status").read_text().split())
    counts = sum((count_report(path) for path in sorted(suite.glob("*.xml"))), Counts())
    counts += Counts(failed=unreported_failures(suite))
    if status != 0 and counts.failed == 0:
        counts += Counts(failed=1)
    return counts, seconds


def main(reports: Path) -> int:
    total = Counts()
    print()
    for suite in sorted(path.parent for path in reports.glob("*/status")):
        counts, seconds = count_suite(suite)
        skipped = f", {counts.skipped} skipped" if counts.skipped else ""
        print(f"{suite.name:14} {counts.passed:5} passed, {counts.failed} failed{skipped}  ({seconds} s)")
        total += counts
        for path in sorted(suite.glob("pytest.xml")):
            for line in figures_of(path):
                print(f"    {line}")
    print(f"{total.passed} passed, {total.failed} failed")
    return 0 if total.failed == 0 and total.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
