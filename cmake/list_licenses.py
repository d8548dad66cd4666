"""Lists every part of a shipped Burnish with its version, licence and the licence's text, from setup/shipped.toml and
the production packages of ui/package-lock.json; defines burnish::base::ShippedParts() (src/base/shipped_parts.hpp).

    list_licenses.py <repository> <.third_party> <version of Burnish> <output folder>
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from generated_source import TAKE_IN, Blob, literal

SOURCE = """\
// Made by cmake/list_licenses.py.
#include "base/shipped_parts.hpp"

{take_in}
extern "C" const char burnish_license_texts[];

namespace burnish::base {{
namespace {{

std::string_view Bytes(std::size_t offset, std::size_t size) {{ return {{burnish_license_texts + offset, size}}; }}

}}  // namespace

std::span<const ShippedPart> ShippedParts() {{
  static const ShippedPart kParts[] = {{
{entries}
  }};
  return kParts;
}}

}}  // namespace burnish::base
"""


class Part(NamedTuple):
    name: str
    version: str
    license: str
    text: str


def debian_version(package: str) -> str:
    answer = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True)
    if answer.returncode != 0:
        raise SystemExit(f"{package} is named in setup/shipped.toml and not installed. Run ./dev setup.")
    return answer.stdout


def copyright_section(text: str, license: str) -> str:
    """The first paragraph of a Debian copyright file that gives the text of `license`."""
    for paragraph in text.split("\n\n"):
        match = re.match(rf"License: {re.escape(license)}\n(.+)", paragraph, re.DOTALL)
        if match:
            lines = (line.removeprefix(" ") for line in match.group(1).splitlines())
            return "\n".join("" if line == "." else line for line in lines) + "\n"
    raise SystemExit(f"no text of {license} in the copyright file")


def debian_part(entry: dict) -> Part:
    package = entry["debian"]
    text = Path(f"/usr/share/doc/{package}/copyright").read_text()
    if "section" in entry:
        text = copyright_section(text, entry["section"])
    return Part(entry["name"], debian_version(package), entry["license"], text)


def sqlite_part(entry: dict, third_party: Path) -> Part:
    header = (third_party / "sqlite3/include/sqlite3.h").read_text()
    version = re.search(r'#define SQLITE_VERSION\s+"([^"]+)"', header)
    dedication = re.search(r"/\*\n(.*?)\*{10}", header, re.DOTALL)
    assert version and dedication
    lines = (line.removeprefix("**").strip() for line in dedication.group(1).splitlines())
    return Part(entry["name"], version.group(1), entry["license"], "\n".join(lines).strip() + "\n")


def fetched_part(entry: dict, third_party: Path, native: dict) -> Part:
    version = entry.get("version") or native["packages"][f"node_modules/{entry['version_from']}"]["version"]
    texts = ["\n".join((third_party / file).read_text(errors="replace").splitlines()) for file in entry["file"]]
    return Part(entry["name"], version, entry["license"], "\n\n".join(texts) + "\n")


def listed_parts(repository: Path, third_party: Path) -> list[Part]:
    native = json.loads((repository / "setup/native/package-lock.json").read_text())
    parts = []
    for entry in tomllib.loads((repository / "setup/shipped.toml").read_text())["part"]:
        if "debian" in entry:
            parts.append(debian_part(entry))
        elif "version_from_sqlite" in entry:
            parts.append(sqlite_part(entry, third_party))
        else:
            parts.append(fetched_part(entry, third_party, native))
    return parts


def license_text(folder: Path) -> str:
    files = sorted(p for p in folder.glob("*") if re.match(r"(licen[sc]e|copying|notice)", p.name, re.I) and p.is_file())
    return "\n\n".join(p.read_text(errors="replace") for p in files)


def web_app_parts(ui: Path) -> list[Part]:
    """Packages that the app's bundle may hold; those only for development are not shipped."""
    lock = json.loads((ui / "package-lock.json").read_text())
    parts = set()
    for path, package in lock["packages"].items():
        folder = ui / path
        if not path or package.get("dev") or package.get("devOptional") or not folder.is_dir():
            continue
        name = path.rpartition("node_modules/")[2]
        license = package.get("license") or json.loads((folder / "package.json").read_text()).get("license") or "unknown"
        parts.add(Part(name, package["version"], license, license_text(folder)))
    return sorted(parts)


def main(repository: Path, third_party: Path, version: str, out: Path) -> None:
    own = Part("Burnish", version, "Apache-2.0", (repository / "LICENSE").read_text())
    blob = Blob()
    entries = []
    for part in [own, *listed_parts(repository, third_party), *web_app_parts(repository / "ui")]:
        fields = ", ".join(literal(value) for value in part[:3])
        entries.append(f"      ShippedPart{{{fields}, {blob.add(part.text.encode())}}},")
    out.mkdir(parents=True, exist_ok=True)
    (out / "licenses.bin").write_bytes(blob.bytes)
    take_in = TAKE_IN.format(symbol="burnish_license_texts", blob=(out / "licenses.bin").resolve())
    (out / "licenses.cpp").write_text(SOURCE.format(take_in=take_in, entries="\n".join(entries)))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3], Path(sys.argv[4]))
