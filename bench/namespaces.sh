# Sourced: the daemon's network namespace ($side) and the load's ($load), joined by veth. All neighbours' addresses,
# 10.77.128.0/17, are one local route in the load's; the daemon is 10.77.0.1, the routes' next hops are 10.78.0.0/16
# and, of IPv6 routes, within 2001:db8::/32.
side=tcd$$ load=tcl$$

make_namespaces() {
  ip netns add "$side"
  ip netns add "$load"
  ip link add "$side" netns "$side" type veth peer name "$load" netns "$load"
  ip -n "$side" addr add 10.76.0.1/30 dev "$side"
  ip -n "$load" addr add 10.76.0.2/30 dev "$load"
  for ns in "$side" "$load"; do
    ip -n "$ns" link set "$ns" up
    ip -n "$ns" link set lo up
  done
  ip -n "$side" addr add 10.77.0.1/32 dev lo
  ip -n "$side" route add 10.77.0.0/16 via 10.76.0.2
  ip -n "$side" route add 10.78.0.0/16 via 10.76.0.2 # the routes' next hops
  ip -n "$side" -6 route add 2001:db8::/32 dev "$side" || true # the same of IPv6 routes, where there is IPv6
  ip -n "$load" route add 10.77.0.1/32 via 10.76.0.1
  ip -n "$load" route add local 10.77.128.0/17 dev lo
}

remove_namespaces() {
  ip netns del "$side" 2>/dev/null || true
  ip netns del "$load" 2>/dev/null || true
}
