#!/bin/sh
# Builds the fuzz targets with clang and runs each for a while: run.sh [seconds] [target...]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-10}
[ $# -gt 0 ] && shift
targets=${*:-csv idx archive frames text}
build="$root/build/fuzz"
mkdir -p "$build"
flags="-std=c++20 -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -I$root/src"
flags="$flags -isystem $root/.third_party/duckdb/include"
sources="base/files base/failpoint base/hash media/sniff
  formats/text formats/problem formats/file_set formats/frames formats/plan
  formats/parse/byte_source formats/parse/gzip_source formats/parse/text_decoder formats/parse/csv_parser formats/parse/idx_parser
  formats/parse/archive_parser formats/table_path"
objects=""
for source in $sources; do
  object="$build/$(echo "$source" | tr / _).o"
  objects="$objects $object"
  if [ ! -e "$object" ] || [ "$root/src/$source.cpp" -nt "$object" ]; then
    clang++-14 $flags -c "$root/src/$source.cpp" -o "$object"
  fi
done
for target in $targets; do
  clang++-14 $flags -fsanitize=fuzzer "$root/tests/fuzz/${target}_fuzz.cpp" $objects -larchive -lz -lsodium -lfmt -lspdlog -o "$build/$target"
  mkdir -p "$build/corpus/$target"
  echo "fuzzing $target for $seconds s"
  "$build/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$build/$target-" "$build/corpus/$target" "$root/tests/fuzz/corpus/$target"
done
