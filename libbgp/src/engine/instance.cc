// Life, neighbours, ranges and our own routes. Who dials in is in listening.cc, the schedule in schedule.cc.
#include "engine/instance.h"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "engine/check_peer.h"
#include "engine/route_feed.h"
#include "wire/attributes.h"

namespace bgp::engine {

namespace {

HashKey random_key() {
  std::random_device source;
  return {std::uint64_t{source()} << 32 | source()};
}

SpeakerConfig checked(SpeakerConfig config) {
  if (config.local_as.value == 0) throw std::invalid_argument("local_as is 0: give the speaker an AS number");
  if (!config.router_id.is_v4() || config.router_id.v4_value() == 0) {
    throw std::invalid_argument("router_id must be an IPv4 address other than 0.0.0.0");
  }
  if (config.multipath == 0) throw std::invalid_argument("multipath is 0: 1 uses the best path only");
  if (config.listen_port != 0) config.listen.push_back({{}, config.listen_port});
  return config;
}

PeerEvent event_of(Neighbour const& neighbour, bool up) {
  auto const& config = neighbour.config();
  return {neighbour.id(), config.remote, config.scope_id, up, {}};
}

}  // namespace

Instance::Instance(boost::asio::any_io_executor executor, SpeakerConfig config,
                   std::shared_ptr<transport::Context> context)
    : config_(checked(std::move(config))),
      router_id_{config_.router_id.v4_value()},
      context_(context ? std::move(context) : std::make_shared<transport::Context>(std::move(executor))),
      started_(std::chrono::system_clock::now()),
      rib_(random_key(), {config_.always_compare_med, config_.multipath}),
      egress_(rib_),
      cluster_ids_(std::make_shared<std::vector<RouterId>>()),
      sweeper_(rib_),
      end_of_round_(std::make_shared<std::function<void()>>([this] { end_of_round(); })),
      flush_timer_(context_->clock().make_timer()),
      probe_(context_->clock().make_timer()) {
  rib_.peer(local_peer).router_id = router_id_;
  rib_.peer(local_peer).as = config_.local_as;
  note_clusters();
  context_->rounds().at_end(end_of_round_);
  if (!config_.resolver) return;
  rib_.next_hops.set_resolver([resolver = config_.resolver](IpAddress const& hop) { return resolver->resolve(hop); },
                              [resolver = config_.resolver](IpAddress const& hop) { resolver->forget(hop); });
}

Instance::~Instance() { shut_down(); }

// Posted, so that whoever reads it may call anything.
void Instance::log(char severity, std::string line) {
  if (!config_.log) return;
  post([this, severity, line = std::move(line)] { config_.log(severity, line); });
}

void Instance::log_about(Neighbour const& neighbour, char severity, std::string const& text) {
  auto line = "peer " + neighbour.name() + text;
  if (neighbour.dynamic()) {
    auto const word = sources_.ask({neighbour.config().remote, neighbour.config().scope_id}, context_->now());
    if (word == Sources::Word::keep) return;
    if (word == Sources::Word::say_last) line += " (no more lines about this address for a minute)";
  }
  log(severity, std::move(line));
}

// ---- Life

Result<void> Instance::start() {
  if (config_.resolver) {
    config_.resolver->on_change([weak = weak_from_this()](IpAddress const& hop) {
      if (auto const self = weak.lock()) self->next_hop_changed(hop);
    });
  }
  if (auto const listens = listen_at(config_.listen); !listens) return listens;
  started_up_ = true;
  for (auto const& [id, neighbour] : neighbours_) neighbour->start();
  return {};
}

void Instance::stop(std::string const& text, std::function<void()> done) {
  listeners_.clear();
  started_up_ = false;
  auto const why = wire::cease_with_text(2, text);
  std::vector<std::shared_ptr<transport::Peer>> peers;
  for (auto const& [id, neighbour] : neighbours_) peers.push_back(neighbour->shared_transport());
  for (auto const& peer : peers) peer->stop(why);
  context_->when_quiet([weak = weak_from_this(), done = std::move(done)] {
    if (auto const self = weak.lock(); self && done) done();
  });
}

void Instance::shut_down() {
  listeners_.clear();
  feeds_.clear();
  peer_callbacks_.clear();
  for (auto const& [id, neighbour] : neighbours_) {
    neighbour->transport().close(wire::cease_with_text(2, ""));
    neighbour->detach();
  }
  neighbours_.clear();
  by_address_.clear();
}

// ---- Neighbours

void Instance::describe(PeerConfig const& config, rib::PeerInfo& out) const {
  out.kind = config.remote_as == config_.local_as ? rib::PeerInfo::Kind::ibgp : rib::PeerInfo::Kind::ebgp;
  out.client = config.reflector_client;
  out.cluster_id = config.cluster_id.value_or(cluster_id());
  out.address = config.remote;
  out.as = config.remote_as;
  out.prepended = config.local_as.prepend_received ? config.local_as.as : Asn{};
  out.our_role = config.role;
}

Neighbour& Instance::make_neighbour(PeerConfig config, Neighbour::Origin origin) {
  rib::PeerInfo info;
  describe(config, info);
  auto const id = rib_.add_peer(info).id;
  by_address_[{config.remote, config.scope_id}] = id;
  auto neighbour = std::make_unique<Neighbour>(*this, std::move(config), id, origin);
  return *(neighbours_[id] = std::move(neighbour));
}

Neighbour* Instance::find_dynamic(Source const& source) const {
  auto const known = by_address_.find(source);
  auto* const neighbour = known == by_address_.end() ? nullptr : neighbours_.at(known->second).get();
  return neighbour != nullptr && neighbour->dynamic() ? neighbour : nullptr;
}

Result<PeerId> Instance::add_peer(PeerConfig config) {
  if (config.remote.is_unset()) return Error{"remote is unset: give the neighbour's address"};
  if (auto checked = check_peer(config, config_.local_as); !checked) return checked.error();
  Source const source{config.remote, config.scope_id};
  drop_leftover(source);
  auto* const dynamic = find_dynamic(source);
  auto const stays = dynamic != nullptr && dynamic->established() && !dynamic->consequence(config).new_session;
  if (stays) return take_out_of_range(*dynamic, std::move(config));
  Error const twice{"neighbour " + config.remote.text() + " exists already"};
  if (dynamic == nullptr && by_address_.contains(source)) return twice;
  if (auto kept = demand_password(Prefix(config.remote, 128), config.password); !kept) return kept.error();
  if (auto* const now = find_dynamic(source); dynamic != nullptr && now != nullptr) {
    erase_neighbour(now->id(), cease_configuration, "it is a neighbour of its own now");
  }
  if (by_address_.contains(source)) {  // a range has taken in who waited at a listener
    forget_password(Prefix(config.remote, 128));
    return twice;
  }
  if (rib_.room_for_peers() == 0) {
    forget_password(Prefix(config.remote, 128));
    return Error{"there are 65,534 neighbours, as many as one speaker can have: run another one"};
  }
  auto& neighbour = make_neighbour(std::move(config), {});
  if (neighbour.config().cluster_id) note_clusters();
  if (started_up_) neighbour.start();
  return neighbour.id();
}

Result<PeerId> Instance::take_out_of_range(Neighbour& neighbour, PeerConfig config) {
  if (auto kept = demand_password(Prefix(config.remote, 128), config.password); !kept) return kept.error();
  ranges_.left(neighbour.id());
  neighbour.is_named();
  change_beneath(neighbour, std::move(config));
  return neighbour.id();
}

Result<void> Instance::check(RangeConfig& config) const {
  if (config.prefix.address().is_unset()) return Error{"prefix is unset: say where the neighbours come from"};
  config.peer.remote = config.prefix.address();
  config.peer.passive = true;
  if (config.peer.shutdown) return Error{"shutdown is for neighbours that are named: remove the range instead"};
  auto const ends = std::ranges::any_of(config.peer.prefix_limits, [](auto const& one) { return !one.only_warn; });
  if (ends && config.peer.prefix_limit_restart.count() == 0) {
    return Error{
        "prefix_limit_restart is 0, but a range's neighbours are forgotten with their session, so nobody could "
        "bring one back: say after how many seconds it may return"};
  }
  return check_peer(config.peer, config_.local_as);
}

Result<void> Instance::add_range(RangeConfig config) {
  if (auto checked = check(config); !checked) return checked;
  auto const prefix = config.prefix;
  if (auto kept = demand_password(prefix, config.peer.password); !kept) return kept;
  auto added = ranges_.add(std::move(config));
  if (!added) forget_password(prefix);
  note_clusters();
  if (added.ok()) take_over(*ranges_.find_exactly(prefix));
  return added;
}

// Neighbours of a wider range that would come by this one are of this one.
void Instance::take_over(Ranges::Range& range) {
  std::vector<PeerId> moving;
  for (auto const& [id, neighbour] : neighbours_) {
    if (neighbour->dynamic() && ranges_.find(neighbour->config().remote) == &range) moving.push_back(id);
  }
  for (auto const id : moving) {
    if (!move_to(*neighbours_.at(id), range)) {
      erase_neighbour(id, cease_configuration, "it comes by another range now");
    }
  }
}

bool Instance::move_to(Neighbour& neighbour, Ranges::Range& range) {
  auto next = as_in(range, neighbour);
  if (!neighbour.established() || range.used >= range.config.limit || neighbour.consequence(next).new_session) {
    return false;
  }
  ranges_.left(neighbour.id());
  ranges_.joined(neighbour.id(), range);
  change_beneath(neighbour, std::move(next));
  return true;
}

Result<void> Instance::remove_peer(PeerId id) {
  auto const known = neighbours_.find(id);
  if (known == neighbours_.end()) return Error{"there is no such neighbour"};
  auto const is_dynamic = known->second->dynamic();
  Prefix const from(known->second->config().remote, 128);
  erase_neighbour(id);
  if (!is_dynamic) forget_password(from);
  return {};
}

Result<void> Instance::set_filters(PeerId id, FilterPtr import, FilterPtr export_filter) {
  auto const known = neighbours_.find(id);
  if (known == neighbours_.end()) return Error{"there is no such neighbour"};
  auto next = known->second->config();
  next.import = std::move(import);
  next.export_filter = std::move(export_filter);
  change_beneath(*known->second, std::move(next));
  return {};
}

Result<void> Instance::set_range_filters(Prefix const& prefix, FilterPtr import, FilterPtr export_filter) {
  auto* const range = ranges_.find_exactly(prefix);
  if (range == nullptr) return Error{"there is no range " + prefix.text()};
  range->config.peer.import = std::move(import);
  range->config.peer.export_filter = std::move(export_filter);
  follow(ranges_.neighbours_of(*range));
  return {};
}

// The neighbour may be in the middle of a callback: it lives on until that is over.
void Instance::erase_neighbour(PeerId id, std::uint8_t subcode, std::string const& reason) {
  auto const own = neighbours_.find(id);
  std::shared_ptr<Neighbour> const neighbour(std::move(own->second));
  neighbours_.erase(own);
  by_address_.erase({neighbour->config().remote, neighbour->config().scope_id});
  ranges_.left(id);
  if (neighbour->config().cluster_id && !neighbour->dynamic()) note_clusters();
  neighbour->transport().close({6, subcode, {}});
  auto const was_up = neighbour->established();
  neighbour->detach();
  if (was_up) peer_down(*neighbour, reason, 'i');
  leaving_.insert(id);
  if (!sweeper_.purging(id)) purge(id);  // nothing was added since its session ended
  post([neighbour] {});
}

void Instance::retire(PeerId id) {
  post([this, id] {
    auto const own = neighbours_.find(id);
    if (own == neighbours_.end() || !own->second->dynamic() || own->second->established()) return;
    auto const& session = own->second->transport().session();
    if (session.state() > session::State::active) return;  // it is back already
    auto const& config = own->second->config();
    auto const held_until = session.held_until() == session::never ? session::Time{} : session.held_until();
    sources_.note({config.remote, config.scope_id}, session.faults(), held_until, context_->now());
    erase_neighbour(id);
  });
}

std::optional<PeerId> Instance::find_peer(IpAddress const& address, std::uint32_t scope_id) const {
  auto const known = by_address_.lower_bound({address, scope_id});
  if (known == by_address_.end() || known->first.first != address) return std::nullopt;
  if (scope_id != 0 && known->first.second != scope_id) return std::nullopt;
  return known->second;
}

Neighbour const* Instance::neighbour(PeerId id) const {
  auto const known = neighbours_.find(id);
  return known == neighbours_.end() ? nullptr : known->second.get();
}

void Instance::note_clusters() {
  std::set<RouterId> ids{cluster_id()};
  for (auto const& [id, neighbour] : neighbours_) {
    if (neighbour->config().cluster_id) ids.insert(*neighbour->config().cluster_id);
  }
  for (auto const& [prefix, range] : ranges_.all()) {
    if (range.config.peer.cluster_id) ids.insert(*range.config.peer.cluster_id);
  }
  if (std::ranges::equal(ids, *cluster_ids_)) return;
  cluster_ids_->assign(ids.begin(), ids.end());
  for (auto const& [id, neighbour] : neighbours_) {
    if (neighbour->established() && !neighbour->ebgp()) import_again(*neighbour);
  }
}

// ---- Our own routes

bool Instance::is_prefix(Prefix const& prefix) {
  if (!prefix.address().is_unset()) return true;
  log('e', "a route of our own without a prefix is ignored: give it an address and a length");
  return false;
}

void Instance::originate(Prefix const& prefix, Attributes const& attributes) {
  if (!is_prefix(prefix)) return;
  Buffer canonical;
  wire::encode_canonical(attributes, canonical);
  if (canonical.size() > rib::AttributeTable::longest_set) {
    log('e', "a route of our own, " + prefix.text() + ", is ignored: its attributes fit in no message");
    return;
  }
  auto const hop = rib_.next_hops.acquire(attributes.next_hop, attributes.link_local_next_hop);
  auto const id = rib_.attributes.intern(canonical, hop, wire::summarize(canonical));
  rib_.next_hops.release(hop);
  rib_.announce(prefix.family(), local_peer, prefix, PathId{}, id, rib::accepted);
  rib_.attributes.release(id);
  originated_.insert(prefix);
  changed();
}

void Instance::vpn_neighbour_up(bool asks_by_target) {
  auto& kind = asks_by_target ? some_ask_by_target_ : some_cannot_;
  if (std::exchange(kind, true)) return;
  if (some_ask_by_target_ && some_cannot_) ask_for_every_target();
}

void Instance::ask_for_every_target() {
  static constexpr std::uint8_t every_target[] = {0};
  Buffer canonical;
  wire::encode_canonical({}, canonical);
  auto const hop = rib_.next_hops.acquire({}, {});
  auto const id = rib_.attributes.intern(canonical, hop, wire::summarize(canonical));
  rib_.next_hops.release(hop);
  rib_.announce(rt_membership, local_peer, rib::RouteKey(every_target), PathId{}, id, rib::accepted);
  rib_.attributes.release(id);
  changed();
}

void Instance::withdraw(Prefix const& prefix) {
  if (!is_prefix(prefix)) return;
  originated_.erase(prefix);
  rib_.withdraw(prefix.family(), local_peer, prefix, PathId{});
  changed();
}

void Instance::announce_exactly(std::span<Announcement const> routes) {
  std::set<Prefix> wanted;
  for (auto const& route : routes) wanted.insert(route.prefix);
  std::vector<Prefix> unwanted;
  std::ranges::set_difference(originated_, wanted, std::back_inserter(unwanted));
  for (auto const& prefix : unwanted) withdraw(prefix);
  for (auto const& route : routes) originate(route.prefix, route.attributes);
}

// ---- Telling the user

RouteSubscription Instance::on_routes(std::function<void(std::span<RouteEvent const>)> callback) {
  auto feed = std::make_shared<RouteFeed>(*this, std::move(callback));
  std::erase_if(feeds_, [](auto const& weak) { return weak.expired(); });
  feeds_.push_back(feed);
  feed->begin();
  return RouteSubscription(std::move(feed));
}

Subscription Instance::on_peers(std::function<void(PeerEvent const&)> callback) {
  auto shared = std::make_shared<std::function<void(PeerEvent const&)>>(std::move(callback));
  std::erase_if(peer_callbacks_, [](auto const& weak) { return weak.expired(); });
  peer_callbacks_.push_back(shared);
  return Subscription(std::move(shared));
}

void Instance::tell(PeerEvent const& event) {
  for (auto const& weak : peer_callbacks_) {
    post([weak, event] {
      if (auto const callback = weak.lock()) (*callback)(event);
    });
  }
}

void Instance::peer_up(Neighbour& neighbour) {
  log_about(neighbour, 'i', " up, AS " + std::to_string(neighbour.config().remote_as.value));
  tell(event_of(neighbour, true));
}

void Instance::peer_in_sync(Neighbour& neighbour) {
  auto event = event_of(neighbour, true);
  event.in_sync = true;
  tell(event);
}

void Instance::peer_down(Neighbour& neighbour, std::string const& reason, char severity) {
  log_about(neighbour, severity, " down: " + reason);
  purge(neighbour.id());
  auto event = event_of(neighbour, false);
  event.reason = reason;
  tell(event);
  if (neighbour.dynamic()) retire(neighbour.id());
}

}  // namespace bgp::engine
