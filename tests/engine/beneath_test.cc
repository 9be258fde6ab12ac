// What changes beneath a session that is up, without a reset: who is a client, in which cluster, what may come in. Each
// is compared with what a session that began so would have.
#include <random>

#include "harness.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A reflector and four neighbours of its AS, each with one route.
class Reflecting : public World {
 protected:
  static constexpr std::size_t count = 4;
  IpAddress const at_center = "192.0.2.100"_ip;
  Asn const as = 65000_asn;
  struct Client {
    IpAddress at;
    std::unique_ptr<Speaker> speaker;
    PeerConfig config;  // the center's
  };

  static IpAddress address(std::size_t n) { return IpAddress::v4(0xc0000201U + static_cast<std::uint32_t>(n)); }
  SpeakerConfig own() const {
    SpeakerConfig config;
    config.local_as = as;
    config.router_id = at_center;
    config.listen = {{at_center, 179}};
    config.client_to_client = client_to_client;
    config.cluster_id = cluster_id;
    return config;
  }
  void start() {
    center = make(own());
    for (std::size_t n = 0; n < count; ++n) {
      auto& one = clients.at(n);
      one.at = address(n);
      one.speaker = speaker(as, one.at);
      one.config = peer(at_center, one.at, as);
      if (n == 0) one.config.add_path_send = {AddPathSend::Mode::best, AddPathSend::limit};
      auto theirs = peer(one.at, at_center, as, true);
      theirs.add_path_receive = n == 0;
      ASSERT_TRUE(one.speaker->add_peer(theirs).ok());
      ASSERT_TRUE(center->add_peer(one.config).ok());
      ASSERT_TRUE(one.speaker->start().ok());
      one.speaker->originate(nth(static_cast<std::uint32_t>(n)));
    }
    ASSERT_TRUE(center->start().ok());
    run();
    ASSERT_EQ(center->status().peers_established, count);
  }
  void change(std::size_t n, std::function<void(PeerConfig&)> const& edit) {
    edit(clients.at(n).config);
    auto const updated = center->update_peer(*center->find_peer(clients.at(n).at), clients.at(n).config);
    ASSERT_TRUE(updated.ok()) << updated.error().message;
    EXPECT_FALSE(updated->new_session);
  }
  /// The clusters through which n's route came to m, "-" when it did not.
  std::string clusters(std::size_t n, std::size_t m) {
    for (auto const& route : list(*clients.at(m).speaker, {})) {
      if (route.prefix != nth(static_cast<std::uint32_t>(n))) continue;
      std::string out;
      for (auto const cluster : route.attributes.cluster_list) out += cluster.text();
      return out;
    }
    return "-";
  }
  std::string expected(std::size_t n, std::size_t m) const {
    auto const &from = clients.at(n).config, &to = clients.at(m).config;
    auto const cluster = [&](PeerConfig const& of) {
      return of.cluster_id.value_or(cluster_id.value_or(RouterId{at_center.v4_value()}));
    };
    if (!from.reflector_client && !to.reflector_client) return "-";
    auto const both = from.reflector_client && to.reflector_client;
    if (both && !client_to_client && cluster(from) == cluster(to)) return "-";
    return cluster(from.reflector_client ? from : to).text();
  }
  void all_as_expected(std::string const& when) {
    for (std::size_t n = 0; n < count; ++n) {
      for (std::size_t m = 0; m < count; ++m) {
        if (n == m) continue;
        EXPECT_EQ(clusters(n, m), expected(n, m)) << when << ": of " << n << " at " << m;
      }
    }
  }

  bool client_to_client = true;
  std::optional<RouterId> cluster_id;
  std::unique_ptr<Speaker> center;
  std::array<Client, count> clients;
};

TEST_F(Reflecting, ANeighbourBecomesAClientAndIsNoneAgain) {
  start();
  EXPECT_EQ(clusters(0, 1), "-");
  change(1, [](PeerConfig& c) { c.reflector_client = true; });
  run();
  EXPECT_EQ(clusters(0, 1), "192.0.2.100") << "it hears of the others";
  EXPECT_EQ(clusters(1, 0), "192.0.2.100") << "and they of it";
  change(1, [](PeerConfig& c) { c.reflector_client = false; });
  run();
  EXPECT_EQ(clusters(0, 1), "-");
  EXPECT_EQ(clusters(1, 0), "-");
  for (auto const& one : center->peers()) EXPECT_EQ(one.flaps, 0U);
}

