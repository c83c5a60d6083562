#!/usr/bin/env bash
# What `scan --deep` costs beside md5sum over the same files, dpkg --verify and debsums, warm cache, in one run.
#   tests/bench/deep.sh PLIMSOLL ROOT
set -euo pipefail
plimsoll=${1:?usage: deep.sh PLIMSOLL ROOT}
root=${2:?usage: deep.sh PLIMSOLL ROOT}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Every file that the packages have a sum of, without those that are not there.
(cd "$root" && cut -c35- var/lib/dpkg/info/*.md5sums | while IFS= read -r path; do
  [ ! -f "$path" ] || [ -L "$path" ] || printf '%s\0' "$path"
done) > "$scratch/paths"

measure() {  # name command...: wall, user and system seconds, KiB; the best of three
  local name=$1 run
  shift
  for run in 1 2 3; do
    (cd "$root" && /usr/bin/time -o "$scratch/$name.$run" -f '%e %U %S %M' "$@" > /dev/null 2>&1) || true
    tail -n 1 "$scratch/$name.$run"
  done | sort -n | head -n 1 > "$scratch/$name"
}

plimsoll=$(realpath "$plimsoll") root=$(realpath "$root")
measure md5sum xargs -0 -a "$scratch/paths" md5sum
measure plimsoll "$plimsoll" scan --deep --rules 'dpkg-files.*' --root "$root" --format json
measure one "$plimsoll" scan --deep --jobs 1 --rules 'dpkg-files.*' --root "$root" --format json
measure dpkg dpkg --root="$root" --verify
if command -v debsums > /dev/null; then measure debsums debsums --root="$root" --silent; fi

printf '%-24s %8s %8s %8s %9s %s\n' what wall user system KiB 'wall / md5sum'
for name in md5sum plimsoll one dpkg debsums; do
  [ -e "$scratch/$name" ] || continue
  read -r wall user system memory < "$scratch/$name"
  printf '%-24s %8s %8s %8s %9s %.2f\n' "${name/one/plimsoll --jobs 1}" "$wall" "$user" "$system" "$memory" \
    "$(jq -n "$wall / $(cut -d' ' -f1 "$scratch/md5sum")")"
done
printf '%s files\n' "$(tr -cd '\0' < "$scratch/paths" | wc -c)"
