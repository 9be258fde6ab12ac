#!/bin/bash
# 2_announce announces to 1_monitor over loopback: the monitor must print the prefixes, and their end with the announcer's.
set -u
bin=$1
port=$((20000 + $$ % 10000))
out=$(mktemp)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -f "$out"' EXIT

await() {  # await TEXT: until the monitor has printed it, at most 30 seconds
  for _ in $(seq 300); do
    grep -qF -- "$1" "$out" && return
    sleep 0.1
  done
  echo "not seen: $1; the monitor printed:"
  cat "$out"
  exit 1
}

"$bin/1_monitor" 127.0.0.1 "$port" 65001 127.0.0.2 65002 >"$out" 2>&1 &
pids+=($!)
"$bin/2_announce" 127.0.0.2 65002 127.0.0.1 "$port" 65001 192.0.2.1 198.51.100.0/24 203.0.113.0/25 &
announcer=$!
pids+=("$announcer")
await "announce 198.51.100.0/24 next hop 192.0.2.1 AS path 65002"
await "announce 203.0.113.0/25"
kill -TERM "$announcer"
wait "$announcer" || { echo "2_announce ended with $?"; exit 1; }
await "withdraw 198.51.100.0/24"
await "withdraw 203.0.113.0/25"
