#!/bin/sh
# FRR's bgpd alone, without zebra, as a route reflector. $1: a directory for its files. Runs in the foreground.
{
cat <<EOF
router bgp $BENCH_AS
 bgp router-id 10.77.0.1
 bgp cluster-id 1.1.1.1
 no bgp default ipv4-unicast
 bgp listen limit 5000
 neighbor clients peer-group
 neighbor clients remote-as $BENCH_AS
 neighbor clients timers 80 240
 neighbor clients passive
 bgp listen range 10.77.0.0/16 peer-group clients
$(for n in $BENCH_FILTERS; do echo " neighbor 10.77.128.$n peer-group clients"; done)
 address-family ipv4 unicast
  neighbor clients activate
  neighbor clients route-reflector-client
  ${BENCH_ADD_PATH:+neighbor clients addpath-tx-all-paths}
$(for n in $BENCH_FILTERS; do echo "  neighbor 10.77.128.$n route-map f$n out"; done)
 exit-address-family
EOF
for n in $BENCH_FILTERS; do
  echo "bgp community-list standard c$n permit $BENCH_AS:$n"
  echo "route-map f$n deny 10"
  echo " match community c$n"
  echo "route-map f$n permit 20"
done
} > "$1/bgpd.conf"
exec "${FRR_BGPD:-/usr/lib/frr/bgpd}" -Z -S -f "$1/bgpd.conf" -i "$1/bgpd.pid" -P 0 -l 10.77.0.1 --vty_socket "$1" \
  --limit-fds 8192 --log stdout
