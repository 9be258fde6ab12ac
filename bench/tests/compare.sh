#!/bin/sh
# bench/compare and bench/reload as a whole: what they tell of Tern, and how they end. $1: the directory of our programs.
set -eu
if ! ip netns add "tct$$" 2>/dev/null; then
  echo "no network namespaces here"
  [ "${CI:-}" != true ] || exit 1
  exit 77
fi
ip netns del "tct$$"
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
fail() { echo "compare.sh: $*" >&2; cat "$scratch/table" "$scratch/log" >&2; exit 1; }
bin=$1
compare() {
  ./compare --only "$1" --work "$2" --runs 1 --bin "$bin" --keep "$scratch/a place" --json "$scratch/json" --timeout "$3" \
    >"$scratch/table" 2>"$scratch/log"
}

compare tern busy 60 || fail "busy failed"
keys="seconds daemon_cpu_s longest_slice_us longest_slice_cpu_us"
! chrt -f 99 true 2>/dev/null || keys="$keys machine_late_us"
for key in $keys; do grep -qE "\"$key\": [0-9.]*[1-9]" "$scratch/json" || fail "no $key"; done
grep -qF '"peersEstablished":21,' "$scratch/a place/busy.tern.1.files/status" || fail "its status is not that of the work"
# With no time, nobody is up.
! compare tern one 0 || fail "ends with 0 where Tern failed"
grep -qF "(1 of 1 runs failed)" "$scratch/table" || fail "the table says nothing of the run that failed"
grep -qF "failed all_up false" "$scratch/log" || fail "says not why the run failed"
compare floor one 0 || fail "ends with an error where another failed"
grep -qF "(1 of 1 runs failed)" "$scratch/table" || fail "the table says nothing of the floor's run that failed"

./reload --runs 1 --clients 5 --routes 1000 --bin "$bin" >"$scratch/table" 2>"$scratch/log" || fail "reload failed"
grep -qE '^\| reload .*\| [0-9.]+ / [0-9.]+ \|$' "$scratch/table" || fail "reload tells no times"
