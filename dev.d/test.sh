# Runs every test. Suites are found, not listed:
#   C++        each burnish_module with TESTS, through ctest
#   parsers    the same tests of the folders that parse foreign bytes, under AddressSanitizer and UBSan;
#              with --long of all folders, and of those with threads under ThreadSanitizer too
#   web app    vitest in ui/
#   fuzz       libFuzzer's targets, beside all that follows, at the lowest priority; with --long the faults too
#   tests/NAME with test_*.py or *_test.py: pytest; with playwright.config.*: Playwright; with vitest.config.*: vitest
# Each writes JUnit XML; dev.d/test_report.py adds them up.
# shellcheck shell=bash

readonly REPORTS=$ROOT/build/test-reports
readonly PARSER_FOLDERS=(media formats)
readonly CONCURRENT_FOLDERS=(math store jobs app http)

# suite <name> <command...>: runs it unless the filter says otherwise, and notes how it ended.
suite() {
  local name=$1 started=$SECONDS status=0
  shift
  if [[ -n $FILTER && $name != *"$FILTER"* ]]; then return; fi
  say "── $name"
  mkdir -p "$REPORTS/$name"
  "$@" || status=$?
  echo "$status $((SECONDS - started))" >"$REPORTS/$name/status"
}

# suite_beside <niceness> <name> <command...>: the same while others run, in a process group of its own. join_beside
# waits for all of these and shows what they said; leave_beside ends them.
declare -A BESIDE=()
suite_beside() {
  local niceness=$1 name=$2
  shift
  if [[ -n $FILTER && $name != *"$FILTER"* ]]; then return; fi
  mkdir -p "$REPORTS/$name"
  trap leave_beside EXIT
  set -m
  (renice -n "$niceness" $BASHPID && suite "$@") >"$REPORTS/$name/output" 2>&1 &
  set +m
  BESIDE[$name]=$!
}

join_beside() {
  local name
  for name in "${!BESIDE[@]}"; do
    wait "${BESIDE[$name]}" || true
    unset "BESIDE[$name]"
    cat "$REPORTS/$name/output"
  done
}

leave_beside() {
  local group
  for group in "${BESIDE[@]}"; do kill -- "-$group" 2>/dev/null || true; done
}

cpp_tests() {
  local preset=$1 pattern=$2 limit=${BURNISH_LONG:+3600}
  GTEST_OUTPUT=xml:$REPORTS/$SUITE/ ctest --test-dir "build/$preset" -j "$(nproc)" -R "$pattern" --output-on-failure \
    --no-tests=error --timeout "${limit:-300}" --output-junit "$REPORTS/$SUITE/ctest.junit"
}

cpp_suites() {
  local matching
  matching=$(ctest --test-dir build/dev -N | sed -n 's/^ *Test *#[0-9]*: //p' | grep -F -- "$FILTER" || true)
  if [ -n "$matching" ] || [[ c++ == *"$FILTER"* ]]; then
    local pattern=.
    if [[ -n $FILTER && c++ != *"$FILTER"* ]]; then pattern=$FILTER; fi
    SUITE=c++ FILTER='' suite c++ cpp_tests dev "$pattern"
  fi
}

# sanitizer_tests <preset> <folders...>: the C++ tests of these folders, built with the checks of the preset.
sanitizer_tests() {
  local preset=$1 pattern targets
  shift
  pattern="^($(IFS='|' && echo "$*"))$"
  targets=("${@/#/burnish_}")
  build_preset "$preset" "${targets[@]/%/_tests}" && cpp_tests "$preset" "$pattern"
}

