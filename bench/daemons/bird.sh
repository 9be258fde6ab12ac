#!/bin/sh
# BIRD 2 as a route reflector. $1: a directory for its files. Runs in the foreground.
{
cat <<EOF
router id 10.77.0.1;
log stderr { warning, error, fatal };
protocol device {}
protocol static { ipv4; route 10.78.0.0/16 via 10.76.0.2; }
EOF
channels="ipv4 { import all; export where source = RTS_BGP; ${BENCH_ADD_PATH:+add paths tx;} };
  ${BENCH_IPV6:+ipv6 { import all; export where source = RTS_BGP; \};}"
if [ -n "$BENCH_EXTERNAL" ]; then
  cat <<EOF
template bgp neighbours {
  local 10.77.0.1 as $BENCH_AS;
  multihop;
  hold time 240;
  passive;
  $channels
}
protocol bgp sender from neighbours { neighbor 10.77.128.1 as $((BENCH_AS + 1)); }
protocol bgp receivers from neighbours { neighbor range 10.77.0.0/16 as $((BENCH_AS + 2)); dynamic name "receiver"; }
EOF
else
  cat <<EOF
protocol bgp clients {
  local 10.77.0.1 as $BENCH_AS;
  neighbor range 10.77.0.0/16 internal;
  dynamic name "client";
  rr client;
  rr cluster id 1.1.1.1;
  hold time 240;
  passive;
  $channels
}
EOF
fi
for n in $BENCH_FILTERS; do
  cat <<EOF
filter f$n { if source != RTS_BGP || ($BENCH_AS, $n) ~ bgp_community then reject; accept; }
protocol bgp client$n {
  local 10.77.0.1 as $BENCH_AS;
  neighbor 10.77.128.$n internal;
  rr client;
  rr cluster id 1.1.1.1;
  hold time 240;
  passive;
  ipv4 { import all; export filter f$n; };
}
EOF
done
} > "$1/bird.conf"
exec "${BIRD:-bird}" -f -c "$1/bird.conf" -s "$1/bird.ctl" -P "$1/bird.pid"
