// Announces prefixes to a neighbour for as long as it runs.
//   2_announce LOCAL-ADDRESS LOCAL-AS NEIGHBOUR-ADDRESS PORT NEIGHBOUR-AS NEXT-HOP PREFIX...
#include <bgp/speaker.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fputs("usage: 2_announce LOCAL-ADDRESS LOCAL-AS NEIGHBOUR-ADDRESS PORT NEIGHBOUR-AS NEXT-HOP PREFIX...\n",
               stderr);
    return 2;
  }
  auto const local = bgp::IpAddress::parse(argv[1]), neighbour = bgp::IpAddress::parse(argv[3]);
  auto const next_hop = bgp::IpAddress::parse(argv[6]);
  if (!local || !local->is_v4() || !neighbour || !next_hop) {
    std::fputs("2_announce: an address is not one; the local one must be IPv4, for it is the router ID too\n", stderr);
    return 2;
  }
  bgp::Asn const local_as{static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10))};
  if (local_as.value == 0) {
    std::fprintf(stderr, "2_announce: %s is no AS number\n", argv[2]);
    return 2;
  }
  boost::asio::io_context io;
  bgp::SpeakerConfig config;
  config.local_as = local_as;
  config.router_id = *local;
  bgp::Speaker speaker(io.get_executor(), config);

  bgp::PeerConfig peer;
  peer.remote = *neighbour;
  peer.remote_port = static_cast<std::uint16_t>(std::atoi(argv[4]));
  peer.remote_as = bgp::Asn{static_cast<std::uint32_t>(std::strtoul(argv[5], nullptr, 10))};
  peer.local = *local;
  peer.connect_retry = std::chrono::seconds(1);
  if (next_hop->is_v6()) peer.families = {bgp::ipv6_unicast};
  peer.export_filter = bgp::accept_all;  // without it, nothing is sent to an eBGP neighbour (RFC 8212)
  peer.next_hop_unchanged = true;        // else an eBGP neighbour is told our own address
  if (auto const added = speaker.add_peer(peer); !added.ok()) {
    std::fprintf(stderr, "2_announce: %s\n", added.error().message.c_str());
    return 1;
  }

  auto const peers = speaker.on_peers([](bgp::PeerEvent const& event) {
    if (event.in_sync) return;  // what it announces is of no interest here
    std::printf("peer %s %s %s\n", event.address.text().c_str(), event.up ? "up" : "down", event.reason.c_str());
    std::fflush(stdout);
  });

  // The set as a whole: called again with another set, only the difference would be sent.
  std::vector<bgp::Announcement> routes;
  for (int i = 7; i < argc; ++i) {
    auto const prefix = bgp::Prefix::parse(argv[i]);
    if (!prefix || prefix->address().is_v4() != next_hop->is_v4()) {
      std::fprintf(stderr, "2_announce: %s is no prefix of the next hop's family\n", argv[i]);
      return 2;
    }
    bgp::Announcement route;
    route.prefix = *prefix;
    route.attributes.next_hop = *next_hop;
    route.attributes.communities = {bgp::Community{config.local_as.value << 16 | 1}};
    routes.push_back(route);
  }
  speaker.announce_exactly(routes);

  if (auto const started = speaker.start(); !started.ok()) {
    std::fprintf(stderr, "2_announce: %s\n", started.error().message.c_str());
    return 1;
  }
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { speaker.stop("bye", [&] { io.stop(); }); });
  io.run();
}
