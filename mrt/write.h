// Writes a table as TABLE_DUMP_V2 (RFC 6396 §4.3; RFC 8050 §4 where paths have identifiers). Any thread. Pure.
#pragma once

#include <span>

#include "base/bytes.h"
#include "bgp/status.h"
#include "mrt/read.h"

namespace tern::mrt {

/// Appends a PEER_INDEX_TABLE of at most 65,535 peers.
void write_peer_index(PeerIndex const& index, std::uint32_t now, bgp::Buffer& out);

/// One path of a prefix, and who it came from.
struct PathOfPeer {
  std::uint16_t peer = 0;        ///< in the PEER_INDEX_TABLE
  std::uint32_t originated = 0;  ///< seconds since 1970
  bgp::RouteEntry const* route = nullptr;
};
/// Appends a RIB_IPV4_UNICAST or RIB_IPV6_UNICAST of the paths of one prefix (at least one). An unset next hop, as
/// routes of our own have, is written as 0.0.0.0 or ::. A path whose attributes pass 65,535 octets is left out.
void write_rib(std::uint32_t sequence, std::span<PathOfPeer const> paths, std::uint32_t now, bgp::Buffer& out);

}  // namespace tern::mrt
