# Runs the benchmarks: each bench/NAME_bench.cpp is a program of the release build, each bench/*_bench.py a script that
# drives the release binary. They print what they measured and what took the time.
# shellcheck shell=bash

bench() {
  local filter=${1:-} program
  setup_test
  build_ui
  cmake --preset release -DBURNISH_BENCHMARKS=ON >/dev/null
  build_preset release
  export BURNISH_BINARY=$ROOT/build/release/burnish BURNISH_ROOT=$ROOT
  for program in build/release/bench/*_bench bench/*_bench.py; do
    if [ ! -e "$program" ] || [[ $program != *"$filter"* ]]; then continue; fi
    say "── $(basename "$program")"
    case $program in
      *.py) "$THIRD_PARTY/venv-test/bin/python" "$program" ;;
      *) "$program" ;;
    esac
  done
}
