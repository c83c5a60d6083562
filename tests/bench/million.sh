#!/usr/bin/env bash
# The scan on a tree with a million files more, beside find: wall time and peak memory.
#   tests/bench/million.sh PLIMSOLL ROOT      makes ROOT/srv/million (1,000 directories of 1,000 files) if it is not there
set -euo pipefail
plimsoll=${1:?usage: million.sh PLIMSOLL ROOT}
root=${2:?usage: million.sh PLIMSOLL ROOT}
if [ ! -d "$root/srv/million" ]; then
  mkdir -p "$root/srv/million"
  python3 - "$root/srv/million" <<'P'
import os, sys
for d in range(1000):
    folder = "%s/%03d" % (sys.argv[1], d)
    os.mkdir(folder)
    for f in range(1000):
        os.close(os.open("%s/file-%06d.dat" % (folder, f), os.O_CREAT | os.O_WRONLY, 0o644))
P
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
hyperfine --warmup 1 --runs 5 --ignore-failure --export-json "$scratch/both.json" \
  "$plimsoll scan --root $root --rules '*' --format json > /dev/null" \
  "find $root -xdev -printf '%m %U %G %p\\n' > /dev/null" > /dev/null 2>&1
/usr/bin/time -v "$plimsoll" scan --root "$root" --rules '*' --format json > /dev/null 2> "$scratch/time" || true
jq -r '"plimsoll " + (.results[0].median * 1000 | floor | tostring) + " ms, find " +
  (.results[1].median * 1000 | floor | tostring) + " ms, ratio " +
  (.results[0].median / .results[1].median * 100 | floor / 100 | tostring) + " (at most 0.8)"' "$scratch/both.json"
printf 'peak memory %s KiB (at most 49152)\n' "$(awk '/Maximum resident/ {print $NF}' "$scratch/time")"
