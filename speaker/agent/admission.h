// Which of BGP's routes may stand in the kernel at all. Not policy, which filters are for: only what no neighbour can
// mean well. Pure.
#pragma once

#include <string>

#include "config/node.h"

namespace tern::speaker {

/// Why a route for this prefix is not put into the kernel; empty when it may be. Refused are loopback, link-local,
/// multicast and reserved addresses (RFC 6890, RFC 4291), the node's own addresses, and within the node's own blocks
/// all but single addresses: a pod may have moved elsewhere with its address, a part of a block may not.
[[nodiscard]] std::string why_refused(bgp::Prefix const& prefix, config::Node const& node);

/// It is one of the node's own blocks, which stands in the kernel as a blackhole, whatever BGP says of it.
[[nodiscard]] bool is_own_block(bgp::Prefix const& prefix, config::Node const& node);

}  // namespace tern::speaker
