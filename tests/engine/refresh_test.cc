// Route refresh that says where it begins and ends (RFC 7313), with a neighbour that does what the test says.
#include "scripted.h"
#include "wire/nlri.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::RouteRefresh;

class Refresh : public Scripted {
 protected:
  void start(bool enhanced, bool restarts = false) {
    auto config = peer(here, there, 65002_asn, true);
    config.families = {ipv4_unicast, ipv6_unicast};
    begin(config);
    connect_again(enhanced, restarts);
  }
  void connect_again(bool enhanced, bool restarts = false) {
    auto said = open();
    said.capabilities.families = {ipv4_unicast, ipv6_unicast};
    said.capabilities.enhanced_refresh = enhanced;
    if (restarts) said.capabilities.unknown.push_back({64, {0, 120}});
    dial(said);
    heard(*peer_end);
  }
  static void append(Buffer& out, RouteRefresh const& refresh) { wire::encode(refresh, out); }
  /// 10.N.0.0/16 for each number; `attributes` of an eBGP route.
  static void append_routes(Buffer& out, std::vector<std::uint8_t> const& numbers) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Buffer const attributes{0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea, 0x40, 3, 4, 192, 0, 2, 2};
    out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(attributes.size())});
    out.insert(out.end(), attributes.begin(), attributes.end());
    for (auto const number : numbers) out.insert(out.end(), {16, 10, number});
    wire::finish_message(out, begin);
  }
  static void append_end_of_rib(Buffer& out) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    out.insert(out.end(), {0, 0, 0, 0});
    wire::finish_message(out, begin);
  }
  void say_routes(std::vector<std::uint8_t> const& numbers) {
    Buffer out;
    append_routes(out, numbers);
    say(out);
  }
  void say_refresh(std::uint8_t subtype, Family family = ipv4_unicast) {
    Buffer out;
    append(out, {family, subtype});
    say(out);
  }
  std::vector<std::string> routes() const {
    std::vector<std::string> out;
    for (auto const& route : list(us, {})) out.push_back(route.prefix.text());
    std::ranges::sort(out);
    return out;
  }
};

TEST_F(Refresh, WhatIsNotAnnouncedAgainIsGoneAtTheEnd) {
  start(true);
  say_routes({1, 2, 3});
  say_refresh(RouteRefresh::begin);
  say_routes({2, 4});
  EXPECT_EQ(routes().size(), 4U) << "not before";
  say_refresh(RouteRefresh::end);
  EXPECT_THAT(routes(), ElementsAre("10.2.0.0/16", "10.4.0.0/16"));
  EXPECT_THAT(log.back(), HasSubstr("2 routes of ipv4-unicast that it did not announce again in a refresh are gone"));
  say_routes({5});
  EXPECT_THAT(routes(), ElementsAre("10.2.0.0/16", "10.4.0.0/16", "10.5.0.0/16")) << "it is read again";
}

TEST_F(Refresh, AllInOnePieceIsTheSame) {
  start(true);
  Buffer all;
  append_routes(all, {1, 2, 3});
  append(all, {ipv4_unicast, RouteRefresh::begin});
  append_routes(all, {3});
  append(all, {ipv4_unicast, RouteRefresh::end});
  append_routes(all, {7});
  append(all, {ipv4_unicast, RouteRefresh::begin});
  append_routes(all, {7, 8});
  append(all, {ipv4_unicast, RouteRefresh::end});
  append_routes(all, {9});
  say(all);
  EXPECT_THAT(routes(), ElementsAre("10.7.0.0/16", "10.8.0.0/16", "10.9.0.0/16"));
}

TEST_F(Refresh, AnotherBeginStartsAllOver) {
  start(true);
  say_routes({1, 2});
  say_refresh(RouteRefresh::begin);
  say_routes({1});
  say_refresh(RouteRefresh::begin);
  say_routes({2});
  say_refresh(RouteRefresh::end);
  EXPECT_THAT(routes(), ElementsAre("10.2.0.0/16"));
}

TEST_F(Refresh, AnEndWithoutABeginningAndOneOfAnotherFamilyChangeNothing) {
  start(true);
  say_routes({1});
  say_refresh(RouteRefresh::end);
  say_refresh(RouteRefresh::begin);
  say_refresh(RouteRefresh::begin, ipv6_unicast);
  say_refresh(RouteRefresh::end, ipv6_unicast);
  EXPECT_EQ(routes().size(), 1U);
}

TEST_F(Refresh, OfWhoDoesNotSpeakItNothingIsBelieved) {
  start(false);
  say_routes({1});
  say_refresh(RouteRefresh::begin);
  say_refresh(RouteRefresh::end);
  EXPECT_EQ(routes().size(), 1U);
}

