#!/usr/bin/env bash
# From a bare Debian 12 machine to a report: installs what the build needs from Debian's packages, builds plimsoll and
# scans this host with the baselines inside it. Nothing of the host is changed but for those packages.
#   examples/quickstart.sh [arguments of `plimsoll scan`]
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/packages.sh

need_packages "${build_packages[@]}"
printf 'Building plimsoll (a few minutes the first time) ...\n'
cmake --preset release -DBUILD_TESTING=OFF > /dev/null
cmake --build --preset release --target plimsoll | tail -n 1
printf 'Scanning this host: build/release/plimsoll scan %s\n\n' "$*"
status=0
build/release/plimsoll scan "$@" || status=$?
printf '\nplimsoll ended with %d: ' "$status"
case $status in
  0) printf 'nothing has drifted.\n' ;;
  1) printf 'something has drifted; the report says what and how to bring it back.\n'; status=0 ;;
  3) printf 'no drift, but something could not be determined; the report says why.\n'; status=0 ;;
  *) printf 'the scan did not run.\n' ;;
esac
exit "$status"
