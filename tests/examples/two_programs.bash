# Sourced by the tests of two example programs, of which one hears what the other announces over loopback.
# BIN is the folder of the programs; OUT is what the hearer has printed so far.
set -u
bin=$1
port=$((20000 + $$ % 20000))
out=$(mktemp)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -f "$out"' EXIT

hear() {  # hear PROGRAM: as AS 65001 at 127.0.0.1
  hearer=$1
  "$bin/$hearer" 127.0.0.1 "$port" 65001 127.0.0.2 65002 >"$out" 2>&1 &
  pids+=($!)
}
announce() {  # announce PREFIX...: as AS 65002 at 127.0.0.2
  "$bin/2_announce" 127.0.0.2 65002 127.0.0.1 "$port" 65001 192.0.2.1 "$@" &
  announcer=$!
  pids+=("$announcer")
}
end_announcer() {
  kill -TERM "$announcer"
  wait "$announcer" || { echo "2_announce ended with $?"; exit 1; }
}
await() {  # await TEXT: until the hearer has printed it, at most 30 seconds
  for _ in $(seq 300); do
    grep -qF -- "$1" "$out" && return
    sleep 0.1
  done
  echo "not seen: $1; $hearer printed:"
  cat "$out"
  exit 1
}
