// Two speakers in one process, on one thread: one announces a prefix, changes it and takes it back, the other says what
// it sees. They meet on loopback; nothing leaves the process but that. Ends by itself, with 0 when all was seen.
//   3_two_speakers_in_memory [PORT]
#include <bgp/speaker.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace bgp::literals;

int main(int argc, char** argv) {
  auto const port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 11790);
  auto const prefix = "203.0.113.0/24"_pfx;
  boost::asio::io_context io;

  bgp::SpeakerConfig origin;
  origin.local_as = 65001_asn;
  origin.router_id = "127.0.0.1"_ip;
  bgp::Speaker announcer(io.get_executor(), origin);

  bgp::SpeakerConfig listening;
  listening.local_as = 65002_asn;
  listening.router_id = "127.0.0.2"_ip;
  listening.listen = {{"127.0.0.2"_ip, port}};
  bgp::Speaker watcher(io.get_executor(), listening);

  // A next hop within 127.0.0.0/8 would be refused, so another one is named, and kept.
  bgp::Attributes attributes;
  attributes.next_hop = "192.0.2.1"_ip;

  // What is seen drives what happens next: announced, then with a MED, then gone.
  int seen = 0;
  auto const routes = watcher.on_routes([&](std::span<bgp::RouteEvent const> events) {
    for (auto const& event : events) {
      std::puts(event.text().c_str());
      if (event.kind == bgp::RouteEvent::Kind::in_sync || event.prefix != prefix) continue;
      bool const announced = event.kind == bgp::RouteEvent::Kind::announce;
      if (seen == 0 && announced && !event.attributes->med) {
        seen = 1;
        auto changed = attributes;
        changed.med = 10;
        announcer.originate(prefix, changed);
      } else if (seen == 1 && announced && event.attributes->med == 10u) {
        seen = 2;
        announcer.withdraw(prefix);
      } else if (seen == 2 && !announced) {
        seen = 3;
        announcer.stop("done", [&] { io.stop(); });
      }
    }
  });

  bgp::PeerConfig to_watcher;
  to_watcher.remote = "127.0.0.2"_ip;
  to_watcher.remote_port = port;
  to_watcher.local = "127.0.0.1"_ip;
  to_watcher.remote_as = 65002_asn;
  to_watcher.connect_retry = std::chrono::seconds(1);
  to_watcher.export_filter = bgp::accept_all;
  to_watcher.next_hop_unchanged = true;

  bgp::PeerConfig to_announcer;
  to_announcer.remote = "127.0.0.1"_ip;
  to_announcer.remote_as = 65001_asn;
  to_announcer.passive = true;
  to_announcer.import = bgp::accept_all;

  if (!announcer.add_peer(to_watcher).ok() || !watcher.add_peer(to_announcer).ok()) return 1;
  announcer.originate(prefix, attributes);
  for (auto* speaker : {&watcher, &announcer}) {
    if (auto const started = speaker->start(); !started.ok()) {
      std::fprintf(stderr, "%s\n", started.error().message.c_str());
      return 1;
    }
  }
  io.run_for(std::chrono::seconds(30));
  if (seen != 3) std::fprintf(stderr, "only %d of 3 changes were seen\n", seen);
  return seen == 3 ? 0 : 1;
}
