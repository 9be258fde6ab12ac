// Neighbours come, go, die and are changed, beside others that must not notice.
#include "harness.h"

namespace bgp::engine::test {
namespace {

using Peers = Two;
using testing::HasSubstr;

TEST_F(Peers, UpIsTold) {
  PeerWatch at_a_peers(*a), at_b_peers(*b);
  start();
  EXPECT_EQ(at_a_peers.lines, std::vector<std::string>{"192.0.2.2 up"});
  EXPECT_EQ(at_b_peers.lines, std::vector<std::string>{"192.0.2.1 up"});
}

TEST_F(Peers, AddedWhileRunningTheyComeUpAndOthersDoNotNotice) {
  start();
  a->originate("203.0.113.0/24"_pfx);
  run();
  auto const before = updates_from_a();
  auto c = speaker(65003_asn, "192.0.2.3"_ip);
  ASSERT_TRUE(c->start().ok());
  ASSERT_TRUE(c->add_peer(peer("192.0.2.3"_ip, at_a, as_a)).ok());
  run();
  auto const c_at_a = a->add_peer(peer(at_a, "192.0.2.3"_ip, 65003_asn, true));
  ASSERT_TRUE(c_at_a.ok());
  pass(1min);
  EXPECT_EQ(list(*c, {}).size(), 1U);
  ASSERT_TRUE(a->remove_peer(*c_at_a).ok());
  run();
  EXPECT_TRUE(list(*c, {}).empty());
  EXPECT_EQ(updates_from_a(), before);
  EXPECT_EQ(a->peer(b_at_a)->flaps, 0U);
  EXPECT_EQ(a->peer_ids(), std::vector<PeerId>{b_at_a});
}

TEST_F(Peers, NonsenseIsRefusedWithTheRemedy) {
  auto const why = [&](void (*spoil)(PeerConfig&)) {
    auto config = peer(at_a, "192.0.2.9"_ip, 65009_asn);
    spoil(config);
    auto const added = a->add_peer(config);
    return added.ok() ? std::string("accepted") : added.error().message;
  };
  EXPECT_THAT(why([](PeerConfig& c) { c.remote = {}; }), HasSubstr("give the neighbour's address"));
  EXPECT_THAT(why([](PeerConfig& c) { c.remote_as = {}; }), HasSubstr("give the neighbour's AS number"));
  EXPECT_THAT(why([](PeerConfig& c) { c.reflector_client = true; }), HasSubstr("must be our own AS"));
  EXPECT_THAT(why([](PeerConfig& c) { c.hold_time = 2s; }), HasSubstr("0 or 3 to 65535"));
  EXPECT_THAT(why([](PeerConfig& c) { c.connect_retry = 0s; }), HasSubstr("1 to 65535"));
  EXPECT_THAT(why([](PeerConfig& c) { c.connect_retry = -5s; }), HasSubstr("1 to 65535"));
  EXPECT_THAT(why([](PeerConfig& c) { c.families = {}; }), HasSubstr("name ipv4-unicast"));
  EXPECT_THAT(why([](PeerConfig& c) { c.families = {{1, 5}}; }), HasSubstr("family 1/5 is not supported"));
  EXPECT_EQ(why([](PeerConfig&) {}), "accepted");
  EXPECT_THAT(why([](PeerConfig&) {}), HasSubstr("exists already"));
  EXPECT_FALSE(a->remove_peer(PeerId{77}).ok());
}

TEST_F(Peers, SpeakersThatMakeNoSenseThrow) {
  SpeakerConfig config;
  config.local_as = as_a;
  EXPECT_THROW(make(config), std::invalid_argument);
  config.router_id = "2001:db8::1"_ip;
  EXPECT_THROW(make(config), std::invalid_argument);
  config.router_id = at_a;
  config.local_as = {};
  EXPECT_THROW(make(config), std::invalid_argument);
}

TEST_F(Peers, AnAddressInUseFailsTheStart) {
  ASSERT_TRUE(a->start().ok());
  auto const second = speaker(as_a, at_a)->start();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message, "cannot listen on 192.0.2.1 port 179: somebody else does");
}

TEST_F(Peers, AShutdownsTextReachesTheOtherSide) {  // RFC 9003
  start();
  PeerWatch watch(*b);
  bool stopped = false;
  a->stop("maintenance until noon", [&] { stopped = true; });
  run();
  EXPECT_TRUE(stopped);
  ASSERT_EQ(watch.lines.size(), 1U);
  EXPECT_THAT(watch.lines[0], HasSubstr("received Cease / Administrative Shutdown (6/2)"));
  EXPECT_THAT(watch.lines[0], HasSubstr("maintenance until noon"));
  EXPECT_THAT(b->peer(a_at_b)->last_error, HasSubstr("maintenance until noon"));
  pass(10min);
  EXPECT_EQ(a->status().peers_established, 0U) << "it stays down";
}

TEST_F(Peers, StopIsOverAfterTwoSecondsWhateverTheOtherSideDoes) {
  start();
  network->isolate(at_b);
  bool stopped = false;
  a->stop("bye", [&] { stopped = true; });
  pass(1900ms);
  EXPECT_FALSE(stopped);
  pass(200ms);
  EXPECT_TRUE(stopped);
}

TEST_F(Peers, AnUnsetAddressIsListenedOnInBothFamilies) {
  SpeakerConfig config;
  config.local_as = as_a;
  config.router_id = at_a;
  config.listen_port = 179;
  std::vector<std::string> log;
  config.log = [&](char, std::string const& line) { log.push_back(line); };
  auto const everywhere = make(config);
  ASSERT_TRUE(everywhere->start().ok());
  ASSERT_TRUE(everywhere->add_range({"::/0"_pfx, peer({}, {}, as_b)}).ok());
  ASSERT_TRUE(everywhere->add_range({"0.0.0.0/0"_pfx, peer({}, {}, as_b)}).ok());
  run();
  EXPECT_EQ(log, (std::vector<std::string>{"listening on 0.0.0.0 port 179", "listening on :: port 179"}));
  EXPECT_TRUE(connect("198.51.100.1"_ip, "192.0.2.77"_ip));
  EXPECT_TRUE(connect("2001:db8::1"_ip, "2001:db8::77"_ip));
}

TEST_F(Peers, AClusterThatComesLaterCountsOnStandingSessions) {
  auto const far = "192.0.2.3"_ip;
  auto client = speaker(as_a, far);
  auto expected = peer(at_a, far, as_a, true);
  expected.reflector_client = true;
  auto const id = *a->add_peer(expected);
  ASSERT_TRUE(client->add_peer(peer(far, at_a, as_a)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(client->start().ok());
  Attributes attributes;
  attributes.cluster_list = {RouterId{0x07070707}};
  attributes.originator_id = RouterId{0x08080808};
  client->originate(nth(0), attributes);
  run();
  ASSERT_EQ(a->peer(id)->families[0].accepted, 1U);
  auto clustered = peer(at_a, "192.0.2.4"_ip, as_a, true);
  clustered.cluster_id = RouterId{0x07070707};
  auto const added = a->add_peer(clustered);
  ASSERT_TRUE(added.ok());
  run();
  EXPECT_EQ(a->peer(id)->families[0].accepted, 0U) << "what is there is a loop now (RFC 4456 §8)";
  client->originate(nth(1), attributes);
  run();
  EXPECT_EQ(a->peer(id)->families[0].received, 2U);
  EXPECT_EQ(a->peer(id)->families[0].accepted, 0U);
  ASSERT_TRUE(a->remove_peer(*added).ok());
  run();
  EXPECT_EQ(a->peer(id)->families[0].accepted, 2U) << "and none any more";
}

// RFC 7606 §8: "the entire malformed UPDATE message".
TEST_F(Peers, AMalformedUpdateThatResetsTheSessionIsLoggedWithItsOctets) {
  SpeakerConfig config;
  config.local_as = as_a;
  config.router_id = "192.0.2.5"_ip;
  config.listen = {{"192.0.2.5"_ip, 179}};
  std::vector<std::string> log;
  config.log = [&](char, std::string const& line) { log.push_back(line); };
  auto const careful = make(config);
  ASSERT_TRUE(careful->add_peer(peer("192.0.2.5"_ip, at_b, as_b, true)).ok());
  ASSERT_TRUE(careful->start().ok());
  auto const stream = connect(at_b, "192.0.2.5"_ip);
  ASSERT_TRUE(stream);
  send(*stream, open_of(as_b, at_b));
  send(*stream, keepalive());
  Buffer update;
  auto const begin = wire::begin_message(update, wire::MessageType::update);
  for (auto const octet : {0, 9, 8, 10, 0, 0}) update.push_back(static_cast<std::uint8_t>(octet));
  wire::finish_message(update, begin);
  send(*stream, update);
  run();
  ASSERT_EQ(log.size(), 4U);
  EXPECT_THAT(log[2], HasSubstr("session reset with UPDATE Message Error / Malformed Attribute List (3/1)"));
  EXPECT_THAT(log[2], HasSubstr("UPDATE after its header 0009080a0000"));
}

/// A neighbour of AS 65002 at 192.0.2.2 and a speaker at 192.0.2.5 that keeps what it logs, with the severities.
class LoggedPeers : public Two {
 protected:
  IpAddress const here = "192.0.2.5"_ip;
  std::vector<std::string> log;
  std::unique_ptr<Speaker> logged = [this] {
    SpeakerConfig config;
    config.local_as = as_a;
    config.router_id = here;
    config.listen = {{here, 179}};
    config.log = [this](char severity, std::string const& line) { log.push_back(severity + (" " + line)); };
    return make(config);
  }();
  std::shared_ptr<transport::Stream> established(PeerConfig config) {
    EXPECT_TRUE(logged->add_peer(std::move(config)).ok());
    EXPECT_TRUE(logged->start().ok());
    auto const stream = connect(at_b, here);
    if (!stream) return nullptr;
    send(*stream, open_of(as_b, at_b));
    send(*stream, keepalive());
    run();
    return stream;
  }
};

TEST_F(LoggedPeers, AWrongAsIsNamedWithTheExpectedOne) {
  ASSERT_TRUE(established(peer(here, at_b, 65099_asn, true)));
  std::string const both = "sent OPEN Message Error / Bad Peer AS (2/2): the peer says AS 65002, expected 65099";
  EXPECT_EQ(log.back(), "w peer 192.0.2.2: " + both);
  EXPECT_EQ(logged->peers().front().last_error, both);
}

TEST_F(LoggedPeers, AWrongAsOfANeighbourOfARangeIsNamedAsWell) {
  ASSERT_TRUE(logged->add_range({"192.0.2.0/28"_pfx, peer({}, {}, 65099_asn)}).ok());
  ASSERT_TRUE(logged->start().ok());
  auto const stream = connect(at_b, here);
  ASSERT_TRUE(stream);
  send(*stream, open_of(as_b, at_b));
  run();
  EXPECT_THAT(log.back(), HasSubstr("192.0.2.2: sent OPEN Message Error / Bad Peer AS (2/2): the peer says AS 65002, "
                                    "expected 65099"));
}

TEST_F(LoggedPeers, AnAsThatTheOtherSideRefusesIsNamed) {
  ASSERT_TRUE(a->add_peer(peer(at_a, here, 65099_asn, true)).ok());
  ASSERT_TRUE(a->start().ok());
  ASSERT_TRUE(logged->add_peer(peer(here, at_a, as_a)).ok());
  ASSERT_TRUE(logged->start().ok());
  run();
  EXPECT_THAT(log.back(), HasSubstr("Bad Peer AS (2/2): the peer expects another AS than our 65001"));
}

TEST_F(LoggedPeers, AnOrderlyStopIsNoWarningAndNobodyIsToldWhoIsNotThere) {
  ASSERT_TRUE(logged->add_peer(peer(here, "192.0.2.9"_ip, as_b, true)).ok());
  auto const silent = *logged->add_peer(peer(here, "192.0.2.10"_ip, as_b));
  network->isolate("192.0.2.10"_ip);
  ASSERT_TRUE(established(peer(here, at_b, as_b, true)));
  ASSERT_EQ(logged->peer(silent)->state, "Connect") << "nobody answers its dial";
  log.clear();
  logged->stop("bye", [] {});
  run();
  EXPECT_EQ(log, std::vector<std::string>{"i peer 192.0.2.2 down: sent Cease / Administrative Shutdown (6/2): bye"});
}

TEST_F(LoggedPeers, ADialThatFailsIsLoggedOnceForEachReason) {
  ASSERT_TRUE(logged->add_peer(peer(here, at_b, as_b)).ok());
  ASSERT_TRUE(logged->start().ok());
  pass(10min);
  std::string const refused =
      "i peer 192.0.2.2 not connected: connection refused; trying again, and silent until the reason changes";
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1], refused);
  ASSERT_TRUE(b->add_peer(peer(at_b, here, as_a, true)).ok());
  ASSERT_TRUE(b->start().ok());
  pass(1min);
  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(log[2], "i peer 192.0.2.2 up, AS 65002");
  b.reset();
  pass(10min);
  EXPECT_EQ(std::ranges::count(log, refused), 2) << "a new story";
}

TEST_F(LoggedPeers, ARefusedRoutesPrefixesAreShownAsText) {
  auto const stream = established(peer(here, at_b, as_b, true));
  ASSERT_TRUE(stream);
  Buffer update;
  auto const begin = wire::begin_message(update, wire::MessageType::update);
  for (auto const octet : {0, 0, 0, 4, 0x40, 1, 1, 0, 22, 63, 123, 92}) {  // no AS_PATH, no NEXT_HOP
    update.push_back(static_cast<std::uint8_t>(octet));
  }
  for (std::uint8_t i = 1; i <= 7; ++i) update.insert(update.end(), {8, i});
  wire::finish_message(update, begin);
  send(*stream, update);
  run();
  EXPECT_THAT(log.back(), HasSubstr("treated as withdrawn, NLRI 63.123.92.0/22, 1.0.0.0/8, 2.0.0.0/8, 3.0.0.0/8, "
                                    "4.0.0.0/8 and 3 more, UPDATE after its header 0000"));
}

TEST_F(LoggedPeers, KnownCapabilitiesAreNamed) {
  ASSERT_TRUE(logged->add_peer(peer(here, at_b, as_b, true)).ok());
  ASSERT_TRUE(logged->start().ok());
  auto const stream = connect(at_b, here);
  ASSERT_TRUE(stream);
  wire::Open open;
  open.as_field = 65002;
  open.hold_time = 90;
  open.router_id = RouterId{at_b.v4_value()};
  for (int const code : {64, 71, 67, 73, 200}) {
    open.capabilities.unknown.push_back({static_cast<std::uint8_t>(code), {1, 2}});
  }
  Buffer octets;
  wire::encode(open, octets);
  send(*stream, octets);
  run();
  EXPECT_THAT(logged->peers().front().capabilities_received,
              testing::ElementsAre("graceful restart", "long-lived graceful restart", "dynamic capability", "FQDN",
                                   "code 200 (2 octets)"));
}

TEST_F(Peers, EveryStopIsTold) {
  start();
  std::vector<std::string> done;
  a->stop("bye", [&] { done.emplace_back("first"); });
  a->stop("I said bye", [&] { done.emplace_back("second"); });
  a->stop("indeed", nullptr);
  run();
  EXPECT_EQ(done, (std::vector<std::string>{"first", "second"}));
  a->stop("again", [&] { done.emplace_back("third"); });
  run();
  EXPECT_EQ(done.size(), 3U);
}

TEST_F(Peers, AStoppedSpeakerIsQuietUntilItIsStartedAgain) {
  start();
  a->originate("203.0.113.0/24"_pfx);
  a->stop("bye", nullptr);
  run();
  ASSERT_TRUE(a->add_peer(peer(at_a, "192.0.2.9"_ip, 65009_asn)).ok());
  pass(5min);
  EXPECT_EQ(a->peer(*a->find_peer("192.0.2.9"_ip))->state, "Idle");
  EXPECT_EQ(b->peer(a_at_b)->last_error, "connection refused");
  ASSERT_TRUE(a->start().ok());
  pass(2min);
  EXPECT_EQ(a->peer(b_at_a)->state, "Established");
  EXPECT_EQ(list(*b, {}).size(), 1U);
  EXPECT_EQ(a->peer(*a->find_peer("192.0.2.9"_ip))->last_error, "connection refused") << "it dials now";
}

TEST_F(Peers, ADeadOnesRoutesGoEverywhere) {
  auto c = speaker(65003_asn, "192.0.2.3"_ip);
  ASSERT_TRUE(c->add_peer(peer("192.0.2.3"_ip, at_b, as_b, true)).ok());
  ASSERT_TRUE(c->start().ok());
  auto const c_at_b = *b->add_peer(peer(at_b, "192.0.2.3"_ip, 65003_asn));
  start(peer(at_a, at_b, as_b, true), peer(at_b, at_a, as_a));
  Watch at_c_routes(*c);
  PeerWatch at_b_peers(*b);
  for (std::uint32_t i = 0; i < 20000; ++i) a->originate(nth(i));
  b->originate("203.0.113.0/24"_pfx);
  run();
  ASSERT_EQ(at_c_routes.routes.size(), 20001U);
  network->isolate(at_a);
  pass(89s);
  EXPECT_EQ(at_c_routes.routes.size(), 20001U) << "it may still come back";
  pass(2s);
  ASSERT_EQ(at_b_peers.lines.size(), 1U);
  EXPECT_THAT(at_b_peers.lines[0], HasSubstr("192.0.2.1 down: sent Hold Timer Expired"));
  EXPECT_EQ(at_c_routes.routes.size(), 1U);
  EXPECT_EQ(b->peer(c_at_b)->families[0].sent, 1U);
  EXPECT_EQ(b->status().tables[0].paths, 1U);
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 0U);
}

