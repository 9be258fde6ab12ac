#!/bin/sh
# BIRD 2 with one neighbour, whose routes go into the kernel. $1: a directory for its files; TERN_AS: the AS of both. Runs
# in the foreground. It learns the ways to next hops from the kernel, as tern does, and resolves in a table of their own:
# in the feed's table each route would mean a new search.
cat > "$1/bird.conf" <<EOF
router id 10.76.0.1;
log stderr { warning, error, fatal };
ipv4 table next_hops;
protocol device { scan time 3600; }
protocol direct { ipv4 { table next_hops; }; }
protocol kernel {
  learn;
  persist;
  scan time 3600;
  ipv4 { import all; export where source = RTS_BGP; };
}
protocol pipe { table master4; peer table next_hops; import none; export where source = RTS_INHERIT; }
protocol bgp neighbour {
  local 10.76.0.1 as $TERN_AS;
  neighbor 10.76.0.2 as $TERN_AS;
  passive;
  hold time 240;
  ipv4 { igp table next_hops; import all; export none; };
}
EOF
exec "${BIRD:-bird}" -f -c "$1/bird.conf" -s "$1/bird.ctl" -P "$1/bird.pid"
