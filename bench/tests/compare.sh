#!/bin/sh
# bench/compare as a whole: what it tells of Tern, and how it ends. $1: the directory of our programs.
set -eu
unshare --net true 2>/dev/null || {
  echo "no network namespaces here"
  [ "${CI:-}" != true ] || exit 1
  exit 77
}
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
fail() { echo "compare.sh: $*" >&2; cat "$scratch"/* >&2; exit 1; }
compare() { ./compare --only "$1" --work "$2" --runs 1 --bin "$bin" --json "$scratch/json" >"$scratch/table" 2>"$scratch/log" "$3" "$4"; }
bin=$1

compare tern busy --timeout 60 || fail "busy failed"
for key in seconds daemon_cpu_s longest_slice_us longest_slice_cpu_us machine_stood_still_us; do
  grep -qE "\"$key\": [0-9.]*[1-9]" "$scratch/json" || fail "no $key"
done
# Nobody has the routes at once.
! compare tern one --timeout 0 || fail "ends with 0 where Tern failed"
grep -qF "(1 of 1 runs failed)" "$scratch/table" || fail "says nothing of the run that failed"
compare floor one --timeout 0 || fail "ends with an error where another failed"
grep -qF "(1 of 1 runs failed)" "$scratch/table" || fail "says nothing of the floor's run that failed"
