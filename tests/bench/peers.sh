#!/usr/bin/env bash
# CPU time beside OpenSCAP on the same root and the same rules, and beside Lynis with that root as the host (chroot, with
# /proc and /sys), in one run.
#   tests/bench/peers.sh PLIMSOLL ROOT     as root; ROOT as server_root.sh makes it; needs openscap-scanner, ssg-debian, jq, time
set -euo pipefail
plimsoll=${1:?usage: peers.sh PLIMSOLL ROOT}
root=${2:?usage: peers.sh PLIMSOLL ROOT}
stream=$(find /usr/share -name 'ssg-debian1[12]-ds.xml' | sort | tail -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Debian 12's ssg-debian speaks of Debian 11 and would call every rule not applicable on a newer root.
grep -v '<xccdf-1.2:platform idref="cpe:/o:debian:debian_linux:11"/>' "$stream" > "$scratch/stream.xml"
stream=$scratch/stream.xml

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

[ -x "$root/usr/sbin/lynis" ] || { echo "there is no lynis in $root" >&2; exit 1; }
cp "$plimsoll" "$root/usr/local/bin/plimsoll"
cat > "$scratch/as-host" <<'S'
#!/usr/bin/env bash
mount --bind /proc "$1/proc" && mount --bind /sys "$1/sys" && exec chroot "$@"
S
as_host=(unshare --mount bash "$scratch/as-host" "$root")
host=$(cpu host "${as_host[@]}" sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do plimsoll scan --format json > /dev/null || true; done')
host=$(jq -n "$host / 10")
lynis=$(cpu lynis "${as_host[@]}" lynis audit system --quick --no-colors --no-log)
rm "$root/usr/local/bin/plimsoll"
printf '%s as the host, what each does by itself: plimsoll %.3f s, Lynis %.2f s of CPU: %.0f times (at least 200)\n' \
  "$(basename "$root")" "$host" "$lynis" "$(jq -n "$lynis / $host")"
