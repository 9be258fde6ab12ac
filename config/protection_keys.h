// Keys that protect a session below BGP: password, passwordFile, passwordEnv (TCP MD5, RFC 2385), ttlSecurity (GTSM,
// RFC 5082) and ttl; and the rules between neighbours and ranges that come with them. No problem ever quotes a
// password. Any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/peer_keys.h"

namespace tern::config {

[[nodiscard]] std::span<Key<PeerDraft> const> protection_keys();

/// Rules within one map; `own` are the keys that it has itself. What a neighbour says itself replaces what its group
/// says of the same thing by another key.
void check_protection(Places const& own, Problems& problems);

/// A neighbour (its address) or a range, as far as its password goes.
struct Guarded {
  bgp::Prefix from;
  std::string password;
  Place at;
};
/// What the kernel could not keep apart: a neighbour without a password in a range that has one, and link-local
/// addresses that differ in their interface only.
void check_passwords(std::vector<Guarded> const& all, Problems& problems);

}  // namespace tern::config
