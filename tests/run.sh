#!/usr/bin/env bash
# Installs, builds and passes every test: unit and fixture tests, rule examples, comparisons with the real programs,
# hostile input, the same unit tests under ASan and UBSan, and a short run of each fuzz target.
#   tests/run.sh [quick]      quick: the release build and its tests only
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/packages.sh

step() { printf '\n=== %s (%ds so far)\n' "$*" "$SECONDS"; }

step "packages"
need_packages "${build_packages[@]}" "${test_packages[@]}"

step "build: release"
cmake --preset release > build.log || { cat build.log; exit 1; }
rm -f build.log
cmake --build --preset release

step "tests"
ctest --test-dir build/release --output-on-failure --no-tests=error -j 2

if [ "${1:-}" = quick ]; then exit 0; fi

step "build: ASan, UBSan and fuzz targets"
cmake --preset asan > /dev/null
cmake --build --preset asan

step "tests under ASan and UBSan"
ctest --test-dir build/asan --output-on-failure --no-tests=error -L sanitize -j 2

step "fuzzing, a few seconds each parser"
tests/fuzz/run.sh build/asan "${PLIMSOLL_FUZZ_SECONDS:-8}"

step "all passed"
