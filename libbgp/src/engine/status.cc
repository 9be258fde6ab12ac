#include <algorithm>
#include <array>
#include <utility>

#include "engine/views.h"

namespace bgp::engine {

namespace {

using std::chrono::system_clock;

// Steady times are shown as wall-clock times, by their distance from now.
system_clock::time_point wall_time(Instance const& instance, session::Time at) {
  auto const ago = instance.context()->now() - at;
  return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(ago);
}

std::string encoding_text(wire::NextHopEncoding const& encoding) {
  return encoding.family.text() + " over " + wire::protocol_name(encoding.next_hop_afi);
}

std::vector<std::string> capability_texts(std::optional<wire::Open> const& open) {
  std::vector<std::string> texts;
  if (!open) return texts;
  auto const& capabilities = open->capabilities;
  for (auto const family : capabilities.families) texts.push_back("multiprotocol " + family.text());
  if (capabilities.route_refresh) texts.emplace_back("route refresh");
  if (capabilities.four_octet_as) {
    texts.push_back("four-octet AS " + std::to_string(capabilities.four_octet_as->value));
  }
  if (capabilities.extended_messages) texts.emplace_back("extended messages");
  if (capabilities.enhanced_refresh) texts.emplace_back("enhanced route refresh");
  for (auto const& encoding : capabilities.next_hop_encodings) texts.push_back(encoding_text(encoding));
  for (auto const& one : capabilities.add_paths) {
    texts.push_back("ADD-PATH " + one.family.text() + " " + std::string(wire::add_path_mode_name(one.mode)));
  }
  for (auto const role : capabilities.roles) texts.push_back("role " + wire::role_name(role));
  for (auto const& unknown : capabilities.unknown) {
    auto const name = wire::capability_name(unknown.code);
    if (!name.empty()) {
      texts.emplace_back(name);
      continue;
    }
    texts.push_back("code " + std::to_string(unknown.code) + " (" + std::to_string(unknown.value.size()) + " octets)");
  }
  return texts;
}

MessageCounts message_counts(std::array<std::uint64_t, 6> const& by_type) {
  return {by_type[1], by_type[2], by_type[3], by_type[4], by_type[5]};
}

std::string state_name(session::State state) { return std::string(session::name(state)); }

std::optional<session::Down> const& newer(std::optional<session::Down> const& a,
                                          std::optional<session::Down> const& b) {
  return !a || (b && b->at > a->at) ? b : a;
}

// Attempts that failed say why there is no session. Once there is one, only why the last one ended is still of
// interest.
void add_last_error(Instance const& instance, Neighbour const& neighbour, PeerStatus& status) {
  auto const& session = neighbour.transport().session();
  auto const& attempt = newer(newer(session.last_local(), session.last_received()), neighbour.last_refusal());
  auto const& last = neighbour.established() || !attempt ? neighbour.last_end() : attempt;
  if (!last) return;
  status.last_error = last->text;
  status.last_error_at = wall_time(instance, last->at);
}

FamilyCounts family_counts(Instance const& instance, Neighbour const& neighbour, Family family) {
  auto const& counts = instance.rib().peer(neighbour.id()).counts[family_index(family)];
  FamilyCounts out;
  out.family = family;
  out.received = counts.received;
  out.accepted = counts.accepted;
  for (auto const& limit : neighbour.config().prefix_limits) {
    if (limit.family != family) continue;
    out.received_limit = limit.received;
    out.accepted_limit = limit.accepted;
  }
  if (auto const* member = neighbour.member(family)) {
    out.sent = member->sent();
    out.end_of_rib_sent = member->end_of_rib_sent();
  }
  if (auto const* in = neighbour.adj_rib_in()) out.end_of_rib_received = in->end_of_rib(family);
  return out;
}

SpeakerStatus::Table table_status(Instance const& instance, Family family) {
  auto const& table = instance.rib().table(family);
  SpeakerStatus::Table status;
  status.family = family;
  status.prefixes = table.prefixes();
  status.paths = table.paths();
  status.vacant_slots = instance.rib().vacant_slots(family);
  for (auto const& group : instance.egress().groups()) {
    if (group->key().family != family) continue;
    ++status.groups;
    status.log_segments += group->log_segments();
    status.members += group->members().size();
    status.members_out_of_log += group->members_out_of_log();
    status.queued_bytes += group->queued_octets();
  }
  return status;
}

}  // namespace

PeerStatus status_of(Instance const& instance, Neighbour const& neighbour) {
  auto const& session = neighbour.transport().session();
  auto const& config = neighbour.config();
  PeerStatus status;
  status.id = neighbour.id();
  status.address = config.remote;
  status.scope_id = config.scope_id;
  status.description = config.description;
  status.group = config.group;
  status.dynamic = neighbour.dynamic();
  status.disabled = neighbour.disabled();
  if (auto const until = session.held_until(); until != session::never && until > instance.context()->now()) {
    status.held_until = wall_time(instance, until);
  }
  status.reflector_client = config.reflector_client;
  status.remote_as = config.remote_as;
  if (session.open_received()) status.remote_id = session.open_received()->router_id;
  if (neighbour.established()) status.local_address = neighbour.local_address();
  status.state = state_name(session.state());
  status.since = wall_time(instance, session.since());
  add_last_error(instance, neighbour, status);
  auto const* negotiated = session.negotiated();
  status.hold_time = negotiated != nullptr ? std::chrono::seconds(negotiated->hold_time) : config.hold_time;
  status.md5 = !config.password.empty();
  status.ttl_security = config.ttl_security;
  status.ttl = config.ttl;
  status.local_as = config.local_as.as.value != 0 ? config.local_as.as : instance.config().local_as;
  status.role = config.role;
  status.graceful_shutdown = config.graceful_shutdown;
  status.capabilities_sent = capability_texts(session.open_sent());
  status.capabilities_received = capability_texts(session.open_received());
  status.received = message_counts(session.counters().in);
  status.sent = message_counts(session.counters().out);
  status.flaps = session.flaps();
  for (auto const family : config.families) {
    status.families.push_back(family_counts(instance, neighbour, family));
    auto const* member = neighbour.member(family);
    status.out_of_log |= member != nullptr && member->out_of_log();
  }
  return status;
}

std::vector<Family> Instance::families_in_use() const {
  std::vector<Family> families;
  for (auto const family : all_families) {
    auto const spoken = std::ranges::any_of(egress_.groups(), [&](auto const& g) { return g->key().family == family; });
    if (is_unicast(family) || spoken || rib_.table(family).extent() > 0) families.push_back(family);
  }
  return families;
}

SpeakerStatus status_of(Instance const& instance) {
  SpeakerStatus status;
  status.local_as = instance.config().local_as;
  status.router_id = instance.router_id();
  status.cluster_id = instance.cluster_id();
  status.started = instance.started();
  status.peers = instance.neighbours().size();
  status.peers_established = static_cast<std::size_t>(
      std::ranges::count_if(instance.neighbours(), [](auto const& entry) { return entry.second->established(); }));
  for (auto const family : instance.families_in_use()) status.tables.push_back(table_status(instance, family));
  status.attribute_sets = instance.rib().attributes.size();
  status.attribute_bytes = instance.rib().attributes.memory();
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  auto const& slices = instance.context()->slice_times();
  status.longest_slice = duration_cast<microseconds>(slices.longest());
  status.longest_slice_on_processor = duration_cast<microseconds>(slices.longest_on_processor());
  status.worst_timer_delay = duration_cast<microseconds>(instance.load().worst_timer_delay);
  return status;
}

}  // namespace bgp::engine
