// Several paths of a prefix for one neighbour (RFC 7911): which, how they are told apart, and what is said of them.
#include "star.h"

namespace bgp::engine::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

auto const net = nth(1);

// Three neighbours of a hub, two of them in one AS, and a reader in the hub's own.
struct Fan : Star {
  explicit Fan(AddPathSend const& send, bool takes = true) : Star(1, {65001_asn, 65001_asn, 65002_asn}) {
    for (std::size_t n = 0; n < neighbours.size(); ++n) resolver->answers[address(n)] = {true, 0};
    hub_to_reader = peer(at_hub, at_reader, 65000_asn, true);
    hub_to_reader.add_path_send = send;
    reader_at_hub = *hub->add_peer(hub_to_reader);
    reader = speaker(65000_asn, at_reader);
    auto to_hub = peer(at_reader, at_hub, 65000_asn);
    to_hub.add_path_receive = takes;
    hub_at_reader = *reader->add_peer(to_hub);
    EXPECT_TRUE(reader->start().ok());
    run();
    EXPECT_EQ(reader->status().peers_established, 1U);
  }
  // The lower the better.
  void announce(std::size_t neighbour, std::uint32_t med) {
    neighbours[neighbour]->originate(net, with_med(med));
    run();
  }
  void announce_all() {
    for (std::size_t n = 0; n < neighbours.size(); ++n) announce(n, 10 * (static_cast<std::uint32_t>(n) + 1));
  }
  void withdraw(std::size_t neighbour) {
    neighbours[neighbour]->withdraw(net);
    run();
  }
  // "192.0.2.1 as 1": what the reader was told, by its next hop.
  [[nodiscard]] std::vector<std::string> told() const {
    RouteQuery query;
    query.view = RouteQuery::View::received;
    query.peer = hub_at_reader;
    return lines(list(*reader, query));
  }
  // The same, as the hub lists it.
  [[nodiscard]] std::vector<std::string> sent() const {
    RouteQuery query;
    query.view = RouteQuery::View::sent;
    query.peer = reader_at_hub;
    return lines(list(*hub, query));
  }
  static std::vector<std::string> lines(std::vector<RouteEntry> const& entries) {
    std::vector<std::string> out;
    for (auto const& one : entries) {
      out.push_back(one.attributes.next_hop.text() + " as " + std::to_string(one.path_id.value));
    }
    std::ranges::sort(out);
    return out;
  }
  [[nodiscard]] std::uint64_t updates() const { return hub->peer(reader_at_hub)->sent.update; }

  IpAddress const at_reader = "192.0.2.200"_ip;
  PeerConfig hub_to_reader;
  std::unique_ptr<Speaker> reader;
  PeerId reader_at_hub, hub_at_reader;
};

constexpr AddPathSend all{AddPathSend::Mode::best};

TEST(AddPathSend, AllAreToldEachByItself) {
  Fan fan(all);
  fan.announce_all();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.2 as 2", "192.0.2.3 as 3"));
  EXPECT_EQ(fan.sent(), fan.told());
  auto const before = fan.updates();
  fan.withdraw(0);
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.2 as 2", "192.0.2.3 as 3"));
  EXPECT_EQ(fan.updates(), before + 1) << "the best one went, and nothing is said of the others";
  fan.announce(0, 5);
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.2 as 2", "192.0.2.3 as 3"));
  fan.announce(2, 7);
  EXPECT_EQ(fan.updates(), before + 3);
  for (std::size_t n = 0; n < 3; ++n) fan.withdraw(n);
  EXPECT_THAT(fan.told(), IsEmpty());
  EXPECT_EQ(fan.hub->status().tables.front().vacant_slots, 0U);
}

TEST(AddPathSend, TheBestTwo) {
  Fan fan({AddPathSend::Mode::best, 2});
  fan.announce_all();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.2 as 2"));
  auto const before = fan.updates();
  fan.withdraw(0);
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.2 as 2", "192.0.2.3 as 1")) << "it takes the place that is free";
  EXPECT_EQ(fan.updates(), before + 1) << "in one message";
}

TEST(AddPathSend, TheBestOfEachAs) {
  Fan fan({AddPathSend::Mode::best_of_each_as});
  fan.announce_all();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.3 as 2"));
  fan.announce(1, 5);
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.2 as 1", "192.0.2.3 as 2"));
}

TEST(AddPathSend, WhoTakesOneIsToldTheBest) {
  Fan fan(all, false);
  fan.announce_all();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 0"));
  EXPECT_EQ(fan.sent(), fan.told());
}

