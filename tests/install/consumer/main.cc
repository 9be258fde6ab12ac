// A program of somebody else's: knows nothing of the tree but <bgp/...>. A speaker without neighbours originates a
// route and sees it come back as an event.
#include <bgp/speaker.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>

int main() {
  using namespace bgp::literals;
  boost::asio::io_context io;
  bgp::SpeakerConfig config;
  config.local_as = 65001_asn;
  config.router_id = "192.0.2.1"_ip;
  bgp::Speaker speaker(io.get_executor(), config);
  bool seen = false;
  auto const routes = speaker.on_routes([&](std::span<bgp::RouteEvent const> events) {
    for (auto const& event : events) {
      std::puts(event.text().c_str());
      if (event.kind == bgp::RouteEvent::Kind::announce && event.prefix == "203.0.113.0/24"_pfx) seen = true;
    }
    if (seen) io.stop();
  });
  speaker.originate("203.0.113.0/24"_pfx);
  if (!speaker.start().ok()) return 2;
  io.run_for(std::chrono::seconds(10));
  return seen ? 0 : 1;
}
