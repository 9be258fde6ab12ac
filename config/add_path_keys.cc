#include "config/add_path_keys.h"

namespace tern::config {

namespace {

using Mode = bgp::AddPathSend::Mode;

void read_send(Value const& value, bgp::AddPathSend& send) {
  constexpr auto limit = bgp::AddPathSend::limit;
  if (value.says("false")) return;
  if (value.says("all")) {
    send.mode = Mode::best;
  } else if (value.says("best-of-each-as")) {
    send.mode = Mode::best_of_each_as;
  } else if (auto const most = value.number(2, limit, "all, best-of-each-as, false or ")) {
    send = {Mode::best, static_cast<unsigned>(*most)};
  }
}

std::span<Key<bgp::PeerConfig> const> keys() {
  static std::vector<Key<bgp::PeerConfig>> const all = {
      {"receive", [](Value const& v, bgp::PeerConfig& peer) { v.read(peer.add_path_receive); }},
      {"send", [](Value const& v, bgp::PeerConfig& peer) { read_send(v, peer.add_path_send); }},
  };
  return all;
}

}  // namespace

void read_add_path(Value const& value, bgp::PeerConfig& peer) {
  peer.add_path_receive = false;
  peer.add_path_send = {};
  read_map(value, keys(), peer);
}

}  // namespace tern::config
