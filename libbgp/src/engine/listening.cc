// Where the speaker accepts connections, and whom it lets in.
#include "engine/instance.h"

namespace bgp::engine {

// An unset address is one listener for each family: the IPv6 one alone would be refused where IPv6 is turned off, and
// shows IPv4 neighbours under other addresses than their own.
std::vector<transport::Endpoint> Instance::endpoints() const {
  std::vector<transport::Endpoint> all;
  for (auto const& listen : config_.listen) {
    if (!listen.address.is_unset()) {
      all.push_back({listen.address, listen.port});
      continue;
    }
    all.push_back({IpAddress::v4(0), listen.port});
    if (context_->network().has_ipv6()) all.push_back({IpAddress::v6({}), listen.port});
  }
  return all;
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
