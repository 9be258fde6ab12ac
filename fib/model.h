// What fib is asked for: routes by prefix, each to a target; targets are made of named hops, and what a hop is at
// present (gateway, interface) is said apart, so that a changed path moves all routes through it at once. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "bgp/types.h"

namespace tern::fib {

enum class Encapsulation : std::uint8_t { none, ipip, vxlan };

/// A way named by its far end: a BGP next hop, and how packets get there.
struct HopName {
  bgp::IpAddress address;
  Encapsulation encapsulation = Encapsulation::none;
  friend auto operator<=>(HopName const&, HopName const&) = default;
};

/// How a hop is reached at present.
struct HopPath {
  std::string interface;
  bgp::IpAddress gateway;  ///< unset: the destination itself is on the link
  bool onlink = false;     ///< the kernel shall not ask whether the gateway is on the link
  friend bool operator==(HopPath const&, HopPath const&) = default;
};

struct WeightedHop {
  HopName hop;
  std::uint16_t weight = 1;  ///< 1 to 256
  friend auto operator<=>(WeightedHop const&, WeightedHop const&) = default;
};

/// What a route leads to: one hop, several that share the load, or none (a blackhole).
struct Target {
  std::uint32_t metric = 1024;    ///< the kernel prefers the lowest
  std::vector<WeightedHop> hops;  ///< empty: packets are dropped
  friend auto operator<=>(Target const&, Target const&) = default;
};

}  // namespace tern::fib
