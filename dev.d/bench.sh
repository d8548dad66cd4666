# Measures, prints one table and writes bench/RESULTS.md: ./dev bench [--quick] [columns|serving|maths|import].
# The peers live in an environment of their own, which nothing else uses.
# shellcheck shell=bash

bench() {
  setup_build
  setup/apt.sh bench
  step python-bench setup/python.sh bench bench/requirements.txt -- bench/requirements.txt setup/python.sh
  build_ui
  cmake --preset release -DBURNISH_BENCHMARKS=ON >/dev/null
  build_preset release
  if [ -d "$ROOT/../shared/data" ]; then export BURNISH_TEST_DATA=${BURNISH_TEST_DATA:-$ROOT/../shared/data}; fi
  OMP_NUM_THREADS=2 PYTHONDONTWRITEBYTECODE=1 "$THIRD_PARTY/venv-bench/bin/python" bench/run.py "$@"
}
