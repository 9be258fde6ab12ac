// What of VPN routes a neighbour wants to hear of: the route targets that it has announced membership of (RFC 4684).
// Pure values.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>

#include "base/bytes.h"

namespace bgp::egress {

class RouteTargets {
 public:
  /// `key` is that of a route of rt_membership (wire/other_nlri.h): the origin AS does not matter here.
  void insert(Bytes key);
  [[nodiscard]] bool empty() const { return by_length_.empty(); }
  /// Whether a route with these attributes has one of the targets, or all routes are wanted.
  [[nodiscard]] bool wants(Bytes canonical) const;
  friend bool operator==(RouteTargets const&, RouteTargets const&) = default;

 private:
  using Target = std::array<std::uint8_t, 8>;
  [[nodiscard]] bool has(Target const& target) const;

  std::map<unsigned, std::set<Target>> by_length_;  // prefixes of targets, by their length in bits
};

/// Those of a neighbour, or nothing where it has no say and hears of all. By value: members that want the same are
/// served alike.
struct Interest {
  std::shared_ptr<RouteTargets const> targets;
  friend bool operator==(Interest const& a, Interest const& b) {
    return a.targets == b.targets || (a.targets && b.targets && *a.targets == *b.targets);
  }
};

}  // namespace bgp::egress
