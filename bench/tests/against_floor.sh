#!/bin/sh
# tern-load and tern-replay against tern-floor, over loopback addresses: the whole way without any daemon and without root.
# $1: the directory of our programs.
set -eu
port=$((20000 + $$ % 20000))
"$1/tern-floor" --listen 127.77.0.1:$port --id 127.77.0.1 &
floor=$!
marker=$(mktemp)
trap 'kill $floor 2>/dev/null || true; rm -f "$marker"' EXIT
trap 'exit 130' INT TERM

load() {
  programs=$1 source=$2
  shift 2
  "$programs/tern-load" --remote 127.77.0.1:$port --source "$source" --timeout 30 --unreflected "$@"
}
load "$1" 127.77.1.1 --routes 20000
load "$1" 127.77.4.1 --work latency --routes 2000 --receivers 3 --rounds 100
load "$1" 127.77.5.1 --work mesh --receivers 8
load "$1" 127.77.6.1 --work storm --receivers 20
# At the end of a work, and where that goes wrong.
load "$1" 127.77.7.1 --routes 2000 --at-end "echo fan >>$marker"
load "$1" 127.77.8.1 --work feed --routes 2000 --at-end "echo feed >>$marker" >/dev/null
[ "$(cat "$marker")" = "fan
feed" ] || { echo "tern-load --at-end: not done" >&2; exit 1; }
if load "$1" 127.77.9.1 --routes 2000 --at-end false >"$marker"; then
  echo "tern-load --at-end: what fails is not seen" >&2
  exit 1
fi
grep -qE '^complete +true' "$marker" && grep -qE '^at_end +false' "$marker"
# What it does not do must be seen: it adds no ORIGINATOR_ID.
if "$1/tern-load" --remote 127.77.0.1:$port --source 127.77.2.1 --routes 20000 --timeout 30 >/dev/null; then
  echo "tern-load takes a copy for a reflected route" >&2
  exit 1
fi
"$1/tern-replay" --local 127.77.3.1 --remote 127.77.0.1:$port --as 65000 --id 127.77.3.1 --routes 20000 --hold 0 |
  grep "20000 unique at the end"
