#!/bin/sh
# GoBGP as a route reflector. $1: a directory for its files. Runs in the foreground.
cat > "$1/gobgpd.toml" <<EOF
[global.config]
  as = $BENCH_AS
  router-id = "10.77.0.1"
  port = 179
  local-address-list = ["10.77.0.1"]
[[peer-groups]]
  [peer-groups.config]
    peer-group-name = "clients"
    peer-as = $BENCH_AS
  [peer-groups.timers.config]
    hold-time = 240
    keepalive-interval = 80
  [peer-groups.route-reflector.config]
    route-reflector-client = true
    route-reflector-cluster-id = "1.1.1.1"
  [[peer-groups.afi-safis]]
    [peer-groups.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
${BENCH_ADD_PATH:+    [peer-groups.afi-safis.add-paths.config]
      receive = true
      send-max = 8}
[[dynamic-neighbors]]
  [dynamic-neighbors.config]
    prefix = "10.77.0.0/16"
    peer-group = "clients"
EOF
exec "${GOBGPD:-gobgpd}" -f "$1/gobgpd.toml" -l error --api-hosts 127.0.0.1:50051
