// The keys of addPath: which paths of a prefix a neighbour sends and is told (RFC 7911). Any thread.
#pragma once

#include "bgp/peer_config.h"
#include "config/value.h"

namespace tern::config {

void read_add_path(Value const& value, bgp::PeerConfig& peer);

}  // namespace tern::config
