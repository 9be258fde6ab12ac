// The keys of tern-speaker's file that say what the node is: node, address, podCidrs, pools; and the rules that bind
// them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/node.h"
#include "config/value.h"

namespace tern::config {

/// A node while its file is read.
struct NodeDraft {
  Node node;
  std::vector<Problem> warnings;
  std::vector<Place> pod_cidr_places, pool_places;  ///< of each that is in `node`
  bool addresses_good = false;                      ///< else what seems to be missing may be what was misspelt
};

/// node, address, podCidrs, pools.
[[nodiscard]] std::span<Key<NodeDraft> const> node_keys();

/// Rules between the keys, when all of them are read. `extended_next_hop`: some neighbour takes an IPv6 next hop for an
/// IPv4 block (RFC 8950).
void check_node(NodeDraft& draft, bool extended_next_hop, Problems& problems);

/// The node's address of a family; unset when it has none.
[[nodiscard]] bgp::IpAddress address_of(Node const& node, bool v4);

}  // namespace tern::config