TEST_F(Reflecting, InAnyOrderWhatComesIsWhatAReflectorThatBeganSoWouldTell) {
  for (auto const all : {true, false}) {
    client_to_client = all;
    cluster_id.reset();
    start();
    std::mt19937 generator(7);
    auto const random = [&] { return static_cast<std::uint32_t>(generator()); };
    for (int step = 0; step < 200; ++step) {
      auto const changes = 1 + random() % 3;  // several at a time: one pass under way meets the next
      for (unsigned i = 0; i < changes; ++i) {
        change(random() % count, [&](PeerConfig& c) {
          if (random() % 2 == 0) {
            c.reflector_client = !c.reflector_client;
          } else {
            c.cluster_id = random() % 3 == 0 ? std::nullopt : std::optional(RouterId{1U + random() % 2});
          }
          c.export_filter = random() % 4 == 0 ? FilterPtr(reject_all) : accept_all;
        });
        if (random() % 2 == 0) io.poll_one();
        if (random() % 4 != 0) continue;
        client_to_client = random() % 2 == 0;
        cluster_id = random() % 2 == 0 ? std::nullopt : std::optional(RouterId{1 + random() % 3});
        ASSERT_TRUE(center->reconfigure(own()).ok());
      }
      for (std::size_t n = 0; n < count; ++n) change(n, [](PeerConfig& c) { c.export_filter = accept_all; });
      run();
      all_as_expected("step " + std::to_string(step));
      if (HasFailure()) return;
    }
    for (auto const& one : center->peers()) EXPECT_EQ(one.flaps, 0U);
  }
}

TEST_F(Reflecting, ListenersComeAndGo) {
  start();
  auto config = own();
  config.listen = {{at_center, 179}, {"192.0.2.101"_ip, 179}};
  ASSERT_TRUE(center->reconfigure(config).ok());
  EXPECT_TRUE(connect(address(0), "192.0.2.101"_ip));
  auto taken = config;
  taken.listen = {{"192.0.2.102"_ip, 179}, {address(0), 179}};
  EXPECT_THAT(center->reconfigure(taken).error().message, HasSubstr("192.0.2.1 port 179"));
  EXPECT_TRUE(connect(address(0), "192.0.2.101"_ip)) << "all is as it was";
  EXPECT_FALSE(connect(address(0), "192.0.2.102"_ip));
  config.listen.pop_back();
  ASSERT_TRUE(center->reconfigure(config).ok());
  EXPECT_FALSE(connect(address(0), "192.0.2.101"_ip));
  for (auto const& one : center->peers()) EXPECT_EQ(one.flaps, 0U);
  config.local_as = 65009_asn;
  EXPECT_FALSE(center->reconfigure(config).ok());
}

class Beneath : public Two {
 protected:
  PeerConfig to_a = peer(at_b, at_a, as_a);

  PeerUpdate change(std::function<void(PeerConfig&)> const& edit) {
    edit(to_a);
    auto const updated = b->update_peer(*b->find_peer(at_a), to_a);
    EXPECT_TRUE(updated.ok()) << updated.error().message;
    run();
    return updated.ok() ? *updated : PeerUpdate{};
  }
  std::int64_t usable() const {
    auto const routes = list(*b, {});
    return std::ranges::count_if(routes, &RouteEntry::usable);
  }
  std::uint64_t refreshes() const { return a->peer(b_at_a)->received.route_refresh; }
  std::uint64_t flaps() const { return a->peer(b_at_a)->flaps; }
  static Attributes path(AsPathSegment::Kind kind, std::vector<Asn> asns) {
    Attributes attributes;
    attributes.as_path.segments = {{kind, std::move(asns)}};
    return attributes;
  }
};

TEST_F(Beneath, OurOwnAsMayComeBackMoreOftenOrLess) {
  start();
  a->originate(nth(0), path(AsPathSegment::Kind::sequence, {as_b}));
  run();
  EXPECT_EQ(usable(), 0);
  EXPECT_FALSE(change([](PeerConfig& c) { c.allow_own_as = 1; }).new_session);
  EXPECT_EQ(usable(), 1);
  EXPECT_FALSE(change([](PeerConfig& c) { c.allow_own_as = 0; }).new_session);
  EXPECT_EQ(usable(), 0);
  EXPECT_EQ(flaps() + refreshes(), 0U);
}

TEST_F(Beneath, WhatIsReadOtherwiseIsAskedForAgain) {
  start();
  a->originate(nth(0), path(AsPathSegment::Kind::set, {64500_asn}));
  run();
  EXPECT_EQ(usable(), 0);
  EXPECT_FALSE(change([](PeerConfig& c) { c.accept_as_set = true; }).new_session);
  EXPECT_EQ(usable(), 1);
  EXPECT_EQ(refreshes(), 1U);
  EXPECT_FALSE(change([](PeerConfig& c) { c.accept_as_set = false; }).new_session);
  EXPECT_EQ(usable(), 0);
  EXPECT_FALSE(change([](PeerConfig& c) { c.check_first_as = false; }).new_session);
  EXPECT_EQ(refreshes(), 3U);
  EXPECT_EQ(flaps(), 0U);
}

