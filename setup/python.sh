#!/usr/bin/env bash
# Makes the Python environment .third_party/venv-<set> from setup/python/<set>.txt, each wheel checked against its hash.
#   setup/python.sh build | test
set -euo pipefail
cd "$(dirname "$0")/.."

readonly set=$1
readonly venv=.third_party/venv-$set

# Debian's own Python: the locks hold wheels for it.
rm -rf "$venv.new"
/usr/bin/python3 -m venv "$venv.new"
"$venv.new/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
  --require-hashes --only-binary :all: -r "setup/python/$set.txt"
rm -rf "$venv"
mv "$venv.new" "$venv"
