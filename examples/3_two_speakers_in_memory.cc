// Two speakers on a network in memory, as in a test of a program that uses libbgp: one announces a prefix, changes it
// and takes it back, the other says what it sees. Nothing leaves the process. Ends by itself, with 0 when all was seen.
#include <bgp/memory_network.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>

using namespace bgp::literals;

int main() {
  auto const prefix = "203.0.113.0/24"_pfx;
  boost::asio::io_context io;
  bgp::MemoryNetwork const network(io.get_executor());

  bgp::SpeakerConfig origin;
  origin.local_as = 65001_asn;
  origin.router_id = "192.0.2.1"_ip;
  auto const announcer = network.make_speaker(origin);

  bgp::SpeakerConfig listening;
  listening.local_as = 65002_asn;
  listening.router_id = "192.0.2.2"_ip;
  listening.listen = {{"192.0.2.2"_ip, 179}};
  auto const watcher = network.make_speaker(listening);

  // What is seen drives what happens next: announced, then with a MED, then gone.
  int seen = 0;
  auto const routes = watcher->on_routes([&](std::span<bgp::RouteEvent const> events) {
    for (auto const& event : events) {
      std::puts(event.text().c_str());
      if (event.kind == bgp::RouteEvent::Kind::in_sync || event.prefix != prefix) continue;
      bool const announced = event.kind == bgp::RouteEvent::Kind::announce;
      if (seen == 0 && announced && !event.attributes->med) {
        seen = 1;
        bgp::Attributes changed;
        changed.med = 10;
        announcer->originate(prefix, changed);
      } else if (seen == 1 && announced && event.attributes->med == 10u) {
        seen = 2;
        announcer->withdraw(prefix);
      } else if (seen == 2 && !announced) {
        seen = 3;
        announcer->stop("done", [&] { io.stop(); });
      }
    }
  });

  bgp::PeerConfig to_watcher;
  to_watcher.remote = "192.0.2.2"_ip;
  to_watcher.local = "192.0.2.1"_ip;
  to_watcher.remote_as = 65002_asn;
  to_watcher.export_filter = bgp::accept_all;

  bgp::PeerConfig to_announcer;
  to_announcer.remote = "192.0.2.1"_ip;
  to_announcer.remote_as = 65001_asn;
  to_announcer.passive = true;
  to_announcer.import = bgp::accept_all;

  if (!announcer->add_peer(to_watcher).ok() || !watcher->add_peer(to_announcer).ok()) return 1;
  announcer->originate(prefix);
  if (!watcher->start().ok() || !announcer->start().ok()) return 1;
  io.run_for(std::chrono::seconds(30));
  if (seen != 3) std::fprintf(stderr, "only %d of 3 changes were seen\n", seen);
  return seen == 3 ? 0 : 1;
}
