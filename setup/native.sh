#!/usr/bin/env bash
# Fetches the compiled parts named in setup/native/package.json and lays out what the build wants of them:
#   .third_party/{duckdb,onnxruntime,sqlite3,usearch}/{include,lib,src}
# Packages are unpacked only: no install script of theirs runs, and the lock file holds each one's hash.
set -euo pipefail
cd "$(dirname "$0")/.."

# Our own Node and its npm, which setup/python.sh brings.
PATH="$PWD/.third_party/node/bin:$PATH"

readonly work=.third_party/native
readonly modules=$work/node_modules
readonly staged=.third_party/native-staged

fetch() {
  rm -rf "$work" && mkdir -p "$work"
  cp setup/native/package.json setup/native/package-lock.json "$work/"
  (cd "$work" && npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error)
}

# put <part>/<folder> <file or folder>...
put() {
  local to=$staged/$1
  shift
  mkdir -p "$to"
  cp -R "$@" "$to/"
}

lay_out() {
  rm -rf "$staged"
  put duckdb/lib "$modules/@duckdb/node-bindings-linux-x64/libduckdb.so"
  put duckdb/include "$modules/duckdb/src/duckdb/src/include/duckdb.h"
  put duckdb "$modules/duckdb/LICENSE"

  put sqlite3/src "$modules"/better-sqlite3/deps/sqlite3/sqlite3.c
  put sqlite3/include "$modules"/better-sqlite3/deps/sqlite3/sqlite3{,ext}.h

  local ort=$modules/com.github.asus4.onnxruntime
  put onnxruntime/lib "$ort/Plugins/Linux/x64/libonnxruntime.so"
  ln -s libonnxruntime.so "$staged/onnxruntime/lib/libonnxruntime.so.1"  # its soname, which the loader looks for
  put onnxruntime "$ort"/{LICENSE,ThirdPartyNotices.txt}
  put onnxruntime/include "$ort"/Plugins/iOS~/onnxruntime.xcframework/ios-arm64/onnxruntime.framework/Headers/*.h

  put usearch/include "$modules/usearch/include/usearch"
  put usearch/include "$modules/usearch/numkong/include/numkong"
  put usearch "$modules/usearch/LICENSE"
  put numkong "$modules/usearch/numkong/LICENSE"
}

# Every part is in place before the first one is swapped, so that a broken fetch leaves the old ones standing.
swap() {
  local part
  for part in "$staged"/*; do
    rm -rf ".third_party/$(basename "$part")"
    mv "$part" .third_party/
  done
  rm -rf "$staged" "$work"
}

fetch
lay_out
swap