TEST_F(Beneath, ALocalAsIsUsedOtherwise) {
  to_a.local_as = {.as = 64999_asn};
  start(peer(at_a, at_b, 64999_asn, true), to_a);
  a->originate(nth(0));
  b->originate(nth(1));
  run();
  auto const paths = [](Speaker const& speaker, std::uint32_t n) {
    return speaker.explain(nth(n)).paths.at(0).route.attributes.as_path.text();
  };
  EXPECT_EQ(paths(*a, 1), "64999 65002");
  EXPECT_EQ(paths(*b, 0), "64999 65001");
  EXPECT_FALSE(change([](PeerConfig& c) { c.local_as = {64999_asn, false, true}; }).new_session);
  EXPECT_EQ(paths(*a, 1), "64999");
  EXPECT_EQ(paths(*b, 0), "65001");
  EXPECT_EQ(flaps() + refreshes(), 0U);
  EXPECT_TRUE(change([](PeerConfig& c) { c.local_as.as = 64998_asn; }).new_session);
}

TEST_F(Beneath, WhatItSaidAlreadyCanBeDemanded) {
  start();
  EXPECT_FALSE(change([](PeerConfig& c) { c.required.route_refresh = c.required.four_octet_as = true; }).new_session);
  EXPECT_EQ(flaps(), 0U);
  EXPECT_TRUE(change([](PeerConfig& c) { c.role = Role::peer; }).new_session) << "it has to be told";
  pass(1min);
  EXPECT_TRUE(change([](PeerConfig& c) { c.strict_role = true; }).new_session) << "it tells no role";
  pass(1min);
  EXPECT_EQ(b->status().peers_established, 0U);
  EXPECT_FALSE(change([](PeerConfig& c) { c.strict_role = false; }).new_session) << "there is none to end";
  pass(1min);
  EXPECT_EQ(b->status().peers_established, 1U);
}

TEST_F(Beneath, OurEndMayBeNamed) {
  to_a.local = {};
  start(peer(at_a, at_b, as_b, true), to_a);
  auto const end = b->peer(*b->find_peer(at_a))->local_address;
  EXPECT_FALSE(change([&](PeerConfig& c) { c.local = end; }).new_session);
  EXPECT_FALSE(change([](PeerConfig& c) { c.local = {}; }).new_session);
  EXPECT_TRUE(change([](PeerConfig& c) { c.local = "192.0.2.9"_ip; }).new_session);
}

TEST_F(Beneath, OneThatCameByARangeIsNamed) {
  RangeConfig range;
  range.prefix = "192.0.2.0/24"_pfx;
  range.peer = peer(at_b, {}, as_a);
  ASSERT_TRUE(b->add_range(range).ok());
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b));
  ASSERT_TRUE(b->start().ok());
  ASSERT_TRUE(a->start().ok());
  run();
  auto const id = *b->find_peer(at_a);
  ASSERT_TRUE(b->peer(id)->dynamic);
  auto named = range.peer;
  named.remote = at_a;
  named.description = "the one we know";
  auto const added = b->add_peer(named);
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(*added, id);
  EXPECT_FALSE(b->peer(id)->dynamic);
  EXPECT_EQ(b->peer(id)->description, "the one we know");
  EXPECT_EQ(flaps(), 0U);
  ASSERT_TRUE(b->remove_range(range.prefix).ok());
  run();
  EXPECT_EQ(flaps(), 0U) << "it is none of the range's any more";
  ASSERT_TRUE(b->reset_peer(id).ok());
  pass(1min);
  EXPECT_EQ(b->peer(id)->state, "Established") << "and is not forgotten with its session";
  EXPECT_THAT(b->add_peer(named).error().message, HasSubstr("exists already"));
}

TEST_F(Beneath, OneThatCameByARangeAndIsToBeAnotherBeginsAnew) {
  RangeConfig range;
  range.prefix = "192.0.2.0/24"_pfx;
  range.peer = peer(at_b, {}, as_a);
  ASSERT_TRUE(b->add_range(range).ok());
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b));
  ASSERT_TRUE(b->start().ok());
  ASSERT_TRUE(a->start().ok());
  run();
  to_a.families = {ipv4_unicast, ipv6_unicast};
  PeerWatch watch(*a);
  ASSERT_TRUE(b->add_peer(to_a).ok());
  run();
  EXPECT_THAT(watch.lines, testing::Contains(HasSubstr("(6/6)")));
  pass(1min);
  EXPECT_EQ(b->status().peers_established, 1U);
  EXPECT_FALSE(b->peers().at(0).dynamic);
}

}  // namespace
}  // namespace bgp::engine::test
