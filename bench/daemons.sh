# shellcheck shell=bash disable=SC2154
# Sourced: one daemon at a time, in the network namespace `side`, and where the programs are. `here` is the directory of
# the benches; `bin`, where our programs are, may be empty: $TERN_BIN, or the release build's. Who sources it calls
# end_daemon when it ends.
daemon_pid=
tool=bench/$(basename "$0")

# find_programs PROGRAM...: sets `bin`, and says where one is not there.
find_programs() {
  local program
  bin=${bin:-${TERN_BIN:-$here/../build/release/bin}}
  for program; do [ -x "$bin/$program" ] || { echo "$tool: no $program in $bin (--bin)" >&2; exit 2; }; done
  bin=$(cd "$bin" && pwd)
}

# tern-profiled is tern, as scripts/profiled leaves it.
bin_of() {
  case $1 in
    tern-profiled) echo "$here/../build/profiled/bin" ;;
    *) echo "$bin" ;;
  esac
}
script_of() { echo "$here/daemons/${1/#tern-profiled/tern}${2:-}.sh"; }

# has_profiled PROGRAM: says where it is older than the one that it is put beside.
has_profiled() {
  local profiled
  profiled=$(bin_of tern-profiled)/$1
  [ -x "$profiled" ] || return 1
  [ ! "$profiled" -ot "$bin/$1" ] || echo "$tool: tern-profiled is older than $bin/$1: scripts/profiled makes it anew" >&2
}

# start_daemon NAME FILES COMMAND...: ends with the daemon listening, or fails. FILES is a directory for what it writes.
start_daemon() {
  local name=$1 files=$2
  shift 2
  mkdir -p "$files"
  ip netns exec "$side" "$@" >"$files/log" 2>&1 &
  daemon_pid=$!
  for _ in $(seq 100); do
    [ -z "$(ip netns exec "$side" ss -Hltn 'sport = :179')" ] || return 0
    kill -0 "$daemon_pid" 2>/dev/null || break
    sleep 0.1
  done
  echo "$tool: $name does not listen:" >&2
  tail -5 "$files/log" >&2
  return 1
}

end_daemon() {
  [ -n "$daemon_pid" ] || return 0
  kill "$daemon_pid" 2>/dev/null || true
  for _ in $(seq 100); do kill -0 "$daemon_pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$daemon_pid" 2>/dev/null || true
  wait "$daemon_pid" 2>/dev/null || true
  daemon_pid=
}
