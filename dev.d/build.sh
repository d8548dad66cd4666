# Builds the web app and the binaries.
# shellcheck shell=bash

# The web app is built again when a source of it is newer than the start of the last build, which is the time of this
# stamp; cmake/web_app.cmake packs ui/dist again when the stamp moves.
readonly WEB_APP_STAMP=$ROOT/build/web-app.built

web_app_is_fresh() {
  [ -e ui/dist/index.html ] && [ -e "$WEB_APP_STAMP" ] &&
    [ -z "$(find ui \( -name node_modules -o -name dist \) -prune -o -newer "$WEB_APP_STAMP" -type f -print -quit)" ]
}

build_ui() {
  if web_app_is_fresh; then return; fi
  say "Building the web app"
  mkdir -p build
  local started
  started=$(mktemp)
  (cd ui && npm run --silent build -- --logLevel warn)
  touch -r "$started" "$WEB_APP_STAMP"
  rm -f "$started"
}

# Ninja on standard input: how far it is goes to a person's terminal, all of it to the log.
show_progress() {
  local log=$1 line
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    if [[ -t 2 && $line =~ ^\[\ *([0-9]+)%\] ]]; then printf '\r  %3d %%' "${BASH_REMATCH[1]}" >&2; fi
  done
  if [ -t 2 ]; then printf '\r        \r' >&2; fi
}

# build_preset <preset> [targets...]
build_preset() {
  local preset=$1
  shift
  if [ ! -e "build/$preset/build.ninja" ]; then
    say "Configuring build/$preset"
    cmake --preset "$preset" >"build-$preset.log" 2>&1 || { cat "build-$preset.log" >&2; rm -f "build-$preset.log"; return 1; }
    rm -f "build-$preset.log"
  fi
  local work
  work=$(ninja -C "build/$preset" -n "$@" 2>/dev/null | tail -n 1)
  case $work in *"no work to do"*) return ;; esac
  say "Building build/$preset; the first time takes minutes"
  : >"build/$preset/build.log"
  NINJA_STATUS='[%p] ' ninja -C "build/$preset" "$@" 2>&1 | show_progress "build/$preset/build.log" ||
    { tail -n 60 "build/$preset/build.log" >&2; return 1; }
}
