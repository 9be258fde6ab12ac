#!/bin/sh
# tern-reflector. $1: a directory for its files; TERN_BIN: where our programs are. Runs in the foreground.
cat > "$1/reflector.yaml" <<EOF
router: {as: 65000, id: 10.77.0.1, clusterId: 1.1.1.1}
listen: [{address: 10.77.0.1, port: 179}]
api: {socket: $1/reflector.sock}
groups:
  clients: {remoteAs: 65000, reflectorClient: true, passive: true, holdTime: 240, families: [ipv4-unicast]${BENCH_ADD_PATH:+, addPath: {send: all\}}}
ranges: [{prefix: 10.77.0.0/16, group: clients, limit: 5000}]
EOF
exec "$TERN_BIN/tern-reflector" --config "$1/reflector.yaml"
