#!/bin/sh
# tern-speaker with one neighbour. $1: a directory for its files; TERN_AS: the AS of both; TERN_BIN: where our programs
# are. Runs in the foreground.
cat > "$1/speaker.yaml" <<EOF
node: bench
address: 10.76.0.1/24
router: {as: $TERN_AS, id: 10.76.0.1}
api: {socket: $1/speaker.sock}
pools: [{cidr: 10.244.0.0/14, vxlan: Always}]
neighbors: [{address: 10.76.0.2, remoteAs: $TERN_AS, passive: true, holdTime: 240, families: [ipv4-unicast]}]
EOF
exec "$TERN_BIN/tern-speaker" --config "$1/speaker.yaml"
