"""Lists every include in src/ that goes down the house: a folder may include only itself and those before it.

The order is BURNISH_FOLDERS of CMakeLists.txt, so that there is one list. Also checks that a .cpp includes its own
header first.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def house_order() -> list[str]:
    text = (ROOT / "CMakeLists.txt").read_text()
    match = re.search(r"set\(BURNISH_FOLDERS ([^)]+)\)", text)
    assert match, "CMakeLists.txt names no BURNISH_FOLDERS"
    return match.group(1).split()


def problems_of(path: Path, order: list[str]) -> list[str]:
    relative = path.relative_to(ROOT / "src")
    own = relative.parts[0]
    if own not in order:
        return [f"src/{relative}: {own}/ has no place in the house order"]
    problems = []
    includes = INCLUDE.findall(path.read_text())
    for include in includes:
        folder = include.split("/")[0]
        if not (ROOT / "src" / include).exists():
            problems.append(f"src/{relative}: \"{include}\" is not a file under src/")
        elif order.index(folder) > order.index(own):
            problems.append(f"src/{relative}: {own}/ may not include {folder}/ (\"{include}\")")
    header = relative.with_suffix(".hpp")
    if path.suffix == ".cpp" and (ROOT / "src" / header).exists() and includes[:1] != [header.as_posix()]:
        problems.append(f"src/{relative}: its own header should come first")
    return problems


def main() -> int:
    order = house_order()
    paths = sorted([*(ROOT / "src").rglob("*.hpp"), *(ROOT / "src").rglob("*.cpp")])
    problems = [problem for path in paths for problem in problems_of(path, order)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
