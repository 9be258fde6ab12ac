// Whether a neighbour makes sense, before anybody speaks to it. Pure.
#pragma once

#include "bgp/peer_config.h"
#include "bgp/result.h"

namespace bgp::engine {

/// Of a speaker with `local_as`. The error names the field and the remedy.
[[nodiscard]] Result<void> check_peer(PeerConfig const& config, Asn local_as);

}  // namespace bgp::engine
