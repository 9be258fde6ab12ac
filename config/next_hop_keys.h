// Keys about the next hops that a neighbour is told and tells: nextHopSelf, nextHopUnchanged, nextHopAddresses,
// extendedNextHop. Any thread.
#pragma once

#include <span>
#include <vector>

#include "config/peer_keys.h"

namespace tern::config {

[[nodiscard]] std::span<Key<PeerDraft> const> next_hop_keys();

/// Whether an address can be a next hop that others are told (RFC 4271 §6.3): a global or unique local unicast one.
[[nodiscard]] bool can_be_told(bgp::IpAddress const& address);

/// Rules between these keys and the kind of the session.
void check_next_hop_keys(PeerDraft const& draft, bool ebgp, std::string const& both_ases, Problems& problems);

/// Once the families and the addresses of the session are known, `remote` standing for them: what is told where the
/// file says nothing is one of `own`, as far as the session's own end will not do; and rules against the families.
void settle_next_hops(PeerDraft& draft, bgp::IpAddress const& remote, std::vector<bgp::IpAddress> const& own,
                      Problems& problems);
/// A family whose routes are to be told with a next hop of ours, and there is none.
[[nodiscard]] std::optional<bgp::Family> lacks_next_hop(bgp::PeerConfig const& peer, bgp::IpAddress const& remote,
                                                        bool ebgp);

}  // namespace tern::config