// The paths of a lost session are removed in slices. A neighbour that is back before the last of them must not lose
// what it announced meanwhile.
TEST_F(Peers, ANewSessionsRoutesSurviveTheRemovalOfTheOldOnes) {
  constexpr std::uint32_t many = 100'000;
  start(peer(at_a, at_b, as_b), peer(at_b, at_a, as_a, true));
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), with_med(1));
  run();
  ASSERT_EQ(b->peer(a_at_b)->families[0].received, many);
  std::uint64_t left_when_up = 0;
  auto const subscription = b->on_peers([&](PeerEvent const& event) {
    if (event.up && !event.in_sync) left_when_up = b->peer(event.id)->families[0].received;
  });
  Watch watch(*b);

  a = speaker(as_a, at_a);
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b)).ok());
  for (auto const index : {5U, many / 2, many - 1}) a->originate(nth(index), with_med(2));
  ASSERT_TRUE(a->start().ok());
  run();
  EXPECT_GT(left_when_up, 0U) << "the removal was over: this test shows nothing";
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 3U);
  ASSERT_EQ(watch.routes.size(), 3U);
  for (auto const& [prefix, attributes] : watch.routes) EXPECT_EQ(attributes.med, 2U) << prefix.text();
}

// Lost again while the first session's paths are still being removed: the third session waits for both passes.
TEST_F(Peers, TheThirdSessionsRoutesSurviveTheRemovalOfTheSecondOnes) {
  constexpr std::uint32_t many = 100'000;
  start(peer(at_a, at_b, as_b), peer(at_b, at_a, as_a, true));
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i));
  run();
  auto const begin_again = [this] {
    a = speaker(as_a, at_a);
    ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b)).ok());
    for (auto const index : {5U, many / 2, many - 1}) a->originate(nth(index));
    ASSERT_TRUE(a->start().ok());
  };
  std::vector<std::uint64_t> left_when_up;
  auto const subscription = b->on_peers([&](PeerEvent const& event) {
    if (!event.up || event.in_sync) return;
    left_when_up.push_back(b->peer(event.id)->families[0].received);
    if (left_when_up.size() == 1) begin_again();
  });
  begin_again();
  run();
  ASSERT_EQ(left_when_up.size(), 2U);
  EXPECT_GT(left_when_up[1], 3U) << "the first removal was over: this test shows nothing";
  EXPECT_EQ(b->peer(a_at_b)->state, "Established");
  EXPECT_EQ(b->peer(a_at_b)->families[0].received, 3U);
}

