"""The commands under test, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from burnish_server import binary

PATIENCE = 300


def environment(failpoint: str | None = None) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BURNISH_") and key != "FAILPOINT"}
    return kept | ({"FAILPOINT": failpoint} if failpoint else {})


def burnish(*arguments: str | Path, failpoint: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(binary()), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment(failpoint))


def succeed(*arguments: str | Path) -> str:
    done = burnish(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def back_up(data: Path, backups: Path, *more: str) -> Path:
    return Path(succeed("backup", backups, "--data", data, *more).splitlines()[0])


def restore(backup: Path, data: Path) -> Path:
    succeed("restore", backup, "--data", data)
    return data


def manifest(backup: Path) -> dict[str, Any]:
    return dict(json.loads((backup / "manifest.json").read_text()))


def finished(backups: Path) -> list[str]:
    """What looks like a backup."""
    return sorted(path.name for path in backups.iterdir() if path.is_dir() and path.name != "blobs" and path.suffix != ".partial")
