// A filter of libbgp towards a real BIRD: what birdc shows of the routes it changes, before and after the filter is
// changed on the session that is up. The Speaker runs in this process, in the test's network namespace.
#include <boost/asio/io_context.hpp>

#include "bgp/route_map.h"
#include "bgp/speaker.h"
#include "interop_test.h"

namespace interop {
namespace {

using namespace bgp::literals;

auto const first = "203.0.113.0/24";
auto const second = "198.51.100.0/24";

std::vector<bgp::CommunityPattern> communities(std::vector<std::string> const& texts) {
  std::vector<bgp::CommunityPattern> out;
  for (auto const& text : texts) out.push_back(*bgp::CommunityPattern::parse(text));
  return out;
}

std::shared_ptr<bgp::PrefixList const> only(std::string_view prefix) {
  return std::make_shared<bgp::PrefixList const>(std::vector{*bgp::PrefixList::Entry::parse(prefix)});
}

bgp::FilterPtr before() {
  bgp::RouteRule rule{.then = bgp::RouteRule::Then::accept};
  rule.set.local_pref = 250;
  rule.set.med = 30;
  rule.set.remove = communities({"65000:*"});
  rule.set.add = communities({"65000:7", "large:65000:1:2", "rt:65000:100"});
  rule.set.prepend_ases = {64999_asn, 64999_asn};
  return bgp::route_map("before", {rule});
}

bgp::FilterPtr after() {
  bgp::RouteRule refuse{.name = "no-second", .then = bgp::RouteRule::Then::reject};
  refuse.match.prefixes = {only(second)};
  bgp::RouteRule rest{.then = bgp::RouteRule::Then::accept};
  rest.set.local_pref = 50;
  rest.set.next_hop = "10.77.0.99"_ip;
  return bgp::route_map("after", {refuse, rest});
}

struct Filters : Interop {
  /// iBGP between the Speaker at 10.77.0.1 and BIRD at 10.77.0.2.
  void start() {
    bgp::SpeakerConfig config;
    config.local_as = 65000_asn;
    config.router_id = "10.77.0.1"_ip;
    config.listen = {{config.router_id, 179}};
    speaker.emplace(io.get_executor(), config);
    bgp::PeerConfig peer;
    peer.remote = "10.77.0.2"_ip;
    peer.local = config.router_id;
    peer.remote_as = 65000_asn;
    peer.passive = true;
    peer.export_filter = before();
    id = *speaker->add_peer(peer);
    bgp::Attributes attributes;
    attributes.as_path.segments = {{bgp::AsPathSegment::Kind::sequence, {64512_asn}}};
    attributes.communities = {*bgp::Community::parse("65000:1"), *bgp::Community::parse("64512:5")};
    for (auto const* prefix : {first, second}) speaker->originate(*bgp::Prefix::parse(prefix), attributes);
    ASSERT_TRUE(speaker->start().ok());
    bird.emplace(directory_, BirdOptions{.name = "bird",
                                         .id = "10.77.0.2",
                                         .sessions = {{.local = "10.77.0.2"}},
                                         .routes = "route 192.0.2.0/24 blackhole { " + usual_in_bird + " };"});
  }
  /// What BIRD shows, while the Speaker runs.
  auto shown(std::string const& prefix) {
    return [this, prefix] {
      io.restart();
      io.run_for(std::chrono::milliseconds(20));
      return bird->route(prefix);
    };
  }
  boost::asio::io_context io{1};
  std::optional<bgp::Speaker> speaker;
  std::optional<Bird> bird;
  bgp::PeerId id;
};

TEST_F(Filters, BirdShowsWhatAFilterMadeAndWhatAnotherMakesOnTheSameSession) {
  if (!need({"bird"})) return;
  ASSERT_NO_FATAL_FAILURE(start());
  Shown const changed{{"origin", "IGP"},
                      {"as_path", "64999 64999 64512"},
                      {"next_hop", "10.77.0.1"},
                      {"med", "30"},
                      {"local_pref", "250"},
                      {"community", "(64512,5) (65000,7)"},
                      {"large_community", "(65000, 1, 2)"},
                      {"ext_community", "(rt, 65000, 100)"}};
  EXPECT_TRUE(comes_to_show(shown(first), changed));
  EXPECT_TRUE(comes_to_show(shown(second), changed));

  ASSERT_TRUE(speaker->set_filters(id, bgp::reject_all, after()).ok());
  Shown const otherwise{{"origin", "IGP"},
                        {"as_path", "64512"},
                        {"next_hop", "10.77.0.99"},
                        {"local_pref", "50"},
                        {"community", "(65000,1) (64512,5)"}};
  EXPECT_TRUE(comes_to_show(shown(first), otherwise));
  EXPECT_TRUE(comes_to_show(shown(second), std::nullopt));
  auto const status = speaker->peer(id);
  EXPECT_EQ(status->flaps, 0U);
  EXPECT_EQ(status->families[0].received, 1U);
  EXPECT_EQ(status->families[0].accepted, 0U) << "the import filter was changed, too";
  auto const explained = speaker->explain(*bgp::Prefix::parse(second));
  ASSERT_EQ(explained.exports.size(), 1U);
  EXPECT_EQ(explained.exports[0].rule, "filter after, rule 1 (no-second)");
}

}  // namespace
}  // namespace interop
