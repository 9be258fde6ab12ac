// The keys that a group and a neighbour share, and the rules that bind them. The same table serves every daemon that
// has neighbours in its file.
#pragma once

#include <span>

#include "bgp/speaker.h"
#include "config/filter_keys.h"
#include "config/value.h"

namespace tern::config {

/// A neighbour being read: the group's values first, its own over them.
struct PeerDraft {
  bgp::PeerConfig peer;
  Places places;                     ///< of each key that was given, be it good or bad, in the group or by itself
  Place at;                          ///< of the neighbour (group, range) as a whole
  Filters const* filters = nullptr;  ///< those of the file
};

/// remoteAs, passive, holdTime, ...: all but `address` and `group`.
[[nodiscard]] std::span<Key<PeerDraft> const> peer_keys();
/// Those and `address` and `group`. The value of `group` is left to the caller.
[[nodiscard]] std::span<Key<PeerDraft> const> neighbor_keys();

/// Reads `map` over what `draft` holds.
void read_peer(Value const& map, std::span<Key<PeerDraft> const> keys, PeerDraft& draft);

/// Rules between the keys that hold for groups, ranges and neighbours alike.
void check_peer(PeerDraft const& draft, bgp::Asn local_as, Problems& problems);
/// Rules against the addresses in use: of the neighbour, or of the range it dials from.
void check_addresses(PeerDraft const& draft, bgp::IpAddress const& remote, Problems& problems);
/// The family of the address, unless `families` says otherwise.
void default_family(PeerDraft& draft, bgp::IpAddress const& remote);

}  // namespace tern::config