TEST_F(Peers, ARemovedOneIsToldAndForgottenAndMayBeAddedAgain) {
  start();
  Watch at_b_routes(*b);
  a->originate("203.0.113.0/24"_pfx);
  b->originate("198.51.100.0/24"_pfx);
  run();
  PeerWatch at_a_peers(*a), at_b_peers(*b);
  ASSERT_TRUE(b->remove_peer(a_at_b).ok());
  run();
  EXPECT_EQ(at_b_peers.lines, std::vector<std::string>{"192.0.2.1 down: neighbour removed"});
  ASSERT_EQ(at_a_peers.lines.size(), 1U);
  EXPECT_EQ(at_a_peers.lines[0], "192.0.2.2 down: received Cease / Peer De-configured (6/3)");
  EXPECT_FALSE(b->find_peer(at_a));
  EXPECT_FALSE(b->peer(a_at_b));
  EXPECT_EQ(at_b_routes.routes.size(), 1U);
  EXPECT_TRUE(list(*a, {}).size() == 1U);

  auto with_another_filter = peer(at_b, at_a, as_a);
  with_another_filter.import = reject_all;
  ASSERT_TRUE(b->add_peer(with_another_filter).ok());
  pass(1min);
  EXPECT_EQ(b->status().peers_established, 1U);
  EXPECT_EQ(at_b_routes.routes.size(), 1U) << "the new filter lets nothing in";
  EXPECT_EQ(list(*a, {}).size(), 2U);
}

