#!/bin/sh
# GoBGP as a route reflector. $1: a directory for its files. Runs in the foreground.
{
group() {  # NAME AS
  cat <<EOF
[[peer-groups]]
  [peer-groups.config]
    peer-group-name = "$1"
    peer-as = $2
  [peer-groups.timers.config]
    hold-time = 240
    keepalive-interval = 80
EOF
  if [ -n "$BENCH_EXTERNAL" ]; then
    cat <<EOF
  [peer-groups.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 64
EOF
  else
    cat <<EOF
  [peer-groups.route-reflector.config]
    route-reflector-client = true
    route-reflector-cluster-id = "1.1.1.1"
EOF
  fi
  cat <<EOF
  [[peer-groups.afi-safis]]
    [peer-groups.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
${BENCH_ADD_PATH:+    [peer-groups.afi-safis.add-paths.config]
      receive = true
      send-max = 8}
EOF
  [ -z "$BENCH_IPV6" ] || cat <<EOF
  [[peer-groups.afi-safis]]
    [peer-groups.afi-safis.config]
      afi-safi-name = "ipv6-unicast"
EOF
}
range() {  # PREFIX GROUP
  cat <<EOF
[[dynamic-neighbors]]
  [dynamic-neighbors.config]
    prefix = "$1"
    peer-group = "$2"
EOF
}
cat <<EOF
[global.config]
  as = $BENCH_AS
  router-id = "10.77.0.1"
  port = 179
  local-address-list = ["10.77.0.1"]
EOF
if [ -n "$BENCH_EXTERNAL" ]; then
  group sender $((BENCH_AS + 1))
  group clients $((BENCH_AS + 2))
  range 10.77.128.1/32 sender
  range 10.77.128.0/17 clients
else
  group clients "$BENCH_AS"
  range 10.77.0.0/16 clients
fi
} > "$1/gobgpd.toml"
exec "${GOBGPD:-gobgpd}" -f "$1/gobgpd.toml" -l error --api-hosts 127.0.0.1:50051
