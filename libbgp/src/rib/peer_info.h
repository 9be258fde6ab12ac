// What the RIB and the export rules know of a neighbour. Index 0 is the speaker itself.
#pragma once

#include <array>
#include <optional>

#include "base/families.h"
#include "bgp/peer_config.h"
#include "bgp/types.h"

namespace bgp::rib {

struct PathCounts {
  std::uint64_t received = 0;  ///< paths in Adj-RIB-In
  std::uint64_t accepted = 0;  ///< of those, not refused
};

struct PeerInfo {
  enum class Kind : std::uint8_t { local, ebgp, ibgp };
  PeerId id;
  Kind kind = Kind::local;
  bool client = false;  ///< a route reflector's client (RFC 4456)
  RouterId cluster_id;  ///< the one we reflect its routes with
  RouterId router_id;
  IpAddress address;
  Asn as;
  Asn prepended = {};            ///< our local AS, which import puts in front of its paths (RFC 7705 §3); 0: none
  std::optional<Role> our_role;  ///< towards it (RFC 9234)
  std::array<PathCounts, all_families.size()> counts{};
};

/// RFC 9234 §5: a route from it that no ONLY_TO_CUSTOMER limits is limited from here on, as if it had one with its AS.
/// It is written where the route goes on: what stands in Adj-RIB-In is what came.
[[nodiscard]] inline bool limits_its_routes(PeerInfo const& peer) {
  return peer.our_role == Role::customer || peer.our_role == Role::route_server_client || peer.our_role == Role::peer;
}

}  // namespace bgp::rib
