# Measures, prints one table and writes bench/RESULTS.md: ./dev bench [--quick] [PART [ROW ...]]; bench/run.py lists the parts.
# The peers live in environments of their own, which nothing else uses: most in venv-bench, those that cannot stand beside
# others in venv-bench-NAME (bench/peers/NAME.txt), those of Node in bench/peers/NAME/node_modules.
# shellcheck shell=bash

setup_peers() {
  step python-bench setup/python.sh bench bench/requirements.txt -- bench/requirements.txt setup/python.sh
  local lock name
  for lock in bench/peers/*.txt; do
    if [ ! -e "$lock" ]; then continue; fi
    name=bench-$(basename "$lock" .txt)
    step "python-$name" setup/python.sh "$name" "$lock" -- "$lock" setup/python.sh
  done
  for lock in bench/peers/*/package-lock.json; do
    if [ -e "$lock" ]; then npm_install "$ROOT/$(dirname "$lock")"; fi
  done
}

bench() {
  setup_build
  setup/apt.sh bench
  setup_peers
  build_ui
  cmake --preset release -DBURNISH_BENCHMARKS=ON >/dev/null
  build_preset release
  if [ -d "$ROOT/../shared/data" ]; then export BURNISH_TEST_DATA=${BURNISH_TEST_DATA:-$ROOT/../shared/data}; fi
  OMP_NUM_THREADS=2 PYTHONDONTWRITEBYTECODE=1 "$THIRD_PARTY/venv-bench/bin/python" bench/run.py "$@"
}
