#!/usr/bin/env bash
# The walk and every rule on files, beside a plain find over the same tree, in one run: wall and CPU time (hyperfine), memory.
#   tests/bench/walk.sh PLIMSOLL ROOT             a tree that is there
#   tests/bench/walk.sh PLIMSOLL --make ENTRIES   one that is made for it and deleted afterwards, 1,000 files a directory
set -euo pipefail
plimsoll=${1:?usage: walk.sh PLIMSOLL ROOT | --make ENTRIES}
root=${2:?usage: walk.sh PLIMSOLL ROOT | --make ENTRIES}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if [ "$root" = --make ]; then
  root=$scratch/root
  mkdir -p "$root/etc" "$root/srv"
  printf 'root:x:0:0::/root:/bin/sh\n' > "$root/etc/passwd"
  printf 'root:x:0:\n' > "$root/etc/group"
  python3 - "$root/srv" "${3:?how many entries}" <<'P'
import os, sys
for d in range(int(sys.argv[2]) // 1000):
    folder = "%s/%d" % (sys.argv[1], d)
    os.mkdir(folder)
    for f in range(1000):
        os.close(os.open("%s/file-%06d.dat" % (folder, f), os.O_CREAT | os.O_WRONLY, 0o644))
P
fi
hyperfine -N --warmup 2 --runs "${RUNS:-11}" --ignore-failure --export-json "$scratch/both.json" \
  "$plimsoll scan --root $root --rules file.* --format json" \
  "find $root -xdev -printf '%m %U %G %p\\n'" > /dev/null 2>&1
/usr/bin/time -v "$plimsoll" scan --root "$root" --rules 'file.*' --format json > /dev/null 2> "$scratch/time" || true
jq -r 'def ms: . * 1000 | floor | tostring; def cpu: (.user + .system) | ms;
  "plimsoll \(.results[0].median | ms) ms wall, \(.results[0] | cpu) ms CPU; find \(.results[1].median | ms) ms, \(.results[1] | cpu) ms",
  "ratio    \(.results[0].median / .results[1].median * 100 | floor / 100) wall, \((.results[0].user + .results[0].system) / (.results[1].user + .results[1].system) * 100 | floor / 100) CPU"' "$scratch/both.json"
printf 'memory   %s KiB peak\n' "$(awk '/Maximum resident/ {print $NF}' "$scratch/time")"
