# What must hold before a change lands, besides the tests. Every check runs; the command fails if one did.
# shellcheck shell=bash

sources() { git ls-files --cached --others --exclude-standard -- "$@"; }
cpp_sources() { sources 'src/*.cpp' 'src/*.hpp' 'tests/*.cpp' 'tests/*.hpp' 'bench/*.cpp' 'bench/*.hpp'; }

failed_checks=()
checked() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf '%-16s fine\n' "$name"
  else
    printf '%-16s not fine\n%s\n' "$name" "$output"
    failed_checks+=("$name")
  fi
}

check_format() {
  local unlike
  # shellcheck disable=SC2016  # the inner shell expands it
  unlike=$(cpp_sources | xargs -r -P "$(nproc)" -n 16 sh -c 'for f; do clang-format "$f" | cmp -s - "$f" || echo "  $f"; done' _)
  if [ -n "$unlike" ]; then
    printf 'Run ./dev format for:\n%s\n' "$unlike"
    return 1
  fi
}
check_scripts() { sources dev 'dev.d/*.sh' 'setup/*.sh' .ci/run | xargs -r shellcheck -x; }

check_folders() { /usr/bin/python3 dev.d/check_folders.py; }

check_locks() {
  local named
  named=$(sources '*package-lock.json' | xargs -r grep -lE '"resolved": *"http' || true)
  if [ -n "$named" ]; then
    echo "These lock files name a registry's address: $named"
    return 1
  fi
}

check_api_types() {
  local fresh=build/api-types.ts
  (cd ui && npx --no-install openapi-typescript ../api/openapi.yaml --output "../$fresh" --default-non-nullable=false)
  if ! diff ui/src/shared/api/schema.ts "$fresh"; then
    echo "api/openapi.yaml and its types differ; run: (cd ui && npm run generate)"
    return 1
  fi
}

check_ui() { (cd ui && npm run --silent check); }

check_tidy() {
  sources 'src/*.cpp' | xargs -r -P "$(nproc)" -n 4 clang-tidy -p build/dev --quiet
}

# Not a failure: a long file asks whether it is one thing.
report_long_files() {
  local long
  long=$(sources '*.cpp' '*.hpp' '*.ts' '*.tsx' '*.py' '*.sh' '*.css' '*.cmake' dev | grep -v '^ui/src/shared/api/schema.ts$' |
    xargs -r wc -l | awk '$2 != "total" && $1 > 500 { printf "  %5d  %s\n", $1, $2 }' | sort -rn)
  if [ -n "$long" ]; then printf 'Files over 500 lines, each of which should be one thing:\n%s\n' "$long"; fi
}

check() {
  setup_test
  checked format check_format
  checked "folder order" check_folders
  checked scripts check_scripts
  checked "lock files" check_locks
  checked "API types" check_api_types
  checked "web app" check_ui
  if [ "${1:-}" = --tidy ]; then
    build_preset dev
    checked clang-tidy check_tidy
  fi
  report_long_files
  [ ${#failed_checks[@]} = 0 ] || fail "Not fine: ${failed_checks[*]}"
}

format() {
  setup_test
  cpp_sources | xargs -r clang-format -i
  (cd ui && npx --no-install eslint --fix .)
}
