# What the demonstrations share; sourced by scripts/demo and scripts/demo-feed, which say what they need.
# Network namespaces named $id-NAME, daemons started in them, and an end that leaves nothing behind.
give_up() { echo "${script##*/}: $*" >&2; exit 1; }

# Sets `bin`; asks sudo for root, with the environment variables named.
need() {  # "PROGRAM..." "VARIABLE..." ARGUMENT...
  local program
  bin=${TERN_BIN:-$(dirname "$script")/../build/release/bin}
  for program in $1; do
    [[ -x $bin/$program ]] || give_up "there is no $bin/$program; run scripts/quickstart first, or build it"
  done
  export TERN_BIN
  TERN_BIN=$(realpath "$bin")
  bin=$TERN_BIN
  if ((EUID != 0)); then
    [[ -n $(type -P sudo) ]] || give_up "network namespaces need root, and there is no sudo; run it as root"
    exec sudo --preserve-env="TERN_BIN,${2// /,}" "$script" "${@:3}"
  fi
  id=tern$$
  work=$(mktemp -d "/tmp/$id.XXXXXX")
  chmod 755 "$work"
  trap clean_up EXIT
  trap 'exit 130' INT TERM
}

spaces=()
pids=()
clean_up() {
  local status=$?
  trap - EXIT INT TERM
  ((status == 0 || status == 130)) || tail -n 20 "$work"/*.log 2>/dev/null || true
  ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
  local deadline=$((SECONDS + 5))
  until [[ -z $(jobs -pr) ]] || ((SECONDS >= deadline)); do sleep 0.1; done
  ((${#pids[@]} == 0)) || kill -KILL "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  for space in "${spaces[@]}"; do ip netns delete "$space" || true; done
  rm -rf "$work"
  exit "$status"
}

bold='' plain=''
[[ ! -t 1 ]] || { bold=$'\033[1m' plain=$'\033[0m'; }
step() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
show() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; }

add_space() {  # NAME
  ip netns add "$id-$1"
  spaces+=("$id-$1")
  ip -n "$id-$1" link set lo up
}
add_bridge() {  # SPACE NAME
  ip -n "$id-$1" link add "$2" type bridge
  ip -n "$id-$1" link set "$2" up
}
# SPACE's new eth0, joined to a bridge of another space.
join() {  # SPACE ADDRESS/LENGTH BRIDGE-SPACE BRIDGE
  ip -n "$id-$1" link add eth0 type veth peer name "$1" netns "$id-$3"
  ip -n "$id-$3" link set "$1" master "$4" up
  ip -n "$id-$1" address add "$2" dev eth0
  ip -n "$id-$1" link set eth0 up
}
within() { ip netns exec "$id-$1" "${@:2}"; }
# Replaces the calling shell, so that its process id is the daemon's.
exec_within() { exec ip netns exec "$id-$1" "${@:2}"; }
start() {  # SPACE LOG COMMAND...
  : >"$work/$2.log"
  exec_within "$1" "${@:3}" >"$work/$2.log" 2>&1 &
  pids+=($!)
}
wait_for() {  # SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1))
  until "${@:3}"; do
    ((SECONDS < deadline)) || { echo "${script##*/}: after $1 s still waiting for $2" >&2; return 1; }
    (($(jobs -pr | wc -l) == ${#pids[@]})) || { echo "${script##*/}: a daemon ended while waiting for $2" >&2; return 1; }
    sleep 0.1
  done
}

start_bird() { start "$1" "$1" bird -f -c "$work/$1.conf" -s "$work/$1.ctl" -P "$work/$1.pid"; }
birdc_at() { birdc -s "$work/$1.ctl" "${@:2}" | tail -n +2; }