TEST(AddPathSend, NothingIsToldOfAPathThatCannotBeUsed) {
  Fan fan(all);
  fan.announce_all();
  fan.resolver->set(Star::address(1), {false, 0});
  fan.run();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.3 as 3"));
  fan.resolver->set(Star::address(1), {true, 0});
  fan.run();
  EXPECT_THAT(fan.told(), ElementsAre("192.0.2.1 as 1", "192.0.2.2 as 2", "192.0.2.3 as 3"));
}

// Between a path that is refused from now on and the flush that tells so, somebody may list what was told.
TEST(AddPathSend, IsListedAtAnyMomentOfAChange) {
  Fan fan(all);
  fan.announce_all();
  auto looped = with_med(20);
  looped.as_path.segments = {{AsPathSegment::Kind::sequence, {65000_asn}}};
  fan.neighbours[1]->originate(net, looped);
  unsigned turns = 0;
  std::vector<std::vector<std::string>> seen;
  fan.turn_until([&] {
    if (seen.empty() || seen.back() != fan.sent()) seen.push_back(fan.sent());
    return fan.told().size() == 2 || ++turns > 1000;
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_THAT(seen.front(), ElementsAre("192.0.2.1 as 1", "192.0.2.2 as 2", "192.0.2.3 as 3"));
  EXPECT_THAT(seen.back(), ElementsAre("192.0.2.1 as 1", "192.0.2.3 as 3"));
}

TEST(AddPathSend, AnotherChoiceNeedsNoNewSession) {
  Fan fan(all);
  fan.announce_all();
  auto next = fan.hub_to_reader;
  next.add_path_send = {AddPathSend::Mode::best, 2};
  auto const changed = fan.hub->update_peer(fan.reader_at_hub, next);
  ASSERT_TRUE(changed.ok());
  EXPECT_FALSE(changed.value().new_session);
  fan.run();
  EXPECT_THAT(fan.told(), ElementsAre(HasSubstr("192.0.2.1 as"), HasSubstr("192.0.2.2 as")));
  next.add_path_send = {};
  auto const off = fan.hub->update_peer(fan.reader_at_hub, next);
  ASSERT_TRUE(off.ok());
  EXPECT_TRUE(off.value().new_session) << "the OPEN has said otherwise";
}

// Refuses what one neighbour is the source of.
class NotFrom : public Filter {
 public:
  explicit NotFrom(IpAddress source) : source_(source) {}
  FilterVerdict judge(FilteredRoute const& route) const override {
    return {route.source.address != source_, "not from there"};
  }
  std::string name() const override { return "not from"; }

 private:
  IpAddress const source_;
};

TEST(AddPathSend, WhatTheFilterRefusesTakesNobodysPlace) {
  Fan fan({AddPathSend::Mode::best, 2});
  fan.announce_all();
  auto const filter = std::make_shared<NotFrom const>(Star::address(0));
  ASSERT_TRUE(fan.hub->set_filters(fan.reader_at_hub, accept_all, filter).ok());
  fan.run();
  EXPECT_THAT(fan.told(), UnorderedElementsAre(HasSubstr("192.0.2.2 as"), HasSubstr("192.0.2.3 as")));
}

TEST(AddPathSend, ExplainNamesEachPath) {
  Fan fan({AddPathSend::Mode::best, 2});
  fan.announce_all();
  auto const explanation = fan.hub->explain(net);
  std::vector<std::string> lines;
  for (auto const& one : explanation.exports) {
    if (one.peer != fan.at_reader) continue;
    lines.push_back(explanation.paths.at(one.path).route.peer_address.text() + " as " +
                    std::to_string(one.path_id.value) + " " + one.rule);
  }
  EXPECT_THAT(lines, UnorderedElementsAre("192.0.2.1 as 1 ", "192.0.2.2 as 2 ",
                                          "192.0.2.3 as 0 addPath.send: others come first"));
}

TEST(AddPathSend, TheCapabilityIsShown) {
  Fan fan(all);
  EXPECT_THAT(fan.hub->peer(fan.reader_at_hub)->capabilities_sent, Contains("ADD-PATH ipv4-unicast send"));
}

TEST(AddPathSend, ALimitOutOfRangeIsRefused) {
  for (unsigned const most : {0U, 1U, 65U}) {
    Star star(1, {});
    auto config = peer(star.at_hub, "192.0.2.200"_ip, 65000_asn);
    config.add_path_send = {AddPathSend::Mode::best, most};
    auto const refused = star.hub->add_peer(config);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr("2 to 64"));
  }
}

}  // namespace
}  // namespace bgp::engine::test
