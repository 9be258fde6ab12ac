#!/bin/sh
# BIRD 2 as a route reflector. $1: a directory for its files. Runs in the foreground.
cat > "$1/bird.conf" <<EOF
router id 10.77.0.1;
log stderr { warning, error, fatal };
protocol device {}
protocol static { ipv4; route 10.78.0.0/16 via 10.76.0.2; }
protocol bgp clients {
  local 10.77.0.1 as 65000;
  neighbor range 10.77.0.0/16 internal;
  dynamic name "client";
  rr client;
  rr cluster id 1.1.1.1;
  hold time 240;
  passive;
  ipv4 { import all; export where source = RTS_BGP; ${BENCH_ADD_PATH:+add paths tx;} };
}
EOF
exec "${BIRD:-bird}" -f -c "$1/bird.conf" -s "$1/bird.ctl" -P "$1/bird.pid"
