// A neighbour's configuration: what its session, its Adj-RIB-In and its update groups are told of it, and what becomes
// of a change.
#include <algorithm>
#include <tuple>

#include "engine/instance.h"
#include "engine/neighbour.h"
#include "wire/as_path.h"

namespace bgp::engine {

namespace {
using Kind = rib::PeerInfo::Kind;

// Who dials sends its OPEN at once. Whoever can reach a range may connect and say nothing, and takes a place there.
constexpr auto dynamic_open_deadline = std::chrono::seconds(10);

transport::Protection protection(PeerConfig const& config) {
  return {config.password, config.ttl_security, config.ttl};
}

FilterPtr filter_or_default(FilterPtr const& filter, bool ebgp) {
  if (filter) return filter;
  return ebgp ? nullptr : accept_all;  // RFC 8212
}
}  // namespace

// ---- A change

// All but what reconfigure() knows how to change. Some of it a session can stand when it already is as is asked for.
Neighbour::Consequence Neighbour::consequence(PeerConfig const& next) const {
  auto same = next;
  same.import = config_.import;
  same.export_filter = config_.export_filter;
  same.description = config_.description;
  same.group = config_.group;
  same.passive = config_.passive;
  same.shutdown = config_.shutdown;
  same.remote_port = config_.remote_port;
  same.connect_retry = config_.connect_retry;
  same.hold_time = config_.hold_time;
  same.keepalive = config_.keepalive;
  same.ttl = config_.ttl;
  same.ttl_security = config_.ttl_security;
  same.reflector_client = config_.reflector_client;
  same.cluster_id = config_.cluster_id;
  same.next_hop_self = config_.next_hop_self;
  same.next_hop_unchanged = config_.next_hop_unchanged;
  same.own_next_hop_v4 = config_.own_next_hop_v4;
  same.own_next_hop_v6 = config_.own_next_hop_v6;
  same.allow_own_as = config_.allow_own_as;
  same.private_as = config_.private_as;
  same.graceful_shutdown = config_.graceful_shutdown;
  same.honour_graceful_shutdown = config_.honour_graceful_shutdown;
  same.prefix_limits = config_.prefix_limits;
  same.prefix_limit_restart = config_.prefix_limit_restart;
  if (next.local_as.as == config_.local_as.as) same.local_as = config_.local_as;
  if (next.add_path_send.several() == config_.add_path_send.several()) same.add_path_send = config_.add_path_send;
  if (next.local.is_unset() || next.local == local_) same.local = config_.local;
  auto const* const negotiated = transport_->session().negotiated();
  if (negotiated == nullptr || negotiated->route_refresh) {
    same.check_first_as = config_.check_first_as;
    same.accept_as_set = config_.accept_as_set;
  }
  if (negotiated == nullptr || agrees_with(next, *negotiated)) {
    same.required = config_.required;
    same.strict_role = config_.strict_role;
  }
  auto const other_times = next.hold_time != config_.hold_time || next.keepalive != config_.keepalive;
  return {same != config_, other_times && established()};
}

bool Neighbour::agrees_with(PeerConfig const& next, session::Negotiated const& negotiated) const {
  auto const& [sent, received, incoming] = std::tie(negotiated.sent, negotiated.received, negotiated.incoming);
  return session::negotiate(session_config(next), sent, received, incoming).ok();
}

bool Neighbour::reconfigure(PeerConfig next) {
  auto const before = std::exchange(config_, std::move(next));
  if (config_.prefix_limits != before.prefix_limits) limits_.forget();
  transport_->configure(session_config(config_), peer_address());
  auto& known = instance_.rib().peer(id_);
  auto const source = [&known] { return std::pair(known.client, known.cluster_id); };
  auto const source_before = source();
  instance_.describe(config_, known);
  to_be_told_again_ |= source() != source_before;
  if (config_.shutdown != before.shutdown) follow_shutdown();
  if (established()) return reconfigure_session(before);
  // What is on its way is of the old kind, and nobody has lost anything yet. Of a speaker that has not started, or
  // stops, and of one that is held in Idle nobody dials.
  auto const begins_alike = [](PeerConfig const& one) {
    return std::tie(one.hold_time, one.passive, one.remote_port, one.connect_retry, one.local, one.ttl,
                    one.ttl_security, one.required, one.strict_role);
  };
  if (begins_alike(config_) == begins_alike(before) || !transport_->admits()) return false;
  transport_->stop({6, 6, {}});
  start();
  return false;
}

void Neighbour::follow_shutdown() {
  if (config_.shutdown && !disabled_) {
    disable(*config_.shutdown);
    disabled_by_file_ = true;
  }
  if (config_.shutdown || !disabled_by_file_) return;
  enable();
  if (instance_.started_up()) start();
}

// What an operator has said since stays where the file says the same, and where it says nothing.
void Neighbour::take_over(Hold const& before) {
  if (config_.shutdown == before.shutdown) {
    disabled_ = before.disabled;
    disabled_by_file_ = before.by_file;
  } else if (!config_.shutdown && before.disabled && !before.by_file) {
    disabled_ = true;
  }
}

bool Neighbour::reconfigure_session(PeerConfig const& before) {
  auto const read_otherwise =
      config_.check_first_as != before.check_first_as || config_.accept_as_set != before.accept_as_set;
  auto const other_ttl = config_.ttl != before.ttl || config_.ttl_security != before.ttl_security;
  if (auto const changed = other_ttl ? transport_->change_ttl() : Result<void>(); !changed) {
    instance_.log_about(*this, 'e', ": " + changed.error().message);
    transport_->reset({6, 6, {}});  // rather than unprotected: the next connection says what is wrong
    return false;
  }
  regroup();
  auto const policy_changed = in_->change(import_policy());
  if (read_otherwise) {
    in_->read_as(config_.check_first_as, config_.accept_as_set);
    for (auto const family : transport_->session().negotiated()->families) transport_->request_refresh(family);
  }
  return policy_changed || to_be_told_again_;
}

// ---- What others are told

transport::PeerAddress Neighbour::peer_address() const {
  return {{config_.remote, config_.remote_port, config_.scope_id},
          {config_.local, 0, config_.scope_id},
          dynamic(),
          protection(config_)};
}

session::Config Neighbour::session_config(PeerConfig const& config) const {
  session::Config session;
  session.local_as = config.local_as.as.value != 0 ? config.local_as.as : instance_.config().local_as;
  session.remote_as = config.remote_as;
  session.router_id = instance_.router_id();
  session.families = config.families;
  session.passive = config.passive || dynamic();
  if (dynamic()) session.open_deadline = dynamic_open_deadline;
  session.faults = origin_.faults;
  session.hold_time = static_cast<std::uint16_t>(config.hold_time.count());
  session.keepalive = config.keepalive;
  session.extended_messages = config.extended_messages;
  session.extended_next_hop = config.extended_next_hop;
  session.add_path_receive = config.add_path_receive;
  session.add_path_send = config.add_path_send.several();
  session.role = config.role;
  session.strict_role = config.strict_role;
  session.required = config.required;
  session.connect_retry_max = config.connect_retry;
  session.timeout_text += protection(config).no_answer_hint();
  session.connect_retry_min = std::min<session::Duration>(session.connect_retry_min, session.connect_retry_max);
  return session;
}

// Over IPv6 a neighbour may name our IPv4 address, and the other way round.
std::vector<IpAddress> Neighbour::our_addresses() const {
  std::vector<IpAddress> ours(1, local_);
  for (auto const& own : {config_.own_next_hop_v4, config_.own_next_hop_v6}) {
    if (!own.is_unset()) ours.push_back(own);
  }
  for (auto const& listen : instance_.config().listen) {
    if (!listen.address.is_unset()) ours.push_back(listen.address);
  }
  return ours;
}

rib::ImportPolicy Neighbour::import_policy() const {
  return {instance_.config().local_as,
          instance_.router_id(),
          instance_.cluster_ids(),
          our_addresses(),
          filter_or_default(config_.import, ebgp()),
          config_.local_as,
          config_.allow_own_as,
          honours_graceful_shutdown()};
}

// One of the family, the configured first; for IPv4 an IPv6 one will do where that has been agreed on.
IpAddress Neighbour::own_next_hop(egress::GroupKey const& key) const {
  auto const v4 = key.family.afi == ipv4_unicast.afi;
  auto const& of_family = v4 ? config_.own_next_hop_v4 : config_.own_next_hop_v6;
  if (!of_family.is_unset()) return of_family;
  auto const of_other = key.extended_next_hop && !local_.is_v4() && !config_.own_next_hop_v6.is_unset();
  return of_other ? config_.own_next_hop_v6 : local_;
}

egress::GroupKey Neighbour::group_key(Family family, session::Negotiated const& negotiated) const {
  egress::GroupKey key;
  key.family = family;
  key.kind = negotiated.ebgp ? Kind::ebgp : Kind::ibgp;
  key.client = config_.reflector_client;
  key.cluster_id = config_.cluster_id.value_or(instance_.cluster_id());
  key.client_to_client = instance_.config().client_to_client;
  key.four_octet_as = negotiated.four_octet_as;
  key.extended_messages = negotiated.extended_messages;
  key.local_as = instance_.config().local_as;
  if (family == rt_membership) {
    key.own_next_hop = own_next_hop(key);
    if (key.client) key.originator = instance_.router_id();
  }
  if (memberships_ && is_asked_for_by_target(family)) key.interest = memberships_->interest();
  if (has_plain_prefixes(family)) {
    key.extended_next_hop = family == ipv4_unicast && negotiated.extended_next_hop;
    key.own_next_hop = own_next_hop(key);
    key.next_hop_self = config_.next_hop_self;
    key.next_hop_unchanged = config_.next_hop_unchanged;
  }
  key.local_name = config_.local_as;
  key.private_as = config_.private_as;
  // Its own AS matters only where it would go: otherwise each AS would have a group of its own.
  if (key.private_as != PrivateAs::keep && wire::is_private(config_.remote_as)) key.remote_as = config_.remote_as;
  if (is_unicast(family)) key.role = config_.role;  // RFC 9234 §5
  key.graceful_shutdown = config_.graceful_shutdown;
  if (negotiated.sends_add_path(family)) key.add_path = config_.add_path_send;
  key.filter = filter_or_default(config_.export_filter, ebgp());
  return key;
}

}  // namespace bgp::engine
