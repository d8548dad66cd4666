#!/usr/bin/env bash
# Installs the Debian packages of the named sections of setup/apt.txt that are not there yet.
#   setup/apt.sh build | build test
set -euo pipefail
cd "$(dirname "$0")/.."

listed() {
  awk -v wanted=" $* " '/^\[/ { on = index(wanted, " " substr($0, 2, length($0) - 2) " "); next }
                        on && NF && !/^#/ { print $1 }' setup/apt.txt
}

missing() {
  local package
  for package in $(listed "$@"); do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed' || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Answers of apt's own questions are its defaults: nobody sits at a set-up.
install() {
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

mapfile -t packages < <(missing "$@")
if [ ${#packages[@]} = 0 ]; then exit 0; fi
if ! command -v apt-get >/dev/null; then
  echo "Burnish sets itself up on Debian 12; this system has no apt-get. Install by hand: ${packages[*]}" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
  echo "These Debian packages are missing and installing them needs an administrator." >&2
  echo "Ask for: apt-get install ${packages[*]}" >&2
  exit 1
fi
echo "Installing ${#packages[@]} Debian packages …"
install "${packages[@]}" >/dev/null
