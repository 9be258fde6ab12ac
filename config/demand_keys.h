// Keys about what a neighbour has to keep to: maximumPrefixes, requiredCapabilities. Any thread.
#pragma once

#include <span>

#include "config/peer_keys.h"

namespace tern::config {

[[nodiscard]] std::span<Key<PeerDraft> const> demand_keys();

/// Rules between these keys and `families`, which are known by now. A range's neighbours are forgotten with their
/// session, so that nobody could bring one back by hand.
void check_demands(PeerDraft const& draft, bool is_range, Problems& problems);

}  // namespace tern::config
