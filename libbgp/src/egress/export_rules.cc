#include "egress/export_rules.h"

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

bool keeps_next_hop(GroupKey const& key, rib::PeerInfo const& source) {
  if (source.kind == Kind::local) return true;  // as originated; unset means our own
  if (key.kind == Kind::ebgp) return key.next_hop_unchanged;
  // RFC 4456 §10: a reflector leaves the next hop alone; next-hop-self is for what came from outside.
  return source.kind == Kind::ibgp || !key.next_hop_self;
}

}  // namespace

ExportedNextHop exported_next_hop(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const& hop = rib.next_hops[rib.attributes[path.effective].next_hop];
  if (!keeps_next_hop(key, rib.peer(path.peer)) || hop.address.is_unset()) return {key.local_address, {}};
  return {hop.address, hop.link_local};
}

Forbidden forbidden(GroupKey const& key, rib::Rib const& rib, Prefix const& prefix, rib::Path const& path) {
  auto const& source = rib.peer(path.peer);
  auto const& set = rib.attributes[path.effective];
  if (!key.filter) return "no export filter (RFC 8212)";
  if (auto const rule = forbidden_by_reflection(key, source); !rule.empty()) return rule;
  if (auto const rule = forbidden_by_community(key, set.summary); !rule.empty()) return rule;
  auto const hop = exported_next_hop(key, rib, path);
  if (!(key.family == ipv4_unicast ? hop.address.is_v4() : hop.address.is_v6()))
    return "no next hop of this family on this session";
  if (key.filter->accepts_everything()) return {};
  auto attributes = wire::decode_canonical(set.canonical());
  attributes.next_hop = hop.address;
  auto const verdict = key.filter->judge(prefix, attributes);
  return verdict.accept ? Forbidden{} : verdict.rule.empty() ? Forbidden{"export filter"} : verdict.rule;
}

wire::ExportEdit export_edit(GroupKey const& key, rib::Rib const& rib, rib::Path const& path) {
  auto const& source = rib.peer(path.peer);
  wire::ExportEdit edit;
  edit.four_octet_as = key.four_octet_as;
  if (key.kind == Kind::ebgp) {
    edit.prepend = key.local_as;
    edit.remove_local_pref = true;
    edit.remove_med = source.kind != Kind::local;  // RFC 4271 §5.1.4: another AS's MED goes no further
    edit.remove_reflection = true;
    return edit;
  }
  edit.add_local_pref = 100;
  if (source.kind == Kind::ibgp) {
    edit.originator_id = source.router_id;
    edit.prepend_cluster = source.client ? source.cluster_id : key.cluster_id;
  }
  return edit;
}

}  // namespace bgp::egress
