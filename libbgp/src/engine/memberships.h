// Which route targets a neighbour wants routes of (RFC 4684), kept from one of its UPDATEs to the next, and when it may
// be told of VPN routes: not before it has said what it wants, or a minute has passed (§6). The engine's executor only.
#pragma once

#include <functional>
#include <memory>

#include "egress/route_targets.h"
#include "rib/rib.h"
#include "transport/clock.h"

namespace bgp::engine {

/// Families whose routes have route targets, so that they may be asked for by them.
[[nodiscard]] inline bool is_asked_for_by_target(Family family) {
  return family == ipv4_vpn || family == ipv6_vpn || family == l2vpn_evpn || family == ipv4_vpn_flow_spec ||
         family == ipv6_vpn_flow_spec;
}

class Memberships {
 public:
  /// `changed` is called when the neighbour wants something else, and when the wait is over.
  Memberships(transport::Clock& clock, std::function<void()> changed);

  /// Its routes of rt_membership may have changed: what it wants is looked for soon, once for many changes. At once
  /// where its End-of-RIB says that this is all for now.
  void touched(rib::Rib const& rib, PeerId peer, bool end_of_rib);
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] egress::Interest interest() const { return {wanted_}; }

 private:
  void settle(rib::Rib const& rib, PeerId peer);

  transport::Clock& clock_;
  std::function<void()> const changed_;
  std::unique_ptr<transport::Timer> const wait_, soon_;
  bool settles_soon_ = false;
  bool end_of_rib_ = false;
  std::shared_ptr<egress::RouteTargets const> wanted_ = std::make_shared<egress::RouteTargets const>();
  bool known_ = false;
};

}  // namespace bgp::engine
