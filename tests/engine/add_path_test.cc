// Several paths of a prefix from one neighbour (RFC 7911), which says what the test has it say.
#include "scripted.h"
#include "wire/nlri.h"

namespace bgp::engine::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using wire::AddPath;

class AddPaths : public Scripted {
 protected:
  bool with_ids = true;

  PeerConfig neighbour() const {
    auto config = peer(here, there, 65002_asn, true);
    config.add_path_receive = true;
    return config;
  }
  void start(PeerConfig const& config, bool they_send = true) {
    begin(config);
    with_ids = they_send && config.add_path_receive;
    auto said = open();
    if (they_send) said.capabilities.add_paths = {{ipv4_unicast, AddPath::send}};
    dial(said);
  }
  /// 10.NUMBER.0.0/16 as `id`, behind so many ASes.
  struct Said {
    std::uint8_t number = 1;
    std::uint8_t id = 0;
  };
  void append(Buffer& out, Said const& said) const {
    if (with_ids) out.insert(out.end(), {0, 0, 0, said.id});
    out.insert(out.end(), {16, 10, said.number});
  }
  void announce(Said const& said, unsigned ases) {
    Buffer path;
    for (unsigned n = 0; n < ases; ++n) path.insert(path.end(), {0, 0, 0xfd, 0xea});
    Buffer attributes{
        0x40, 1, 1, 0, 0x40, 2, static_cast<std::uint8_t>(2 + path.size()), 2, static_cast<std::uint8_t>(ases)};
    attributes.insert(attributes.end(), path.begin(), path.end());
    attributes.insert(attributes.end(), {0x40, 3, 4, 192, 0, 2, 2});
    Buffer out;
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(attributes.size())});
    out.insert(out.end(), attributes.begin(), attributes.end());
    append(out, said);
    wire::finish_message(out, begin);
    say(out);
  }
  void withdraw(Said const& said) {
    Buffer out, nlri;
    append(nlri, said);
    auto const begin = wire::begin_message(out, wire::MessageType::update);
    out.insert(out.end(), {0, static_cast<std::uint8_t>(nlri.size())});
    out.insert(out.end(), nlri.begin(), nlri.end());
    out.insert(out.end(), {0, 0});
    wire::finish_message(out, begin);
    say(out);
  }
  void say_refresh(std::uint8_t subtype) {
    Buffer out;
    wire::encode(wire::RouteRefresh{ipv4_unicast, subtype}, out);
    say(out);
  }
  /// "10.1.0.0/16 7 *": what came, the best marked.
  std::vector<std::string> received() const {
    std::vector<std::string> out;
    RouteQuery query;
    query.view = RouteQuery::View::received;
    query.peer = us.peers().front().id;
    for (auto const& route : list(us, query)) {
      out.push_back(route.prefix.text() + " " + std::to_string(route.path_id.value) + (route.best ? " *" : ""));
    }
    std::ranges::sort(out);
    return out;
  }
};

TEST_F(AddPaths, EachIsKeptAndTheBestIsUsed) {
  start(neighbour());
  announce({1, 7}, 3);
  announce({1, 8}, 2);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 7", "10.1.0.0/16 8 *"));
  announce({1, 7}, 1);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 7 *", "10.1.0.0/16 8")) << "one that comes again is replaced";
  withdraw({1, 9});
  withdraw({2, 7});
  EXPECT_EQ(received().size(), 2U) << "nothing else is";
  withdraw({1, 7});
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 8 *"));
  withdraw({1, 8});
  EXPECT_THAT(received(), IsEmpty());
  EXPECT_THAT(us.peers().front().capabilities_received, testing::Contains("ADD-PATH ipv4-unicast send"));
}

TEST_F(AddPaths, OfEqualOnesTheLowerIdentifierIsBest) {
  start(neighbour());
  announce({1, 8}, 2);
  announce({1, 7}, 2);
  announce({1, 0}, 2);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 0 *", "10.1.0.0/16 7", "10.1.0.0/16 8"));
}

