#!/bin/sh
# FRR's bgpd alone, without zebra, as a route reflector. $1: a directory for its files. Runs in the foreground.
{
family() {
  echo " address-family $1 unicast"
  echo "  neighbor clients activate"
  if [ -n "$BENCH_EXTERNAL" ]; then echo "  neighbor sender activate"; else echo "  neighbor clients route-reflector-client"; fi
  echo "  ${BENCH_ADD_PATH:+neighbor clients addpath-tx-all-paths}"
  for n in $BENCH_FILTERS; do echo "  neighbor 10.77.128.$n route-map f$n out"; done
  echo " exit-address-family"
}
clients=$BENCH_AS external=
if [ -n "$BENCH_EXTERNAL" ]; then
  clients=$((BENCH_AS + 2))
  external=" neighbor clients ebgp-multihop 255
 neighbor sender peer-group
 neighbor sender remote-as $((BENCH_AS + 1))
 neighbor sender ebgp-multihop 255
 neighbor sender timers 80 240
 neighbor sender passive
 neighbor 10.77.128.1 peer-group sender"
fi
cat <<EOF
router bgp $BENCH_AS
 no bgp ebgp-requires-policy
 bgp router-id 10.77.0.1
 bgp cluster-id 1.1.1.1
 no bgp default ipv4-unicast
 bgp listen limit 5000
 neighbor clients peer-group
 neighbor clients remote-as $clients
 neighbor clients timers 80 240
 neighbor clients passive
 bgp listen range 10.77.0.0/16 peer-group clients
$external
$(for n in $BENCH_FILTERS; do echo " neighbor 10.77.128.$n peer-group clients"; done)
EOF
family ipv4
[ -z "$BENCH_IPV6" ] || family ipv6
for n in $BENCH_FILTERS; do
  echo "bgp community-list standard c$n permit $BENCH_AS:$n"
  echo "route-map f$n deny 10"
  echo " match community c$n"
  echo "route-map f$n permit 20"
done
} > "$1/bgpd.conf"
exec "${FRR_BGPD:-/usr/lib/frr/bgpd}" -Z -S -f "$1/bgpd.conf" -i "$1/bgpd.pid" -P 0 -l 10.77.0.1 --vty_socket "$1" \
  --limit-fds 8192 --log stdout
