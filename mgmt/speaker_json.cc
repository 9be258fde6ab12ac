#include "mgmt/speaker_json.h"

#include <ctime>
#include <span>

#include "mgmt/address_text.h"

namespace tern::mgmt {

namespace {

std::string hex(std::span<std::uint8_t const> octets) {
  static char const digits[] = "0123456789abcdef";
  std::string out;
  for (auto const octet : octets) {
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

std::uint32_t number(std::span<std::uint8_t const> octets) {
  std::uint32_t out = 0;
  for (auto const octet : octets) out = out << 8 | octet;
  return out;
}

template <class List, class Text>
void field_list(JsonWriter& json, std::string_view name, List const& list, Text text) {
  json.key(name);
  json.begin_array();
  for (auto const& element : list) json.value(text(element));
  json.end_array();
}

/// A list that is left out when empty: most routes have few of them, and a listing has many routes.
template <class List, class Text>
void optional_list(JsonWriter& json, std::string_view name, List const& list, Text text) {
  if (!list.empty()) field_list(json, name, list, text);
}

std::string same(std::string const& text) { return text; }

void write_messages(JsonWriter& json, bgp::MessageCounts const& counts) {
  json.begin_object();
  json.field("open", counts.open);
  json.field("update", counts.update);
  json.field("notification", counts.notification);
  json.field("keepalive", counts.keepalive);
  json.field("routeRefresh", counts.route_refresh);
  json.end_object();
}

void write_family(JsonWriter& json, bgp::FamilyCounts const& family) {
  json.begin_object();
  json.field("family", family.family.text());
  json.field("received", family.received);
  json.field("accepted", family.accepted);
  json.field("sent", family.sent);
  json.field("endOfRibReceived", family.end_of_rib_received);
  json.field("endOfRibSent", family.end_of_rib_sent);
  if (family.received_limit != 0) json.field("receivedLimit", family.received_limit);
  if (family.accepted_limit != 0) json.field("acceptedLimit", family.accepted_limit);
  json.end_object();
}

void write_table(JsonWriter& json, bgp::SpeakerStatus::Table const& table) {
  json.begin_object();
  json.field("family", table.family.text());
  json.field("prefixes", table.prefixes);
  json.field("paths", table.paths);
  json.field("groups", table.groups);
  json.field("members", table.members);
  json.field("membersOutOfLog", table.members_out_of_log);
  json.field("logSegments", table.log_segments);
  json.field("vacantSlots", table.vacant_slots);
  json.field("queuedBytes", table.queued_bytes);
  json.end_object();
}

void write_table(JsonWriter& json, bgp::MemoryStatus::Table const& table) {
  json.begin_object();
  json.field("family", table.family.text());
  json.field("paths", table.paths);
  json.field("slots", table.slots);
  json.field("index", table.index);
  json.field("changes", table.changes);
  json.field("groupLogs", table.group_logs);
  json.field("groupSets", table.group_sets);
  json.field("total", table.total());
  json.end_object();
}

void write_unknown(JsonWriter& json, std::vector<bgp::UnknownAttribute> const& unknown) {
  if (unknown.empty()) return;
  json.key("unknownAttributes");
  json.begin_array();
  for (auto const& attribute : unknown) {
    json.begin_object();
    json.field("type", static_cast<unsigned>(attribute.type));
    json.field("flags", static_cast<unsigned>(attribute.flags));
    json.field("value", hex(attribute.value));
    json.end_object();
  }
  json.end_array();
}

void write_communities(JsonWriter& json, bgp::Attributes const& a) {
  optional_list(json, "communities", a.communities, [](auto const& c) { return c.text(); });
  optional_list(json, "largeCommunities", a.large_communities, [](auto const& c) { return c.text(); });
  optional_list(json, "extendedCommunities", a.extended_communities, [](auto const& c) { return community_text(c); });
  optional_list(json, "ipv6ExtendedCommunities", a.ipv6_extended_communities,
                [](auto const& c) { return "0x" + hex(c); });
}

void write_attributes(JsonWriter& json, bgp::Attributes const& a) {
  static char const* const origins[] = {"igp", "egp", "incomplete"};
  json.field("origin", origins[static_cast<unsigned>(a.origin) % 3]);
  json.field("asPath", a.as_path.text());
  if (!a.next_hop.is_unset()) json.field("nextHop", a.next_hop.text());
  if (!a.link_local_next_hop.is_unset()) json.field("linkLocalNextHop", a.link_local_next_hop.text());
  if (a.med) json.field("med", *a.med);
  if (a.local_pref) json.field("localPref", *a.local_pref);
  if (a.atomic_aggregate) json.field("atomicAggregate", true);
  if (a.aggregator) {
    json.key("aggregator");
    json.begin_object();
    json.field("as", a.aggregator->as.value);
    json.field("address", a.aggregator->address.text());
    json.end_object();
  }
  if (a.originator_id) json.field("originatorId", a.originator_id->text());
  optional_list(json, "clusterList", a.cluster_list, [](auto const& id) { return id.text(); });
  write_communities(json, a);
  write_unknown(json, a.unknown);
}

// Of unicast the prefix says it all.
template <class Named>
void write_name(JsonWriter& json, Named const& route) {
  auto const unicast = route.family == bgp::ipv4_unicast || route.family == bgp::ipv6_unicast;
  if (!unicast && route.family != bgp::Family{}) json.field("family", route.family.text());
  if (!route.nlri.empty()) json.field("nlri", route.nlri);
  if (!route.prefix.address().is_unset()) json.field("prefix", route.prefix.text());
}

void write_route_fields(JsonWriter& json, bgp::RouteEntry const& route) {
  write_name(json, route);
  if (!route.key.empty()) json.field("key", "0x" + hex(route.key));
  json.field("peer", route.peer_address.is_unset() ? "local" : address_text({route.peer_address, route.peer_scope_id}));
  if (route.path_id.value != 0) json.field("pathId", route.path_id.value);
  json.field("best", route.best);
  json.field("multipath", route.multipath);
  json.field("usable", route.usable);
  if (!route.refused_by.empty()) json.field("refusedBy", route.refused_by);
  if (!route.changed_by.empty()) json.field("changedBy", route.changed_by);
  write_attributes(json, route.attributes);
}

std::int64_t seconds_between(WallTime from, WallTime to) {
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(to - from).count();
  return seconds > 0 ? seconds : 0;
}

}  // namespace

std::string community_text(bgp::ExtendedCommunity const& c) {
  std::span<std::uint8_t const> const octets(c);
  std::string const kind = c[1] == 2 ? "rt:" : c[1] == 3 ? "soo:" : "";
  if (kind.empty() || c[0] > 2) return "0x" + hex(octets);
  if (c[0] == 0)
    return kind + std::to_string(number(octets.subspan(2, 2))) + ":" + std::to_string(number(octets.subspan(4)));
  auto const high = number(octets.subspan(2, 4));
  auto const administrator = c[0] == 1 ? bgp::IpAddress::v4(high).text() : std::to_string(high);
  return kind + administrator + ":" + std::to_string(number(octets.subspan(6)));
}

std::string utc_text(WallTime time) {
  auto const seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void write_json(JsonWriter& json, std::string const& daemon, bgp::SpeakerStatus const& status, WallTime now) {
  json.begin_object();
  json.field("daemon", daemon);
  json.field("as", status.local_as.value);
  json.field("routerId", status.router_id.text());
  json.field("clusterId", status.cluster_id.text());
  json.field("started", utc_text(status.started));
  json.field("uptimeSeconds", seconds_between(status.started, now));
  json.field("peers", status.peers);
  json.field("peersEstablished", status.peers_established);
  json.key("tables");
  json.begin_array();
  for (auto const& table : status.tables) write_table(json, table);
  json.end_array();
  json.field("attributeSets", status.attribute_sets);
  json.field("attributeBytes", status.attribute_bytes);
  json.field("longestSliceMicroseconds", status.longest_slice.count());
  json.field("longestSliceProcessorMicroseconds", status.longest_slice_on_processor.count());
  json.field("worstTimerDelayMicroseconds", status.worst_timer_delay.count());
  json.end_object();
}

void write_json(JsonWriter& json, bgp::MemoryStatus const& memory, std::optional<ProcessMemory> const& process) {
  json.begin_object();
  if (process) {
    json.field("resident", process->resident);
    json.field("peakResident", process->peak);
  }
  json.field("accounted", memory.total());
  json.field("attributeSets", memory.attribute_sets);
  json.field("nextHops", memory.next_hops);
  json.field("ownRoutes", memory.own_routes);
  json.field("subscriptions", memory.subscriptions);
  json.key("tables");
  json.begin_array();
  for (auto const& table : memory.tables) write_table(json, table);
  json.end_array();
  json.end_object();
}

void write_json(JsonWriter& json, bgp::PeerStatus const& peer, WallTime now) {
  json.begin_object();
  json.field("address", address_text({peer.address, peer.scope_id}));
  json.field("as", peer.remote_as.value);
  json.field("state", peer.state);
  json.field("since", utc_text(peer.since));
  json.field("sinceSeconds", seconds_between(peer.since, now));
  json.field("lastError", peer.last_error);
  if (peer.last_error_at) json.field("lastErrorAt", utc_text(*peer.last_error_at));
  json.field("description", peer.description);
  json.field("group", peer.group);
  json.field("dynamic", peer.dynamic);
  json.field("disabled", peer.disabled);
  if (peer.held_until) json.field("heldUntil", utc_text(*peer.held_until));
  json.field("reflectorClient", peer.reflector_client);
  if (peer.remote_id.value != 0) json.field("routerId", peer.remote_id.text());
  if (!peer.local_address.is_unset()) json.field("localAddress", peer.local_address.text());
  json.field("holdTimeSeconds", peer.hold_time.count());
  json.field("md5", peer.md5);
  if (peer.ttl_security != 0) json.field("ttlSecurity", peer.ttl_security);
  if (peer.ttl != 0) json.field("ttl", peer.ttl);
  json.field("localAs", peer.local_as.value);
  if (peer.role) json.field("role", name(*peer.role));
  json.field("gracefulShutdown", peer.graceful_shutdown);
  json.field("flaps", peer.flaps);
  json.field("outOfLog", peer.out_of_log);
  json.key("families");
  json.begin_array();
  for (auto const& family : peer.families) write_family(json, family);
  json.end_array();
  json.key("messages");
  json.begin_object();
  json.key("received");
  write_messages(json, peer.received);
  json.key("sent");
  write_messages(json, peer.sent);
  json.end_object();
  json.key("capabilities");
  json.begin_object();
  field_list(json, "received", peer.capabilities_received, same);
  field_list(json, "sent", peer.capabilities_sent, same);
  json.end_object();
  json.end_object();
}

void write_json(JsonWriter& json, bgp::RouteEntry const& route) {
  json.begin_object();
  write_route_fields(json, route);
  json.end_object();
}

void write_json(JsonWriter& json, bgp::Explanation const& explanation) {
  json.begin_object();
  write_fields(json, explanation);
  json.end_object();
}

void write_fields(JsonWriter& json, bgp::Explanation const& explanation) {
  write_name(json, explanation);
  json.field("decidedBy", explanation.decided_by);
  json.key("paths");
  json.begin_array();
  for (auto const& path : explanation.paths) {
    json.begin_object();
    write_route_fields(json, path.route);
    json.field("nextHopCost", path.next_hop_cost);
    if (!path.lost_by.empty()) json.field("lostBy", path.lost_by);
    json.end_object();
  }
  json.end_array();
  json.key("exports");
  json.begin_array();
  for (auto const& to : explanation.exports) {
    json.begin_object();
    json.field("peer", address_text({to.peer, to.scope_id}));
    json.field("sent", to.sent);
    if (!to.rule.empty()) json.field("rule", to.rule);
    if (!to.changed_by.empty()) json.field("changedBy", to.changed_by);
    json.field("path", to.path);
    if (to.path_id.value != 0) json.field("pathId", to.path_id.value);
    json.end_object();
  }
  json.end_array();
}

}  // namespace tern::mgmt