TEST_F(Peers, NumbersOfThoseThatAreGoneAreUsedAgain) {
  for (int round = 0; round < 100; ++round) {
    auto const added = a->add_peer(peer(at_a, "192.0.2.9"_ip, 65009_asn, true));
    ASSERT_TRUE(added.ok());
    ASSERT_LE(added->value, 2U) << "a peer's number is an index: it must not grow for ever";
    ASSERT_TRUE(a->remove_peer(*added).ok());
    run();
  }
}

TEST_F(Peers, ASubscriptionThatHasEndedHearsNothing) {
  start();
  PeerWatch ended(*b), other(*b);
  a.reset();
  run();
  ended.end();
  pass(1min);
  a = speaker(as_a, at_a);
  ASSERT_TRUE(a->add_peer(peer(at_a, at_b, as_b, true)).ok());
  ASSERT_TRUE(a->start().ok());
  pass(2min);
  EXPECT_EQ(ended.lines.size(), 1U);
  EXPECT_EQ(other.lines.size(), 2U);
}

TEST_F(Peers, OneThatComesBackHasExactlyItsPresentRoutes) {
  start();
  Watch watch(*b);
  for (std::uint32_t i = 0; i < 1000; ++i) a->originate(nth(i), with_med(1));
  run();
  network->isolate(at_b);
  pass(2min);
  EXPECT_TRUE(watch.routes.empty());
  for (std::uint32_t i = 0; i < 500; ++i) a->withdraw(nth(i));
  a->originate(nth(700), with_med(2));
  network->rejoin(at_b);
  pass(3min);
  EXPECT_EQ(watch.routes.size(), 500U);
  EXPECT_EQ(watch.routes.at(nth(700)).med, 2U);
  EXPECT_EQ(b->peer(a_at_b)->flaps, 1U);
}

