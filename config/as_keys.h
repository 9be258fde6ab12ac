// Keys about the ASes on both sides of an eBGP session: localAs, allowOwnAs, removePrivateAs, role, strictRole; and
// about its planned end: gracefulShutdown, honorGracefulShutdown. Any thread.
#pragma once

#include <span>

#include "config/peer_keys.h"

namespace tern::config {

[[nodiscard]] std::span<Key<PeerDraft> const> as_keys();

/// Rules between these keys and the AS numbers; both ASes are known.
void check_as_keys(PeerDraft const& draft, bgp::Asn local_as, Problems& problems);

}  // namespace tern::config
