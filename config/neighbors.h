// Groups, ranges and neighbours of a daemon's file: from what daemon_keys() kept to the values of the public API.
#pragma once

#include <vector>

#include "config/daemon_keys.h"

namespace tern::config {

/// In what the daemons differ.
struct NeighborRules {
  bool exports_by_default = false;         ///< an eBGP neighbour without `export` gets something that its user means
  std::vector<bgp::IpAddress> own;         ///< no neighbour has one of these
  std::vector<bgp::IpAddress> on_subnets;  ///< of those, the ones that others share a subnet with
};

/// After the router's AS and the listeners are known.
void read_neighbors(DaemonDraft& draft, NeighborRules const& rules);

}  // namespace tern::config
