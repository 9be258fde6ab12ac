#!/bin/bash
# A BIRD announces to 5_collector and withdraws again: the collector prints both, and the end of the session.
set -u
if [[ ${2:-} != inside ]]; then
  command -v bird >/dev/null && unshare --net true 2>/dev/null || {
    echo "no bird or no network namespaces here"
    [[ ${CI:-} == true ]] && exit 1
    exit 77
  }
  exec unshare --net "$0" "$1" inside
fi
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT
ip link set lo up
ip address add 10.77.0.1/32 dev lo
ip address add 10.77.0.2/32 dev lo

await() {  # await TEXT: until the collector has printed it, at most 30 seconds
  for _ in $(seq 300); do
    grep -qxF -- "$1" "$work/out" && return
    sleep 0.1
  done
  echo "not seen: $1; the collector printed:"
  cat "$work/out"
  exit 1
}
cat >"$work/bird.conf" <<CONF
router id 10.77.0.2;
protocol device {}
protocol static four { ipv4; route 203.0.113.0/24 blackhole; }
protocol static six { ipv6; route 2001:db8:1::/48 blackhole; }
protocol bgp up {
  local 10.77.0.2 as 65010; neighbor 10.77.0.1 port 1790 as 65000; strict bind yes; connect delay time 1; multihop;
  ipv4 { import all; export all; next hop self; };
  ipv6 { import all; export all; next hop address 2001:db8::2; };
}
CONF
"$1" 10.77.0.1 1790 65000 65010 >"$work/out" 2>&1 &
pids+=($!)
bird -f -c "$work/bird.conf" -s "$work/ctl" >"$work/bird.log" 2>&1 &
bird=$!
pids+=("$bird")
await "10.77.0.2 up, AS 65010"
await "10.77.0.2 announce 203.0.113.0/24 AS path 65010"
await "10.77.0.2 announce 2001:db8:1::/48 AS path 65010"
await "10.77.0.2 end of ipv4-unicast"
birdc -s "$work/ctl" disable four >/dev/null
await "10.77.0.2 withdraw 203.0.113.0/24"
kill -TERM "$bird"
for _ in $(seq 300); do
  grep -q '^10.77.0.2 down: .*Cease' "$work/out" && exit 0
  sleep 0.1
done
echo "the end of the session was not told:"
cat "$work/out"
exit 1
