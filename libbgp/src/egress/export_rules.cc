#include "egress/export_rules.h"

#include "wire/message.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

namespace bgp::egress {

using Kind = rib::PeerInfo::Kind;

namespace {

// RFC 4456 §6: what came from iBGP goes on only between a client and somebody else.
Forbidden forbidden_by_reflection(GroupKey const& key, rib::PeerInfo const& source) {
  if (key.kind != Kind::ibgp || source.kind != Kind::ibgp) return {};
  if (!source.client && !key.client) return "from iBGP to iBGP, neither is a client (RFC 4456 §6)";
  if (source.client && key.client && !key.client_to_client && source.cluster_id == key.cluster_id) {
    return "client-to-client reflection is off (RFC 4456 §5)";
  }
  return {};
}

Forbidden forbidden_by_community(GroupKey const& key, wire::AttributeSummary const& summary) {
  if (summary.no_advertise) return "community no-advertise (RFC 1997)";
  if (key.kind != Kind::ebgp) return {};
  if (summary.no_export) return "community no-export (RFC 1997)";
  if (summary.no_export_subconfed) return "community no-export-subconfed (RFC 1997)";
  return {};
}

// RFC 9234 §5: whether the route may go to customers only, be it that an attribute says so or where it comes from.
bool is_limited(rib::PeerInfo const& source, wire::AttributeSummary const& summary) {
  return summary.has_only_to_customer || rib::limits_its_routes(source);
}

Forbidden forbidden_by_role(GroupKey const& key, rib::PeerInfo const& source, wire::AttributeSummary const& summary) {
  if (!key.role || !is_limited(source, summary)) return {};
  switch (*key.role) {
    case Role::customer:
      return "ONLY_TO_CUSTOMER, not for a provider (RFC 9234 §5)";
    case Role::peer:
      return "ONLY_TO_CUSTOMER, not for a peer (RFC 9234 §5)";
    case Role::route_server_client:
      return "ONLY_TO_CUSTOMER, not for a route server (RFC 9234 §5)";
    case Role::provider:
    case Role::route_server:
      return {};
  }
  return {};
}

// To be set where none stands.
std::optional<Asn> only_to_customer(GroupKey const& key, rib::PeerInfo const& source) {
  if (!is_unicast(key.family)) return std::nullopt;
  if (rib::limits_its_routes(source)) return source.as;
  if (key.role == Role::provider || key.role == Role::peer || key.role == Role::route_server) return our_as(key);
  return std::nullopt;
}

bool keeps_next_hop(GroupKey const& key, rib::PeerInfo const& source) {
  if (key.family == rt_membership) return key.kind == Kind::ibgp && !key.client;  // RFC 4684 §3.2
  // Whoever stands in for the hop of a label, a tunnel or a filter must do what it does: we do not.
  if (!has_plain_prefixes(key.family)) return true;
  // As originated; unset means our own. RFC 4271 §5.1.3: another address of ours need not be on the receiver's subnet.
  if (source.kind == Kind::local)
    return key.kind != Kind::ebgp || !key.next_hop_self || !takes_next_hop(key, key.own_next_hop);
  if (key.kind == Kind::ebgp) return key.next_hop_unchanged;
  // RFC 4456 §10: a reflector leaves the next hop alone; next-hop-self is for what came from outside.
  return source.kind == Kind::ibgp || !key.next_hop_self;
}

// What an UPDATE needs beside its attributes: two lengths and the longest NLRI, with a path identifier where there are
// such; with MP_REACH its head, family, next hops and reserved octet too.
constexpr std::size_t classic_overhead = 4 + 5;
constexpr std::size_t mp_overhead = 4 + 4 + 5;

// `next_hop` is that of NEXT_HOP; unset: it stands in MP_REACH.
std::size_t room_for_attributes(GroupKey const& key, IpAddress const& next_hop) {
  auto const message = key.extended_messages ? wire::max_extended_message : wire::max_message;
  auto const path_id = key.add_path.several() ? wire::path_id_size : 0;
  auto const next_hops = traits(key.family).next_hop_has_rd ? 48 : 32;
  auto const overhead = next_hop.is_v4() ? classic_overhead : mp_overhead + next_hops + wire::longest_nlri(key.family);
  return message - wire::header_size - path_id - overhead;
}

// Whether the attributes fit in a message, mostly known without encoding them: an edit adds at most a second AS_PATH
// and a few small attributes.
bool fits(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  constexpr std::size_t small_additions = 64;
  auto const size = rib.attributes[path.effective].canonical().size();
  if (2 * size + small_additions <= room_for_attributes(key, IpAddress{})) return true;
  wire::ExportEdit edit;
  Buffer octets;
  return encode_attributes(key, rib, path, edit, octets);
}

}  // namespace

bool takes_next_hop(GroupKey const& key, IpAddress const& next_hop) {
  if (next_hop.is_unset() && !needs_next_hop(key.family)) return true;
  return is_next_hop_of(key.family, next_hop) || (key.extended_next_hop && next_hop.is_v6());
}

ExportedNextHop exported_next_hop(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const& hop = rib.next_hops[rib.attributes[path.effective].next_hop];
  auto const& source = rib.peer(path.peer);
  auto const ours = hop.address.is_unset() && (has_plain_prefixes(key.family) || source.kind == Kind::local);
  if (ours || !keeps_next_hop(key, source)) return {key.own_next_hop, {}};
  // RFC 2545 §3: a link-local address is for a receiver on the same link; of another's we cannot know that.
  return {hop.address, source.kind == Kind::local ? hop.link_local : IpAddress{}};
}

Forbidden forbidden_by_rules(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const& source = rib.peer(path.peer);
  auto const& set = rib.attributes[path.effective];
  if (!key.filter) return "no export filter (RFC 8212)";
  if (auto const rule = forbidden_by_reflection(key, source); !rule.empty()) return rule;
  if (auto const rule = forbidden_by_community(key, set.summary); !rule.empty()) return rule;
  if (auto const rule = forbidden_by_role(key, source, set.summary); !rule.empty()) return rule;
  if (key.interest.targets && !key.interest.targets->wants(set.canonical())) {
    return "it has no route target that the neighbour asks for (RFC 4684 §6)";
  }
  return {};
}

Forbidden forbidden_unchanged(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const hop = exported_next_hop(key, rib, path);
  if (!takes_next_hop(key, hop.address)) {
    auto const of_others = hop.address != key.own_next_hop && hop.address.is_v6();
    return of_others ? "its next hop is IPv6, which this session does not carry for IPv4 routes (RFC 8950)"
                     : "no next hop of this family on this session";
  }
  // RFC 2545 §3: it means something on the link that it came by.
  if (hop.address.is_link_local() && hop.address != key.own_next_hop && rib.peer(path.peer).kind != Kind::local) {
    return "its next hop is link-local, and of another link (RFC 2545 §3)";
  }
  if (!fits(key, rib, path)) return too_long;
  return {};
}

wire::ExportEdit export_edit(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const& source = rib.peer(path.peer);
  wire::ExportEdit edit;
  edit.four_octet_as = key.four_octet_as;
  edit.only_to_customer = only_to_customer(key, source);
  if (key.graceful_shutdown) edit.add_community = graceful_shutdown;
  if (key.kind == Kind::ebgp) {
    auto const named = key.local_name.as.value != 0;
    edit.private_as = {key.private_as, key.remote_as, repeated_as(key)};
    edit.prepend = repeated_as(key);
    if (named && !key.local_name.replace) edit.prepend_local = key.local_name.as;
    edit.remove_local_pref = true;
    edit.remove_med = source.kind != Kind::local;  // RFC 4271 §5.1.4: another AS's MED goes no further
    edit.remove_reflection = true;
    return edit;
  }
  edit.add_local_pref = key.graceful_shutdown ? 0 : 100;
  edit.remove_local_pref = key.graceful_shutdown;
  if (source.kind == Kind::ibgp) {
    edit.originator_id = is_told_to_its_source(key) ? key.originator : source.router_id;
    edit.replace_originator = is_told_to_its_source(key);
    edit.prepend_cluster = source.client ? source.cluster_id : key.cluster_id;
  }
  return edit;
}

bool encode_attributes(GroupKey const& key, rib::Rib const& rib, rib::Path const& path, wire::ExportEdit& edit,
                       Buffer& out) {
  auto const hop = key.family == ipv4_unicast ? exported_next_hop(key, rib, path).address : IpAddress{};
  edit = export_edit(key, rib, path);
  return encode_attributes(key, rib.attributes[path.effective].canonical(), hop, edit, out);
}

bool encode_attributes(GroupKey const& key, Bytes canonical, IpAddress const& next_hop, wire::ExportEdit& edit,
                       Buffer& out) {
  auto const begin = out.size();
  for (auto const remove : {false, true}) {
    edit.remove_discardable = remove;
    auto const encoded = wire::encode_for_export(canonical, edit, next_hop, out);
    if (encoded && out.size() - begin <= room_for_attributes(key, next_hop)) return true;
    out.resize(begin);
  }
  return false;
}

}  // namespace bgp::egress
