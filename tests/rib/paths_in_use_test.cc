// What is used beside the best path, and when that is told: exactly when it changed, but for answers of the resolver,
// after which it is told once too often rather than once too seldom.
#include "rib/paths_in_use.h"

#include <gtest/gtest.h>

#include <map>

#include "support.h"

namespace bgp::rib {
namespace {

using testing::announce;
using testing::take;

class PathsInUseStory : public ::testing::Test {
 protected:
  void SetUp() override {
    rib.next_hops.set_resolver([this](IpAddress const& hop) { return answers[hop]; });
  }
  /// Whose paths are in use.
  [[nodiscard]] std::vector<PeerId> users() const {
    PathsInUse paths;
    std::vector<PeerId> out;
    auto const& table = rib.table(ipv4_unicast);
    for (auto const path : paths.of(rib, table, *table.find(ten))) out.push_back(table.path(path).peer);
    return out;
  }
  /// How often that was told, the best path's changes apart.
  std::size_t told() {
    take(rib);
    std::vector<SlotId> slots;
    rib.take_use_changes(ipv4_unicast, slots);
    return slots.size();
  }
  void change(IpAddress const& hop, NextHopState state) {
    answers[hop] = state;
    ASSERT_TRUE(rib.next_hops.refresh(hop));
  }
  void decide_all_again() {
    std::uint32_t cursor = 0;
    while (!rib.decide_again(ipv4_unicast, cursor, 1)) {
    }
  }
  static Attributes of_as(Asn as, std::uint32_t med = 0) {
    Attributes attributes;
    attributes.as_path = testing::path_of({as});
    attributes.med = med;
    return attributes;
  }

  std::map<IpAddress, NextHopState> answers;
  Rib rib{{42}, {.multipath = 4}};
  PeerId const a = testing::add_ibgp(rib, 1), b = testing::add_ibgp(rib, 2), c = testing::add_ibgp(rib, 3);
  IpAddress const by_a = "192.0.2.1"_ip, by_b = "192.0.2.2"_ip, by_c = "192.0.2.3"_ip;
  Prefix const ten = "10.0.0.0/8"_pfx;
};

TEST_F(PathsInUseStory, WhatTiesWithTheBestIsUsedInTheLaddersOrder) {
  announce(rib, c, ten, of_as(65001_asn), accepted, by_c);
  announce(rib, b, ten, of_as(65002_asn), accepted, by_b);
  announce(rib, a, ten, of_as(65003_asn), accepted, by_a);
  EXPECT_EQ(users(), (std::vector<PeerId>{a, b, c}));
  announce(rib, b, ten, of_as(65002_asn), rib.rules.number("refused"), by_b);
  EXPECT_EQ(users(), (std::vector<PeerId>{a, c}));
}

TEST_F(PathsInUseStory, OneThatLosesByMedWithinItsOwnAsIsNotUsedBesideTheBestOfAnother) {
  announce(rib, a, ten, of_as(65001_asn, 5), accepted, by_a);
  announce(rib, b, ten, of_as(65002_asn, 9), accepted, by_b);
  EXPECT_EQ(users(), (std::vector<PeerId>{a, b}));
  told();
  announce(rib, c, ten, of_as(65002_asn, 8), accepted, by_c);
  EXPECT_EQ(users(), (std::vector<PeerId>{a, c}));
  EXPECT_EQ(told(), 1U);
  change(by_c, {true, 1});
  EXPECT_EQ(users(), (std::vector<PeerId>{a})) << "MED comes before cost";
}

TEST_F(PathsInUseStory, AChangeBesideTheBestIsToldAndNothingElse) {
  announce(rib, a, ten, of_as(65001_asn), accepted, by_a);
  EXPECT_EQ(told(), 0U) << "the best path's change says it";
  announce(rib, b, ten, of_as(65002_asn), accepted, by_b);
  EXPECT_EQ(told(), 1U);
  announce(rib, b, ten, of_as(65003_asn), accepted, by_b);
  EXPECT_EQ(told(), 0U) << "another path with the same next hop";
  announce(rib, c, ten, of_as(65002_asn), accepted, by_b);
  EXPECT_EQ(told(), 0U);
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, b, ten, {}));
  EXPECT_EQ(told(), 0U) << "the next hop is still in use";
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, c, ten, {}));
  EXPECT_EQ(told(), 1U);
  announce(rib, b, ten, of_as(65002_asn), accepted, by_b);
  EXPECT_EQ(told(), 1U);
  std::uint32_t cursor = 0;
  EXPECT_TRUE(rib.remove_paths(ipv4_unicast, cursor, 100, [this](SlotId, PeerId peer, PathId) { return peer == b; }));
  EXPECT_EQ(told(), 1U);
}

TEST_F(PathsInUseStory, AnAnswerOfTheResolverIsToldWhereItMayMatterAndOnlyUntilThePassIsOver) {
  announce(rib, a, ten, of_as(65001_asn), accepted, by_a);
  announce(rib, b, ten, of_as(65002_asn), accepted, by_b);
  announce(rib, a, "11.0.0.0/8"_pfx, of_as(65001_asn), accepted, by_a);
  announce(rib, b, "11.0.0.0/8"_pfx, Attributes{}, accepted, by_b);  // shorter
  announce(rib, b, "12.0.0.0/8"_pfx, Attributes{}, accepted, by_b);
  told();
  change(by_b, {true, 1});
  decide_all_again();
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(users(), std::vector<PeerId>{a});
  announce(rib, b, ten, of_as(65003_asn), accepted, by_b);
  EXPECT_EQ(told(), 0U) << "that change is settled";
  decide_all_again();
  EXPECT_EQ(told(), 0U);
  change(by_b, {true, 0});
  decide_all_again();
  EXPECT_EQ(told(), 1U);
  EXPECT_EQ(users(), (std::vector<PeerId>{a, b}));
}

// Nothing that is left would show the pass that the set has changed.
TEST_F(PathsInUseStory, APathThatGoesBetweenTheAnswerAndThePassIsTold) {
  announce(rib, a, ten, of_as(65001_asn), accepted, by_a);
  announce(rib, b, ten, of_as(65002_asn), accepted, by_b);
  told();
  change(by_b, {false, 0});
  EXPECT_TRUE(rib.withdraw(ipv4_unicast, b, ten, {}));
  EXPECT_EQ(told(), 1U);
  decide_all_again();
  EXPECT_EQ(told(), 0U);
}

TEST_F(PathsInUseStory, WithoutMultipathNothingIsToldOfIt) {
  Rib plain{{42}, {}};
  auto const one = testing::add_ibgp(plain, 1), two = testing::add_ibgp(plain, 2);
  announce(plain, one, ten, of_as(65001_asn), accepted, by_a);
  announce(plain, two, ten, of_as(65001_asn), accepted, by_b);
  take(plain);
  EXPECT_TRUE(plain.withdraw(ipv4_unicast, two, ten, {}));
  EXPECT_EQ(plain.pending_changes(ipv4_unicast), 0U);
}

}  // namespace
}  // namespace bgp::rib
