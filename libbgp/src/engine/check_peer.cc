#include "engine/check_peer.h"

#include <algorithm>
#include <set>

#include "rib/next_hops.h"
#include "rib/peer_info.h"

namespace bgp::engine {

namespace {

bool has(std::vector<Family> const& families, Family family) {
  return std::ranges::find(families, family) != families.end();
}

Result<void> check_times(PeerConfig const& config) {
  auto const hold = config.hold_time.count();
  if (hold < 0 || hold == 1 || hold == 2 || hold > 65535) {
    return Error{"hold_time must be 0 or 3 to 65535 seconds (RFC 4271 §4.2)"};
  }
  auto const retry = config.connect_retry.count();
  if (retry < 1 || retry > 65535) return Error{"connect_retry must be 1 to 65535 seconds"};
  if (auto const keepalive = config.keepalive.count(); keepalive < 0 || keepalive > 21845) {
    return Error{"keepalive must be 0 to 21845 seconds, a third of the longest hold time"};
  }
  if (config.shutdown && config.shutdown->size() > 255) return Error{"shutdown: at most 255 octets (RFC 9003)"};
  if (config.prefix_limit_restart.count() < 0) return Error{"prefix_limit_restart must not be negative"};
  return {};
}

Result<void> check_families(PeerConfig const& config) {
  for (auto const family : config.families) {
    if (!has_table(family))
      return Error{"family " + family.text() + " is not supported: see bgp/types.h for those that are"};
  }
  if (config.families.empty()) return Error{"families is empty: name ipv4-unicast or ipv6-unicast"};
  for (auto const family : config.required.families) {
    if (!has(config.families, family)) {
      return Error{"required: family " + family.text() + " is not offered: add it to families"};
    }
  }
  if (config.required.extended_messages && !config.extended_messages) {
    return Error{"required: extended_messages is not offered: set it, too"};
  }
  if (config.required.extended_next_hop && !config.extended_next_hop) {
    return Error{"required: extended_next_hop is not offered: set it, too"};
  }
  if (config.required.add_path && !config.add_path_receive && !config.add_path_send.several()) {
    return Error{"required: add_path is not offered: set add_path_receive, add_path_send or both"};
  }
  return {};
}

Result<void> check_next_hops(PeerConfig const& config) {
  if (config.extended_next_hop && !has(config.families, ipv4_unicast)) {
    return Error{"extended_next_hop is for IPv4 routes (RFC 8950): add ipv4-unicast to families, or remove it"};
  }
  auto const& v4 = config.own_next_hop_v4;
  auto const& v6 = config.own_next_hop_v6;
  if (!v4.is_unset() && (!v4.is_v4() || !rib::can_be_next_hop(v4)))
    return Error{"own_next_hop_v4 is no IPv4 unicast address"};
  if (!v6.is_unset() && (!v6.is_v6() || !rib::can_be_next_hop(v6)))
    return Error{"own_next_hop_v6 is no IPv6 unicast address"};
  return {};
}

Result<void> check_limits(PeerConfig const& config) {
  std::set<Family> seen;
  for (auto const& limit : config.prefix_limits) {
    auto const of = "prefix_limits: " + limit.family.text();
    if (!has(config.families, limit.family)) return Error{of + " is not among families: add it there, or remove this"};
    if (!seen.insert(limit.family).second) return Error{of + " is there twice: remove one of the two"};
    if (limit.received == 0 && limit.accepted == 0) return Error{of + ": give received, accepted, or both"};
    if (limit.warn_percent < 1 || limit.warn_percent > 100) return Error{of + ": warn_percent must be 1 to 100"};
  }
  return {};
}

Result<void> check_ttl(PeerConfig const& config) {
  if (config.ttl > 255) return Error{"ttl must be 1 to 255"};
  if (config.ttl_security > 254) return Error{"ttl_security must be 1 to 254 hops (RFC 5082)"};
  if (config.ttl != 0 && config.ttl_security != 0) return Error{"ttl_security sends with TTL 255: remove ttl"};
  return {};
}

Result<void> check_add_path(PeerConfig const& config) {
  auto const& send = config.add_path_send;
  if (!send.several() || (send.most >= 2 && send.most <= AddPathSend::limit)) return {};
  return Error{"add_path_send: most must be 2 to " + std::to_string(AddPathSend::limit)};
}

Result<void> check_as(PeerConfig const& config, Asn local_as) {
  if (config.local_as.as.value == 0) return {};
  if (config.local_as.as == local_as) return Error{"local_as is the speaker's own AS anyhow: remove it"};
  if (config.local_as.as == config.remote_as) {
    return Error{
        "local_as is the neighbour's AS, and a session within that AS would need iBGP's rules: choose another"};
  }
  return {};
}

Result<void> check_kind(PeerConfig const& config, Asn local_as) {
  auto const ebgp = config.remote_as != local_as;
  for (auto const family : config.families) {
    if (!ebgp || carried_in_ebgp(family)) continue;
    return Error{family.text() + " is for iBGP: what another AS says would have to be validated (RFC 8955 §6)"};
  }
  if (ebgp && config.reflector_client) return Error{"reflector_client is for iBGP: remote_as must be our own AS"};
  if (!ebgp && config.local_as.as.value != 0) return Error{"local_as is for eBGP: remote_as is our own AS"};
  if (!ebgp && config.role) return Error{"role is for eBGP (RFC 9234): remote_as is our own AS"};
  if (!ebgp && config.private_as != PrivateAs::keep) return Error{"private_as is for eBGP: remote_as is our own AS"};
  if (!config.role && config.strict_role) return Error{"strict_role needs a role of our own: set role"};
  return {};
}

}  // namespace

Result<void> check_peer(PeerConfig const& config, Asn local_as) {
  if (config.remote_as.value == 0) return Error{"remote_as is 0: give the neighbour's AS number"};
  for (auto const& checked :
       {check_kind(config, local_as), check_as(config, local_as), check_times(config), check_families(config),
        check_next_hops(config), check_limits(config), check_ttl(config), check_add_path(config)}) {
    if (!checked) return checked;
  }
  return {};
}

}  // namespace bgp::engine
