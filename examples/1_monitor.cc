// Prints every route that a neighbour announces, and every change. Passive: it waits to be dialled.
//   1_monitor LOCAL-ADDRESS PORT LOCAL-AS NEIGHBOUR-ADDRESS NEIGHBOUR-AS
#include <bgp/speaker.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: 1_monitor LOCAL-ADDRESS PORT LOCAL-AS NEIGHBOUR-ADDRESS NEIGHBOUR-AS\n", stderr);
    return 2;
  }
  auto const local = bgp::IpAddress::parse(argv[1]), neighbour = bgp::IpAddress::parse(argv[4]);
  if (!local || !local->is_v4() || !neighbour) {
    std::fputs("1_monitor: an address is not one; the local one must be IPv4, for it is the router ID too\n", stderr);
    return 2;
  }
  auto const port = std::strtoul(argv[2], nullptr, 10);
  auto const local_as = bgp::Asn{static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10))};
  auto const remote_as = bgp::Asn{static_cast<std::uint32_t>(std::strtoul(argv[5], nullptr, 10))};
  if (port == 0 || port > 65535 || local_as.value == 0) {
    std::fputs("1_monitor: the port is 1 to 65535, an AS number not 0\n", stderr);
    return 2;
  }

  boost::asio::io_context io;
  bgp::SpeakerConfig config;
  config.local_as = local_as;
  config.router_id = *local;
  config.listen = {{*local, static_cast<std::uint16_t>(port)}};
  bgp::Speaker speaker(io.get_executor(), config);

  // First what is there, then in_sync, then each change as it happens.
  auto const routes = speaker.on_routes([](std::span<bgp::RouteEvent const> events) {
    for (auto const& event : events) std::puts(event.text().c_str());
    std::fflush(stdout);
  });
  auto const peers = speaker.on_peers([](bgp::PeerEvent const& event) {
    std::printf("peer %s %s %s\n", event.address.text().c_str(),
                event.in_sync ? "in sync"
                : event.up    ? "up"
                              : "down",
                event.reason.c_str());
    std::fflush(stdout);
  });

  bgp::PeerConfig peer;
  peer.remote = *neighbour;
  peer.remote_as = remote_as;
  peer.passive = true;
  peer.families = {bgp::ipv4_unicast, bgp::ipv6_unicast};
  peer.import = bgp::accept_all;  // without it, an eBGP neighbour's routes are not taken (RFC 8212)
  if (auto const added = speaker.add_peer(peer); !added.ok()) {
    std::fprintf(stderr, "1_monitor: %s\n", added.error().message.c_str());
    return 1;
  }
  if (auto const started = speaker.start(); !started.ok()) {
    std::fprintf(stderr, "1_monitor: %s\n", started.error().message.c_str());
    return 1;
  }
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { speaker.stop("bye", [&] { io.stop(); }); });
  io.run();
}