TEST_F(Refresh, WhoRestartsGracefullyBeginsNoneBeforeItsEndOfRib) {
  start(true, true);
  say_routes({1});
  say_refresh(RouteRefresh::begin);
  EXPECT_THAT(log.back(), HasSubstr("a refresh of ipv4-unicast before its End-of-RIB is ignored"));
  say_refresh(RouteRefresh::end);
  EXPECT_EQ(routes().size(), 1U);
  Buffer end;
  append_end_of_rib(end);
  say(end);
  say_refresh(RouteRefresh::begin);
  say_refresh(RouteRefresh::end);
  EXPECT_EQ(routes().size(), 0U);
}

/// A table that takes several slices to look through, and a refresh whose end has been read: some of what is stale is
/// gone, and some is not.
class RefreshInMany : public Refresh {
 protected:
  static constexpr std::size_t many = 12000;
  void begin_pruning() {
    start(true);
    Buffer all;
    for (unsigned n = 0; n < many; n += 250) append_hosts(all, n, 250);
    append(all, {ipv4_unicast, RouteRefresh::begin});
    append_hosts(all, 0, 10);
    append(all, {ipv4_unicast, RouteRefresh::end});
    append_hosts(all, many, 1);  // behind it, and not read before all is gone
    for (std::size_t at = 0; at < all.size(); at += 16384) {
      send(*peer_end, Buffer(all.begin() + static_cast<std::ptrdiff_t>(at),
                             all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), at + 16384))));
      if (at + 16384 < all.size()) run();
    }
    turn_until([&] { return received() > many / 2; });
    turn_until([&] { return received() < many; });
    ASSERT_GT(received(), 10U) << "the pass has not got through";
  }
  static void append_hosts(Buffer& out, unsigned first, unsigned count) {
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    Buffer const attributes{0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea, 0x40, 3, 4, 192, 0, 2, 2};
    out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(attributes.size())});
    out.insert(out.end(), attributes.begin(), attributes.end());
    for (auto n = first; n < first + count; ++n) {
      out.insert(out.end(), {24, 10, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)});
    }
    wire::finish_message(out, begin);
  }
  std::uint64_t received() const { return us.peers().at(0).families.at(0).received; }
};

TEST_F(RefreshInMany, NothingIsReadUntilAllIsGone) {
  begin_pruning();
  run();
  EXPECT_EQ(received(), 11U);
}

TEST_F(RefreshInMany, AFilterThatChangesMeanwhileIsAskedOfTheRest) {
  begin_pruning();
  ASSERT_TRUE(us.set_filters(us.peers().at(0).id, reject_all, accept_all).ok());
  run();
  EXPECT_EQ(received(), 11U);
  EXPECT_EQ(routes().size(), 0U);
}

TEST_F(RefreshInMany, ASessionThatEndsMeanwhileLeavesNothingToTheNext) {
  begin_pruning();
  peer_end->close();
  pass(10s);
  ASSERT_EQ(us.status().peers_established, 0U);
  connect_again(true);
  say_routes({1});
  EXPECT_EQ(received(), 1U);
  say_routes({2});
  EXPECT_EQ(received(), 2U) << "and it is read";
}

TEST_F(RefreshInMany, ANeighbourThatIsRemovedMeanwhileIsGone) {
  begin_pruning();
  ASSERT_TRUE(us.remove_peer(us.peers().at(0).id).ok());
  run();
  EXPECT_EQ(us.peers().size(), 0U);
  EXPECT_EQ(list(us, {}).size(), 0U);
}

TEST_F(Refresh, WhoAsksIsToldWhereItBeginsAndEnds) {
  us.originate("203.0.113.0/24"_pfx);
  start(true);
  say_refresh(RouteRefresh::request);
  EXPECT_EQ(heard(*peer_end), "route refresh, update, route refresh");
  auto const status = us.peers().at(0);
  EXPECT_EQ(status.sent.route_refresh, 2U);
  EXPECT_EQ(status.sent.update, 4U) << "twice the route, and an End-of-RIB a family";
  say_refresh(RouteRefresh::request, ipv6_unicast);
  EXPECT_EQ(heard(*peer_end), "route refresh, route refresh") << "also where there is nothing to tell";
}

TEST_F(Refresh, WhoDoesNotSpeakItIsToldTheRoutesAlone) {
  us.originate("203.0.113.0/24"_pfx);
  start(false);
  say_refresh(RouteRefresh::request);
  EXPECT_EQ(heard(*peer_end), "update");
}

}  // namespace
}  // namespace bgp::engine::test
