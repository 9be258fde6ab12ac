// Accepts from a neighbour what its filter lets through, prefers some of it, and prints what comes of that.
//   4_filter LOCAL-ADDRESS PORT LOCAL-AS NEIGHBOUR-ADDRESS NEIGHBOUR-AS
#include <bgp/route_map.h>
#include <bgp/speaker.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

namespace {

// Rules are asked in their order; what none of them accepts is rejected.
bgp::FilterPtr from_neighbour() {
  auto const entry = [](char const* text) { return *bgp::PrefixList::Entry::parse(text); };
  auto const private_space = std::make_shared<bgp::PrefixList const>(
      std::vector{entry("10.0.0.0/8 le 32"), entry("172.16.0.0/12 le 32"), entry("192.168.0.0/16 le 32")});

  bgp::RouteRule martians{.name = "no-martians", .then = bgp::RouteRule::Then::reject};
  martians.match.prefixes = {private_space};

  bgp::RouteRule own_customers{.name = "customers"};  // decides nothing: the next rule is asked as well
  own_customers.match.as_paths = {*bgp::AsPathPattern::parse("64512-65534+")};
  own_customers.set.local_pref = 200;
  own_customers.set.add = {*bgp::CommunityPattern::parse("large:65001:1:1")};

  bgp::RouteRule rest{.name = "rest", .then = bgp::RouteRule::Then::accept};
  return bgp::route_map("from-neighbour", {martians, own_customers, rest});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: 4_filter LOCAL-ADDRESS PORT LOCAL-AS NEIGHBOUR-ADDRESS NEIGHBOUR-AS\n", stderr);
    return 2;
  }
  auto const local = bgp::IpAddress::parse(argv[1]), neighbour = bgp::IpAddress::parse(argv[4]);
  if (!local || !local->is_v4() || !neighbour) {
    std::fputs("4_filter: an address is not one; the local one must be IPv4, for it is the router ID too\n", stderr);
    return 2;
  }
  boost::asio::io_context io;
  bgp::SpeakerConfig config;
  config.local_as = bgp::Asn{static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10))};
  config.router_id = *local;
  config.listen = {{*local, static_cast<std::uint16_t>(std::atoi(argv[2]))}};
  bgp::Speaker speaker(io.get_executor(), config);  // throws when the AS number is 0

  bgp::PeerConfig peer;
  peer.local = *local;
  peer.passive = true;  // it dials us
  peer.remote = *neighbour;
  peer.remote_as = bgp::Asn{static_cast<std::uint32_t>(std::strtoul(argv[5], nullptr, 10))};
  peer.import = from_neighbour();  // another one later, with the session up: speaker.set_filters(id, ...)
  if (auto const added = speaker.add_peer(peer); !added.ok()) {
    std::fprintf(stderr, "4_filter: %s\n", added.error().message.c_str());
    return 1;
  }

  auto const routes = speaker.on_routes([&speaker](std::span<bgp::RouteEvent const> events) {
    for (auto const& event : events) {
      std::puts(event.text().c_str());
      if (event.kind != bgp::RouteEvent::Kind::announce) continue;
      auto const explanation = speaker.explain(event.prefix);  // the best path first
      if (explanation.paths.empty() || explanation.paths[0].route.changed_by.empty()) continue;
      std::printf("  changed by %s\n", explanation.paths[0].route.changed_by.c_str());
    }
    std::fflush(stdout);
  });
  if (auto const started = speaker.start(); !started.ok()) {
    std::fprintf(stderr, "4_filter: %s\n", started.error().message.c_str());
    return 1;
  }
  io.run();
}
