#!/usr/bin/env bash
# Runs each fuzz target for a few seconds, seeded from the fixtures: tests/fuzz/run.sh BUILD_DIR [SECONDS] [PROBE...]
# PLIMSOLL_FUZZ_SEED=0 draws another sequence each time; without it a commit is judged by the same one twice.
# A crash is copied to tests/fuzz/crashes-<target>/ and named; turn it into a fixture or a test case.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=${1:?usage: run.sh BUILD_DIR [SECONDS] [PROBE...]}
seconds=${2:-8}
shift $(( $# > 2 ? 2 : $# ))
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1

# One file a fixture: its tree in the form that probe_fuzz.cpp cuts up again.
seed() {  # probe corpus-dir
  local case file
  if [ "$1" = baseline_fuzz ]; then
    find "$here"/../../baselines -name '*.toml' -size -64k -exec cp --backup=numbered -t "$2" {} +
    return
  fi
  if [ "$1" = image_fuzz ]; then
    printf 'm5 etc\n0 etc/passwd root:x:0:0::/:/bin/sh\n2 lib usr/lib\n1 etc/hard etc/passwd\n==\n0 etc/.wh.passwd\n0 lib/x y\n0 a/.wh..wh..opq\n' > "$2/lines"
    (cd "$here"/../plugins/image/fixtures/configuration_and_history/root && printf r && tar -cf - .) > "$2/archive"
    return
  fi
  for case in "$here"/../plugins/"$1"/fixtures/*/root; do
    [ -d "$case" ] || continue
    (cd "$case" && find . -type f -size -64k | LC_ALL=C sort | head -n 40 | while IFS= read -r file; do
      printf '==> %s\n' "${file#.}"; cat "$file"; printf '\n'
    done) > "$2/$(basename "$(dirname "$case")")"
  done
}

fuzz() {  # name program
  local corpus=$scratch/$1.corpus out=$scratch/$1.log
  mkdir -p "$corpus"
  seed "$1" "$corpus"
  if timeout --kill-after=10 $(( seconds + 60 )) "$2" -seed="${PLIMSOLL_FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
      -artifact_prefix="$scratch/$1." "$corpus" > "$out" 2>&1; then
    printf '%-18s %s\n' "$1" "$(tail -n 1 "$out")"
  else
    printf '%s: FAILED\n' "$1"
    tail -n 40 "$out"
    mkdir -p "$here/crashes-$1"
    find "$scratch" -maxdepth 1 -name "$1.*-*" -exec cp {} "$here/crashes-$1/" \;
    return 1
  fi
}

failed=0
count=0
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <("$build/plimsoll" probes --format names)
pending=0
for probe in "${targets[@]}"; do
  count=$(( count + 1 ))
  (export PLIMSOLL_FUZZ_PROBE=$probe; fuzz "$probe" "$build/plimsoll_fuzz") &
  pending=$(( pending + 1 ))
  if [ "$pending" -ge 2 ]; then wait -n || failed=$(( failed + 1 )); pending=$(( pending - 1 )); fi
done
while [ "$pending" -gt 0 ]; do wait -n || failed=$(( failed + 1 )); pending=$(( pending - 1 )); done
if [ "${#@}" -eq 0 ]; then
  for program in "$build"/*_fuzz; do
    [ "$program" != "$build/plimsoll_fuzz" ] && [ -x "$program" ] || continue
    count=$(( count + 1 ))
    fuzz "$(basename "$program")" "$program" || failed=$(( failed + 1 ))
  done
fi
printf '%d passed, %d failed\n' $(( count - failed )) "$failed"
[ "$failed" -eq 0 ]
