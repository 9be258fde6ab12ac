#!/bin/sh
# tern-reflector. $1: a directory for its files; TERN_BIN: where our programs are. Runs in the foreground. As of every
# daemon here, BENCH_AS is the AS of all, BENCH_ADD_PATH asks for all paths, and 10.77.128.N has an export filter of its
# own for each N of BENCH_FILTERS, which refuses what no route has. BENCH_EXTERNAL: eBGP, 10.77.128.1 is of the AS after
# BENCH_AS, all others of the one after that. BENCH_IPV6: IPv6 routes as well.
{
cat <<EOF
router: {as: $BENCH_AS, id: 10.77.0.1, clusterId: 1.1.1.1}
listen: [{address: 10.77.0.1, port: 179}]
api: {socket: $1/reflector.sock}
ranges: [{prefix: 10.77.0.0/16, group: clients, limit: 5000}]
EOF
common="passive: true, holdTime: 240, families: [ipv4-unicast${BENCH_IPV6:+, ipv6-unicast}]"
if [ -n "$BENCH_EXTERNAL" ]; then
  external="import: accept-all, export: accept-all, $common"
  echo "groups: {clients: {remoteAs: $((BENCH_AS + 2)), $external}}"
  echo "neighbors: [{address: 10.77.128.1, remoteAs: $((BENCH_AS + 1)), $external}]"
else
  echo "groups: {clients: {remoteAs: $BENCH_AS, reflectorClient: true, $common${BENCH_ADD_PATH:+, addPath: {send: all\}}}}"
fi
if [ -n "$BENCH_FILTERS" ]; then
  echo "filters:"
  for n in $BENCH_FILTERS; do
    echo "  f$n: [{match: {community: \"$BENCH_AS:$n\"}, then: reject}, {then: accept}]"
  done
  echo "neighbors:"
  for n in $BENCH_FILTERS; do echo "  - {address: 10.77.128.$n, group: clients, export: f$n}"; done
fi
} > "$1/reflector.yaml"
exec "$TERN_BIN/tern-reflector" --config "$1/reflector.yaml"