TEST_F(Peers, OneLinkLocalAddressOnTwoInterfacesIsTwoNeighbours) {
  auto const link_local = "fe80::1"_ip;
  SpeakerConfig config;
  config.local_as = as_b;
  config.router_id = at_b;
  config.listen = {{"fe80::2"_ip, 179}};
  auto here = make(config);
  auto there = speaker(as_a, at_a);
  PeerId ids[2];
  for (std::uint32_t const scope : {2U, 3U}) {
    auto expected = peer("fe80::2"_ip, link_local, as_a, true);
    expected.scope_id = scope;
    ids[scope - 2] = *here->add_peer(expected);
  }
  auto dialling = peer(link_local, "fe80::2"_ip, as_b);
  dialling.scope_id = 3;
  ASSERT_TRUE(there->add_peer(dialling).ok());
  PeerEvent last;
  auto const subscription = here->on_peers([&](PeerEvent const& event) { last = event; });
  ASSERT_TRUE(here->start().ok());
  ASSERT_TRUE(there->start().ok());
  run();
  EXPECT_EQ(here->peer(ids[0])->state, "Active");
  EXPECT_EQ(here->peer(ids[1])->state, "Established");
  EXPECT_EQ(here->peer(ids[1])->scope_id, 3U);
  EXPECT_EQ(last.scope_id, 3U);
  EXPECT_EQ(here->find_peer(link_local, 3), ids[1]);
  EXPECT_EQ(here->find_peer(link_local), ids[0]);
  EXPECT_FALSE(here->find_peer(link_local, 1));
  EXPECT_FALSE(here->find_peer(link_local, 4));
}

}  // namespace
}  // namespace bgp::engine::test