tested_folders() {
  local folder
  for folder in src/*/; do
    folder=$(basename "$folder")
    if [ -d "tests/$folder" ] && [ -n "$(find "tests/$folder" -name '*_test.cpp' -print -quit)" ]; then echo "$folder"; fi
  done
}

sanitizer_suites() {
  if [ -z "${BURNISH_LONG:-}" ]; then
    SUITE=parsers-asan suite parsers-asan sanitizer_tests asan "${PARSER_FOLDERS[@]}"
    return
  fi
  local folders
  mapfile -t folders < <(tested_folders)
  SUITE=all-asan suite all-asan sanitizer_tests asan "${folders[@]}"
  SUITE=threads-tsan suite threads-tsan sanitizer_tests tsan "${CONCURRENT_FOLDERS[@]}"
}

ui_tests() {
  (cd ui && npx --no-install vitest run --reporter=default --reporter=junit --outputFile.junit="$REPORTS/ui/ui.xml")
}

folder_tests() {
  local folder=$1 name
  name=$(basename "$folder")
  if compgen -G "$folder/playwright.config.*" >/dev/null; then
    (cd "$folder" && PLAYWRIGHT_JUNIT_OUTPUT_FILE=$REPORTS/$name/e2e.xml npx --no-install playwright test --reporter=list,junit)
  elif compgen -G "$folder/vitest.config.*" >/dev/null; then
    "$(vitest_near "$folder")" run --root "$folder" --reporter=default --reporter=junit \
      --outputFile.junit="$REPORTS/$name/vitest.xml"
  else
    "$(python_for "$name")" -m pytest -q -p no:cacheprovider -o junit_logging=system-out --junitxml="$REPORTS/$name/pytest.xml" "$folder"
  fi
}

# The suite's own environment, if it has a requirements.txt.
python_for() {
  local own=$THIRD_PARTY/venv-$1/bin/python
  if [ -e "tests/$1/requirements.txt" ]; then echo "$own"; else echo "$THIRD_PARTY/venv-test/bin/python"; fi
}

# The folder's own vitest, else the web app's.
vitest_near() {
  local own=$1/node_modules/.bin/vitest
  if [ -x "$own" ]; then echo "$own"; else echo "$ROOT/ui/node_modules/.bin/vitest"; fi
}

is_suite() {
  compgen -G "$1/playwright.config.*" >/dev/null || compgen -G "$1/vitest.config.*" >/dev/null ||
    [ -n "$(find "$1" \( -name 'test_*.py' -o -name '*_test.py' \) -print -quit)" ]
}

# What suites outside C++ may rely on.
export_test_environment() {
  export BURNISH_ROOT=$ROOT
  export BURNISH_BINARY=$ROOT/build/dev/burnish
  export BURNISH_CHROMIUM=${BURNISH_CHROMIUM:-$(command -v chromium || true)}
  export BURNISH_POSTGRES_BIN=${BURNISH_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
  if [ -d "$ROOT/../shared/data" ]; then
    BURNISH_TEST_DATA=${BURNISH_TEST_DATA:-$(cd "$ROOT/../shared/data" && pwd)}
    export BURNISH_TEST_DATA
  fi
  export BURNISH_BUILD=$ROOT/build/dev
  export PYTHONDONTWRITEBYTECODE=1
}

run_tests() {
  FILTER=
  while [ $# -gt 0 ]; do
    case $1 in
      --long) export BURNISH_LONG=1 ;;
      -*) fail "./dev test does not know $1. See ./dev help." ;;
      *) FILTER=$1 ;;
    esac
    shift
  done

  setup_test
  build_ui
  build_preset dev
  export_test_environment
  rm -rf "$REPORTS" && mkdir -p "$REPORTS"

  cpp_suites
  sanitizer_suites
  suite_beside 19 fuzz folder_tests tests/fuzz
  # In its long form it waits for more than an hour.
  if [ -n "${BURNISH_LONG:-}" ]; then suite_beside 0 faults folder_tests tests/faults; fi
  suite ui ui_tests
  local folder name
  for folder in tests/*/; do
    folder=${folder%/}
    name=$(basename "$folder")
    if is_suite "$folder" && [ ! -e "$REPORTS/$name/output" ]; then suite "$name" folder_tests "$folder"; fi
  done
  join_beside
  /usr/bin/python3 dev.d/test_report.py "$REPORTS"
}
