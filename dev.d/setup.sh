# Sets up what the other commands need. Each step runs again only when what it is made from has changed.
# shellcheck shell=bash

readonly THIRD_PARTY=$ROOT/.third_party

# step <name> <command...> -- <files that it depends on>
step() {
  local name=$1 action=()
  shift
  while [ "$1" != -- ]; do action+=("$1") && shift; done
  shift
  local stamp=$THIRD_PARTY/stamps/$name now
  now=$(cat "$@" | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return; fi
  say "Set-up: $name"
  "${action[@]}"
  mkdir -p "$THIRD_PARTY/stamps"
  echo "$now" >"$stamp"
}

# npm's own record inside node_modules is as new as the last install there.
npm_install() {
  local folder=$1
  if [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ]; then return; fi
  say "Set-up: packages of ${folder#"$ROOT"/}"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  touch "$folder/node_modules/.package-lock.json"
}

make_model() {
  "$THIRD_PARTY/venv-build/bin/python" setup/model/make_onnx.py "$THIRD_PARTY/models"
}

# setup_build: what ./dev demo needs. setup_test: what the tests need besides.
setup_build() {
  step debian-build setup/apt.sh build -- setup/apt.txt setup/apt.sh
  step python-build setup/python.sh build setup/python/build.txt -- setup/python/build.txt setup/python.sh
  step native setup/native.sh -- setup/native/package-lock.json setup/native.sh
  step openvino setup/openvino.sh -- setup/python/openvino.txt setup/openvino.sh
  step model make_model -- setup/model/make_onnx.py setup/model/torch_checkpoint.py setup/python/build.txt
  npm_install "$ROOT/ui"
}

setup_test() {
  setup_build
  step debian-test setup/apt.sh build test -- setup/apt.txt setup/apt.sh
  step python-test setup/python.sh test setup/python/test.txt -- setup/python/test.txt setup/python.sh
  # Suites with packages of their own.
  local lock suite
  for lock in tests/*/package-lock.json; do
    if [ -e "$lock" ]; then npm_install "$ROOT/$(dirname "$lock")"; fi
  done
  for lock in tests/*/requirements.txt; do
    if [ ! -e "$lock" ]; then continue; fi
    suite=$(basename "$(dirname "$lock")")
    step "python-$suite" setup/python.sh "$suite" "$lock" -- "$lock" setup/python.sh
  done
}
