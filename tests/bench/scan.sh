#!/usr/bin/env bash
# What a scan costs, beside a plain find over the same tree, in one run: wall time (hyperfine), memory (time -v) and
# instructions (callgrind, when --count is given).
#   tests/bench/scan.sh PLIMSOLL ROOT [--count]
set -euo pipefail
plimsoll=${1:?usage: scan.sh PLIMSOLL ROOT [--count]}
root=${2:?usage: scan.sh PLIMSOLL ROOT [--count]}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

median() { jq -r '.results[0].median * 1000' "$scratch/$1.json"; }
measure() {  # name runs command
  hyperfine -N --warmup 3 --runs "$2" --ignore-failure --export-json "$scratch/$1.json" "$3" > /dev/null 2>&1
}

measure version 100 "$plimsoll --version"
measure sshd 50 "$plimsoll scan --root $root --rules sshd.* --format json"
measure full 15 "$plimsoll scan --root $root --rules * --format json"
hyperfine --warmup 3 --runs 15 --export-json "$scratch/find.json" \
  "find $root -xdev -printf '%m %U %G %p\\n' > /dev/null" > /dev/null 2>&1
/usr/bin/time -v "$plimsoll" scan --root "$root" --rules '*' --format json > "$scratch/report.json" 2> "$scratch/time" || true

printf 'entries                     %s\n' "$(find "$root" -xdev | wc -l)"
printf 'rules                       %s\n' "$(jq '.results | length' "$scratch/report.json")"
printf 'plimsoll --version          %.1f ms (at most 4)\n' "$(median version)"
printf 'rules without a walk        %.1f ms (at most 15)\n' "$(median sshd)"
printf 'all rules                   %.1f ms\n' "$(median full)"
printf 'find                        %.1f ms\n' "$(median find)"
printf 'all rules / find            %.2f (at most 1)\n' "$(jq -n "$(median full) / $(median find)")"
printf 'peak memory                 %s KiB\n' "$(awk '/Maximum resident/ {print $NF}' "$scratch/time")"
if [ "${3:-}" = --count ]; then
  valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind" "$plimsoll" scan --root "$root" --rules 'sshd.*' \
    --format json > /dev/null 2> "$scratch/valgrind" || true
  printf 'instructions (sshd.*)       %s\n' "$(awk '/Collected/ {print $NF}' "$scratch/valgrind")"
fi
