#!/bin/bash
# 2_announce announces to 4_filter over loopback: what its filter rejects is not printed, what it changes is, with the rule.
set -u
bin=$1
port=$((30000 + $$ % 10000))
out=$(mktemp)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -f "$out"' EXIT

await() {  # await TEXT: until the filter has printed it, at most 30 seconds
  for _ in $(seq 300); do
    grep -qF -- "$1" "$out" && return
    sleep 0.1
  done
  echo "not seen: $1; 4_filter printed:"
  cat "$out"
  exit 1
}

"$bin/4_filter" 127.0.0.1 "$port" 65001 127.0.0.2 65002 >"$out" 2>&1 &
pids+=($!)
"$bin/2_announce" 127.0.0.2 65002 127.0.0.1 "$port" 65001 192.0.2.1 10.1.0.0/16 198.51.100.0/24 &
announcer=$!
pids+=("$announcer")
await "announce 198.51.100.0/24 next hop 192.0.2.1 AS path 65002"
await "changed by filter from-neighbour, rule 2 (customers)"
kill -TERM "$announcer"
wait "$announcer" || { echo "2_announce ended with $?"; exit 1; }
await "withdraw 198.51.100.0/24"
if grep -F 10.1.0.0/16 "$out"; then echo "which the filter should have rejected"; exit 1; fi