TEST_F(AddPaths, AllGoWithTheSession) {
  start(neighbour());
  announce({1, 7}, 3);
  announce({1, 8}, 2);
  peer_end->close();
  run();
  EXPECT_THAT(received(), IsEmpty());
}

TEST_F(AddPaths, LimitsCountPaths) {
  auto config = neighbour();
  config.prefix_limits = {{.family = ipv4_unicast, .received = 2}};
  start(config);
  announce({1, 7}, 3);
  announce({1, 8}, 2);
  EXPECT_EQ(us.status().peers_established, 1U);
  announce({1, 9}, 2);
  EXPECT_EQ(us.status().peers_established, 0U);
}

TEST_F(AddPaths, WhatARefreshDoesNotRepeatGoesPathByPath) {
  start(neighbour());
  announce({1, 0}, 2);
  announce({1, 7}, 2);
  announce({1, 8}, 2);
  announce({2, 7}, 2);
  say_refresh(wire::RouteRefresh::begin);
  announce({1, 8}, 2);
  announce({1, 0}, 2);
  say_refresh(wire::RouteRefresh::end);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 0 *", "10.1.0.0/16 8"));
  EXPECT_THAT(log.back(), HasSubstr("2 routes of ipv4-unicast that it did not announce again"));
}

TEST_F(AddPaths, WhatIsWithdrawnInARefreshIsGone) {
  start(neighbour());
  announce({1, 7}, 2);
  say_refresh(wire::RouteRefresh::begin);
  announce({1, 8}, 2);
  withdraw({1, 8});
  announce({1, 9}, 2);
  say_refresh(wire::RouteRefresh::end);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 9 *"));
}

TEST_F(AddPaths, OfOnePrefixSoManyAreTaken) {
  start(neighbour());
  for (unsigned id = 0; id < 70; ++id) announce({1, static_cast<std::uint8_t>(id)}, 2);
  EXPECT_EQ(received().size(), 64U);
  EXPECT_THAT(log, testing::Contains(HasSubstr("more than 64 paths of a prefix, and no further one is taken")));
  announce({1, 63}, 1);
  EXPECT_THAT(received(), testing::Contains("10.1.0.0/16 63 *")) << "one that is there may change";
  withdraw({1, 5});
  announce({1, 99}, 2);
  EXPECT_EQ(received().size(), 64U);
  EXPECT_THAT(received(), testing::Contains("10.1.0.0/16 99"));
  announce({2, 99}, 2);
  EXPECT_EQ(received().size(), 65U) << "each prefix is counted by itself";
}

TEST_F(AddPaths, TheLogNamesThePrefixesOfAFault) {
  start(neighbour());
  Buffer const attributes{0x40, 1, 1, 9, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea, 0x40, 3, 4, 192, 0, 2, 2};
  Buffer out;
  auto const begin = wire::begin_message(out, wire::MessageType::update);
  out.insert(out.end(), {0, 0, 0, static_cast<std::uint8_t>(attributes.size())});
  out.insert(out.end(), attributes.begin(), attributes.end());
  append(out, {1, 7});
  append(out, {2, 8});
  wire::finish_message(out, begin);
  say(out);
  EXPECT_THAT(log.back(), HasSubstr(": treated as withdrawn, NLRI 10.1.0.0/16, 10.2.0.0/16, UPDATE"));
}

TEST_F(AddPaths, WhoSendsOneIsReadWithoutIdentifiers) {
  start(neighbour(), false);
  announce({1}, 2);
  announce({1}, 1);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 0 *"));
  EXPECT_THAT(log, testing::Contains(HasSubstr("sends one path of a prefix of ipv4-unicast, not several (RFC 7911)")));
}

TEST_F(AddPaths, WhoIsNotAskedForThemSendsOne) {
  auto config = neighbour();
  config.add_path_receive = false;
  start(config);
  announce({1}, 2);
  EXPECT_THAT(received(), ElementsAre("10.1.0.0/16 0 *"));
}

}  // namespace
}  // namespace bgp::engine::test
