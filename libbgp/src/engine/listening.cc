// Where the speaker accepts connections, and whom it lets in.
#include <algorithm>

#include "engine/instance.h"

namespace bgp::engine {

// An unset address is one listener for each family: the IPv6 one alone would be refused where IPv6 is turned off, and
// shows IPv4 neighbours under other addresses than their own.
std::vector<transport::Endpoint> Instance::endpoints(std::vector<ListenAddress> const& addresses) const {
  std::vector<transport::Endpoint> all;
  for (auto const& listen : addresses) {
    if (!listen.address.is_unset()) {
      all.push_back({listen.address, listen.port});
      continue;
    }
    all.push_back({IpAddress::v4(0), listen.port});
    if (context_->network().has_ipv6()) all.push_back({IpAddress::v6({}), listen.port});
  }
  return all;
}

// What stays is not touched. What goes is closed before anything is opened, which it may be in the way of, and opened
// again where that fails.
Result<void> Instance::listen_at(std::vector<ListenAddress> const& addresses) {
  auto const wanted = endpoints(addresses);
  std::vector<transport::Endpoint> gone;
  std::erase_if(listeners_, [&](Listening const& one) {
    auto const goes = std::ranges::find(wanted, one.at) == wanted.end();
    if (goes) gone.push_back(one.at);
    return goes;
  });
  auto const kept = listeners_.size();
  for (auto const& at : wanted) {
    if (std::ranges::find(listeners_, at, &Listening::at) != listeners_.end()) continue;
    auto opened = open_listener(at);
    if (opened.ok()) continue;
    listeners_.resize(kept);
    for (auto const& before : gone) {
      if (auto const back = open_listener(before); !back.ok()) log('e', back.error().message);
    }
    return opened;
  }
  return {};
}

Result<void> Instance::open_listener(transport::Endpoint const& at) {
  auto opened = transport::Listener::open(context_, at, *this, passwords_.keys(at.address.is_v6()));
  if (!opened.ok()) return opened.error();
  listeners_.push_back({at, std::move(opened).value()});
  log('i', "listening on " + listeners_.back().listener->local().text());
  return {};
}

// ---- Those that dial in

transport::Admission Instance::admission(transport::Endpoint const& remote, transport::Endpoint const&) {
  Source const source{remote.address, remote.scope_id};
  if (auto const known = by_address_.find(source); known != by_address_.end()) {
    return {neighbours_.at(known->second)->shared_transport(), true};
  }
  auto* const range = ranges_.find(remote.address);
  return range == nullptr ? transport::Admission{} : admit_dynamic(*range, source);
}

constexpr std::size_t kept_for_configured = 1024;  // neighbours

transport::Admission Instance::admit_dynamic(Ranges::Range& range, Source const& source) {
  if (sources_.held(source, context_->now())) return {nullptr, true};
  if (!context_->has_room()) {
    log_refused(range, source, "too many connections have not got as far as a session yet");
    return {};
  }
  if (rib_.room_for_peers() <= kept_for_configured) {
    log_refused(range, source, "there are 64,510 neighbours, and room is kept for those that the configuration names");
    return {nullptr, true};
  }
  if (range.used >= range.config.limit) {
    log_refused(range, source,
                "the range " + range.config.prefix.text() + " has its limit of " + std::to_string(range.config.limit) +
                    " neighbours");
    return {nullptr, true};
  }
  auto config = range.config.peer;
  config.remote = source.first;
  config.scope_id = source.second;
  auto& neighbour = make_neighbour(std::move(config), {true, sources_.faults(source)});
  ranges_.joined(neighbour.id(), range);
  neighbour.start();
  return {neighbour.shared_transport(), true};
}

// They try again and again: a line each would bury everything else.
void Instance::log_refused(Ranges::Range& range, Source const& source, std::string const& why) {
  constexpr auto pause = std::chrono::seconds(10);
  auto const now = context_->now();
  ++range.refused;
  if (now < range.next_word) return;
  auto const others = std::exchange(range.refused, 0) - 1;
  range.next_word = now + pause;
  auto const more = others == 0 ? "" : " (" + std::to_string(others) + " more since the last such line)";
  log('w', "peer " + source.first.text() + " refused: " + why + more);
}

}  // namespace bgp::engine
