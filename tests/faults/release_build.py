"""What a release compiles of our failpoints, without building a release.

Their names reach an object file through two macros of src/base/failpoint.hpp only. So it is enough to see that nothing else calls
what stands behind them, that the release preset leaves them out, and what the macros become there.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from burnish_server import ROOT

DEFINE = "BURNISH_FAILPOINTS"
BEHIND_THE_MACROS = re.compile(r"\b(PassFailpoint|HasSeededBug)\b")


def objects_of_a_release(folder: Path) -> list[Path]:
    """The sources that pass failpoints and need no third-party headers, compiled as a release does; and a release, if one is there."""
    presets = {preset["name"]: preset for preset in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]}
    name: str | None = "release"
    while name:
        assert presets[name].get("cacheVariables", {}).get(DEFINE, "OFF") in {"OFF", False}, "the release preset asks for failpoints"
        inherited = presets[name].get("inherits")
        name = inherited[0] if isinstance(inherited, list) else inherited
    for file in sorted((ROOT / "src").rglob("*.[ch]pp")):
        if file.stem != "failpoint":
            assert not BEHIND_THE_MACROS.search(file.read_text()), f"{file} goes round the macros: a release would hold its failpoint"
    compiler = shutil.which("g++-12") or shutil.which("g++") or "c++"
    objects = []
    for source in ("base/files.cpp", "base/failpoint.cpp", "store/blobs/blob_store.cpp"):
        target = folder / (Path(source).stem + ".o")
        subprocess.run([compiler, "-std=c++20", "-O1", f"-I{ROOT / 'src'}", "-c", str(ROOT / "src" / source), "-o", str(target)], check=True, timeout=120)
        objects.append(target)
    release = ROOT / "build/release/burnish"
    return [*objects, release] if release.exists() else objects
