# Starts Burnish: with the demo project, or on a person's own data.
# shellcheck shell=bash

build_release() {
  setup_build
  build_ui
  build_preset release burnish
}

demo() {
  local load=() serve=() data=$ROOT/.demo
  while [ $# -gt 0 ]; do
    case $1 in
      --all | --clean-labels) load+=("$1") ;;
      --port | --data | --media-root)
        [ $# -ge 2 ] || fail "$1 needs a value."
        if [ "$1" = --data ]; then data=$(realpath -m "$2"); else serve+=("$1" "$2"); fi
        shift
        ;;
      *) fail "./dev demo does not know $1. See ./dev help." ;;
    esac
    shift
  done
  build_release
  exec build/release/burnish demo --data "$data" "${load[@]}" "${serve[@]}"
}

run() {
  build_release
  exec build/release/burnish serve "$@"
}
