#!/usr/bin/env bash
# CPU time beside OpenSCAP on the same root and the same rules, and beside Lynis on this host, in one run.
#   tests/bench/peers.sh PLIMSOLL ROOT     as root; needs openscap-scanner, ssg-debian, lynis, jq, time
set -euo pipefail
plimsoll=${1:?usage: peers.sh PLIMSOLL ROOT}
root=${2:?usage: peers.sh PLIMSOLL ROOT}
stream=$(find /usr/share -name 'ssg-debian1[12]-ds.xml' | sort | tail -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cpu() {  # name command...: user and system seconds
  local name=$1
  shift
  /usr/bin/time -f '%U %S' -o "$scratch/$name.time" "$@" > "$scratch/$name.out" 2> "$scratch/$name.err" || true
  awk 'END {print $1 + $2}' "$scratch/$name.time"
}

# The rules that both know: those of the data stream that a plimsoll rule names under references.ssg.
mapfile -t rules < <("$plimsoll" rules --format json | jq -r '.[].references.ssg[]?' | sort -u | while read -r id; do
  grep -q "id=\"xccdf_org.ssgproject.content_rule_$id\"" "$stream" && printf '%s\n' "$id"
done)
selected=$("$plimsoll" rules --format json |
  jq -r --argjson known "$(printf '%s\n' "${rules[@]}" | jq -R . | jq -s .)" \
    '[.[] | select((.references.ssg // []) | any(. as $id | $known | index($id))) | .id] | join(",")')
options=()
for id in "${rules[@]}"; do options+=(--rule "xccdf_org.ssgproject.content_rule_$id"); done

# Ten scans, for a figure above the clock's grain.
ours=$(cpu ours bash -c 'for i in 1 2 3 4 5 6 7 8 9 10; do "$0" scan --root "$1" --rules "$2" --format json > /dev/null || true; done' \
  "$plimsoll" "$root" "$selected")
ours=$(jq -n "$ours / 10")
theirs=$(OSCAP_PROBE_ROOT=$root cpu oscap oscap xccdf eval --profile '(all)' "${options[@]}" "$stream")
printf '%d rules on %s: plimsoll %.3f s, OpenSCAP %.2f s of CPU: %.0f times (at least 50)\n' \
  "${#rules[@]}" "$(basename "$root")" "$ours" "$theirs" "$(jq -n "$theirs / $ours")"

host=$(cpu host bash -c 'for i in 1 2 3 4 5 6 7 8 9 10; do "$0" scan --rules "*" --format json > /dev/null || true; done' "$plimsoll")
host=$(jq -n "$host / 10")
lynis=$(cpu lynis lynis audit system --quick --no-colors --no-log)
printf 'this host: plimsoll %.3f s, Lynis %.2f s of CPU: %.0f times (at least 200)\n' "$host" "$lynis" "$(jq -n "$lynis / $host")"
