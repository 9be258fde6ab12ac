#!/bin/sh
# OpenBGPD as a route reflector. $1: a directory for its files. Runs in the foreground.
kind="route-reflector 1.1.1.1" clients=$BENCH_AS
if [ -n "$BENCH_EXTERNAL" ]; then
  kind="multihop 64" clients=$((BENCH_AS + 2))
fi
cat > "$1/bgpd.conf" <<EOF
AS $BENCH_AS
router-id 10.77.0.1
listen on 10.77.0.1
fib-update no
socket "$1/bgpd.sock"
group "clients" {
$(for n in $BENCH_FILTERS; do
  echo "  neighbor 10.77.128.$n { remote-as $BENCH_AS"
  echo "    route-reflector 1.1.1.1"
  echo "    passive"
  echo "    holdtime 240"
  echo "    announce IPv4 unicast }"
done)
${BENCH_EXTERNAL:+  neighbor 10.77.128.1 {
    remote-as $((BENCH_AS + 1))
    $kind
    passive
    holdtime 240
    announce IPv4 unicast
  \}}
  neighbor 10.77.0.0/16 {
    remote-as $clients
    $kind
    passive
    holdtime 240
    announce IPv4 unicast
    ${BENCH_IPV6:+announce IPv6 unicast}
    ${BENCH_ADD_PATH:+announce add-path send all}
  }
}
allow from any
allow to any
$(for n in $BENCH_FILTERS; do echo "deny to 10.77.128.$n community $BENCH_AS:$n"; done)
EOF
# It chroots to the directory that systemd would make. The namespace's /run is ours alone.
mount -t tmpfs none /run && mkdir /run/openbgpd
chmod 600 "$1/bgpd.conf"
exec "${OPENBGPD:-/usr/sbin/bgpd}" -d -f "$1/bgpd.conf"
