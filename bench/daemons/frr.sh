#!/bin/sh
# FRR's bgpd alone, without zebra, as a route reflector. $1: a directory for its files. Runs in the foreground.
cat > "$1/bgpd.conf" <<EOF
router bgp 65000
 bgp router-id 10.77.0.1
 bgp cluster-id 1.1.1.1
 no bgp default ipv4-unicast
 bgp listen limit 5000
 neighbor clients peer-group
 neighbor clients remote-as 65000
 neighbor clients timers 80 240
 neighbor clients passive
 bgp listen range 10.77.0.0/16 peer-group clients
 address-family ipv4 unicast
  neighbor clients activate
  neighbor clients route-reflector-client
  ${BENCH_ADD_PATH:+neighbor clients addpath-tx-all-paths}
 exit-address-family
EOF
exec "${FRR_BGPD:-/usr/lib/frr/bgpd}" -Z -S -f "$1/bgpd.conf" -i "$1/bgpd.pid" -P 0 -l 10.77.0.1 --vty_socket "$1" \
  --limit-fds 8192 --log stdout
