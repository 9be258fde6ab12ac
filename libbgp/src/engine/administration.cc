// What an operator does to neighbours and ranges of a running speaker.
#include <tuple>

#include "engine/check_peer.h"
#include "engine/instance.h"

namespace bgp::engine {

namespace {
constexpr std::uint8_t cease_reset = 4;  // RFC 4486
constexpr char configuration_changed[] = "its configuration changed";
}  // namespace

Result<Neighbour*> Instance::configured(PeerId id) {
  auto const known = neighbours_.find(id);
  if (known == neighbours_.end()) return Error{"there is no such neighbour"};
  return known->second.get();
}

void Instance::change_beneath(Neighbour& neighbour, PeerConfig config) {
  auto const other_cluster = config.cluster_id != neighbour.config().cluster_id && !neighbour.dynamic();
  auto const to_import = neighbour.reconfigure(std::move(config));
  if (other_cluster) note_clusters();
  if (!to_import) return neighbour.imported();
  import_again(neighbour);
}

// RFC 4456 §7 and §5, and where we listen. The rest is in too many places, or in every OPEN.
Result<void> Instance::reconfigure(SpeakerConfig next) {
  if (next.listen_port != 0) next.listen.push_back({{}, next.listen_port});
  if (next.local_as != config_.local_as || next.router_id != config_.router_id || next.multipath != config_.multipath ||
      next.always_compare_med != config_.always_compare_med) {
    return Error{"local_as, router_id, multipath and always_compare_med are those of a speaker from its beginning"};
  }
  // Asked for each time: one that was lost may be had again.
  if (auto const listens = started_up_ ? listen_at(next.listen) : Result<void>(); !listens) return listens;
  auto const rules = [](SpeakerConfig const& of) { return std::tie(of.listen, of.cluster_id, of.client_to_client); };
  if (rules(next) == rules(config_)) return {};
  config_.listen = std::move(next.listen);
  config_.cluster_id = next.cluster_id;
  config_.client_to_client = next.client_to_client;
  note_clusters();
  std::deque<PeerId> all;
  for (auto const& [id, neighbour] : neighbours_) all.push_back(id);
  follow_speaker(std::move(all));
  return {};
}

// What they are told and may tell comes from their own configuration and from the speaker's, which is another one now.
void Instance::follow_speaker(std::deque<PeerId> neighbours) {
  constexpr std::size_t a_slice = 64;  // some tenths of a millisecond
  for (std::size_t n = 0; n < a_slice && !neighbours.empty(); ++n, neighbours.pop_front()) {
    auto const own = neighbours_.find(neighbours.front());
    if (own != neighbours_.end()) change_beneath(*own->second, own->second->config());
  }
  if (!neighbours.empty()) post([this, neighbours = std::move(neighbours)] { follow_speaker(neighbours); });
}

session::Down Instance::ended_by(std::uint8_t subcode) const {
  wire::Notification const why{6, subcode, {}};
  return {session::Cause::stopped, session::State::established, false, why, context_->now(), "sent " + why.text()};
}

Result<PeerUpdate> Instance::update_peer(PeerId id, PeerConfig config) {
  auto const neighbour = configured(id);
  if (!neighbour) return neighbour.error();
  auto const& present = (*neighbour)->config();
  if ((*neighbour)->dynamic()) return Error{"it is a neighbour of a range: change the range"};
  if (config.remote != present.remote || config.scope_id != present.scope_id) {
    return Error{"a neighbour is its address: remove this one and add the other"};
  }
  if (auto const sound = check_peer(config, config_.local_as); !sound) return sound.error();
  auto const consequence = (*neighbour)->consequence(config);
  if (consequence.new_session && rib_.room_for_peers() == 0) {
    return Error{"it would begin anew, for which there is no room among 65,534 neighbours: remove another one first"};
  }
  if (config.password != present.password) {
    if (auto const kept = change_password(Prefix(config.remote, 128), config.password); !kept) return kept.error();
  }
  if (!consequence.new_session) {
    change_beneath(**neighbour, std::move(config));
    return PeerUpdate{id, false, consequence.at_next_session};
  }
  if (config.shutdown && !present.shutdown) (*neighbour)->disable(*config.shutdown);  // told with its text
  auto const last_end = (*neighbour)->established() ? ended_by(cease_configuration) : (*neighbour)->last_end();
  auto const hold = (*neighbour)->hold();
  erase_neighbour(id, cease_configuration, configuration_changed);
  auto& anew = make_neighbour(std::move(config), {});
  anew.succeed(last_end);
  note_clusters();
  anew.take_over(hold);
  if (started_up_) anew.start();
  return PeerUpdate{anew.id(), true, false};
}

Result<RangeUpdate> Instance::update_range(RangeConfig config) {
  if (auto const sound = check(config); !sound) return sound.error();
  auto* const range = ranges_.find_exactly(config.prefix);
  if (range == nullptr) return Error{"there is no range " + config.prefix.text()};
  if (config.peer.password != range->config.peer.password) {
    if (auto const kept = change_password(config.prefix, config.peer.password); !kept) return kept.error();
  }
  auto const other_limits = config.peer.prefix_limits != range->config.peer.prefix_limits ||
                            config.peer.prefix_limit_restart != range->config.peer.prefix_limit_restart;
  if (other_limits) sources_.release(config.prefix);
  range->config = std::move(config);
  note_clusters();
  RangeUpdate update;
  for (auto const id : ranges_.neighbours_of(*range)) {
    auto const& neighbour = *neighbours_.at(id);
    auto const consequence = neighbour.consequence(as_in(*range, neighbour));
    update.new_sessions += consequence.new_session ? 1 : 0;
    update.at_next_session += !consequence.new_session && consequence.at_next_session ? 1 : 0;
  }
  follow(ranges_.neighbours_of(*range));
  return update;
}

Result<void> Instance::remove_range(Prefix const& prefix) {
  auto* const range = ranges_.find_exactly(prefix);
  if (range == nullptr) return Error{"there is no range " + prefix.text()};
  auto const neighbours = ranges_.neighbours_of(*range);
  for (auto const id : neighbours) ranges_.left(id);
  ranges_.remove(prefix);
  forget_password(prefix);
  note_clusters();
  follow(neighbours);
  return {};
}

PeerConfig Instance::as_in(Ranges::Range const& range, Neighbour const& neighbour) {
  auto config = range.config.peer;
  config.remote = neighbour.config().remote;
  config.scope_id = neighbour.config().scope_id;
  return config;
}

void Instance::follow(std::vector<PeerId> const& neighbours) {
  auto const idle = to_follow_.empty();
  to_follow_.insert(to_follow_.end(), neighbours.begin(), neighbours.end());
  if (idle) follow_slice();
}

Result<void> Instance::demand_password(Prefix const& from, std::string const& password) {
  if (auto added = passwords_.add(from, password); !added) return added;
  auto set = password.empty() ? Result<void>() : set_key(from, password);
  if (!set) forget_password(from);
  return set;
}

Result<void> Instance::change_password(Prefix const& from, std::string const& password) {
  auto const old = passwords_.change(from, password);
  if (!old) return old.error();
  auto set = set_key(from, password);
  if (!set) {
    static_cast<void>(passwords_.change(from, *old));
    static_cast<void>(set_key(from, *old));
  }
  return set;
}

void Instance::forget_password(Prefix const& from) {
  if (!passwords_.remove(from)) return;
  if (auto const gone = set_key(from, ""); !gone) log('e', gone.error().message);
}

Result<void> Instance::set_key(Prefix const& from, std::string const& password) {
  for (auto const& [at, listener] : listeners_) {
    if (listener->local().address.is_v6() != from.address().is_v6()) continue;
    if (auto set = listener->set_key(from, password); !set) return set;
  }
  return {};
}

Result<void> Instance::disable_peer(PeerId id, std::string const& text) {
  auto const neighbour = configured(id);
  if (!neighbour) return neighbour.error();
  if ((*neighbour)->dynamic()) {
    return Error{"it is a neighbour of a range, which is forgotten with its session: change the range to keep it out"};
  }
  (*neighbour)->disable(text);
  return {};
}

Result<void> Instance::enable_peer(PeerId id) {
  auto const neighbour = configured(id);
  if (!neighbour) return neighbour.error();
  (*neighbour)->enable();
  if (started_up_) (*neighbour)->start();
  return {};
}

Result<void> Instance::reset_peer(PeerId id, std::string const& text) {
  auto const neighbour = configured(id);
  if (!neighbour) return neighbour.error();
  if ((*neighbour)->disabled()) return Error{"it is held down: bring it up instead"};
  (*neighbour)->transport().reset(wire::cease_with_text(cease_reset, text));
  return {};
}

Result<void> Instance::refresh_peer(PeerId id) {
  auto const neighbour = configured(id);
  if (!neighbour) return neighbour.error();
  if (!(*neighbour)->established()) return Error{"there is no session with it"};
  if ((*neighbour)->refresh()) return {};
  return Error{"it takes no route refresh (RFC 2918), so its routes stay as they came; ours were sent to it again"};
}

}  // namespace bgp::engine
