// A check that cannot fail checks nothing: here each thing that a daemon may get wrong is shown to the ledger.
#include "kit/received.h"

#include <gtest/gtest.h>

#include "load/churn.h"

namespace bench {
namespace {

constexpr Table::Shape kShape{.routes = 1000, .spare = 100};

// Hands each message's body to the ledger.
void play(Received& received, View stream) {
  while (!stream.empty()) {
    std::size_t const length = read16(&stream[16]);
    received.update(stream.subspan(kHeaderSize, length - kHeaderSize));
    stream = stream.subspan(length);
  }
}

std::shared_ptr<EncodedSets> encoded(Table const& table, Announcer const& announcer) {
  return std::make_shared<EncodedSets>(table, announcer);
}

Bytes route(Table const& table, std::uint32_t slot, AttributeSet const& set) {
  Bytes nlri, out;
  put_prefix(nlri, table.prefix(slot));
  append_update(out, {}, encode_attributes(set, {}), nlri);
  return out;
}

TEST(Received, HoldsEveryPrefixOnceAndSeesRepeats) {
  Table const table(kShape);
  Received received(table, {.reflected = false});
  Bytes const stream = table.updates({}, 0, table.sets());
  play(received, stream);
  EXPECT_EQ(received.present(), 1100u);
  EXPECT_EQ(received.repeats(), 0u);
  EXPECT_GT(received.samples(), 0u);
  EXPECT_TRUE(received.clean());
  play(received, stream);
  EXPECT_EQ(received.present(), 1100u);
  EXPECT_EQ(received.repeats(), 1100u);
}

TEST(Received, ACommunityLostOnTheWayIsWrong) {
  Table const table(kShape);
  std::uint32_t slot = 0;
  while (table.set(table.set_of(slot)).communities.empty()) ++slot;
  AttributeSet set = table.set(table.set_of(slot));
  set.communities.pop_back();
  Received received(table, {.reflected = false, .sample = 1});
  play(received, route(table, slot, set));
  EXPECT_EQ(received.faults().wrong_attributes, 1u);
  EXPECT_FALSE(received.clean());
}

TEST(Received, AnAttributeThatNobodyGaveItIsWrong) {
  Table const table(kShape);
  for (Bytes const& added : {Bytes{0xc0, 20, 1, 7}, Bytes{0x40, 6, 0}, Bytes{0xc0, 200, 0}}) {
    Bytes nlri, attributes = encode_attributes(table.set(table.set_of(0)), {}), message;
    attributes.insert(attributes.end(), added.begin(), added.end());
    put_prefix(nlri, table.prefix(0));
    append_update(message, {}, attributes, nlri);
    Received received(table, {.reflected = false, .sample = 1});
    play(received, message);
    EXPECT_EQ(received.faults().wrong_attributes, 1u);
  }
}

TEST(Received, ARouteWithoutOriginatorIdIsNotReflected) {
  Table const table(kShape);
  Received received(table, {.sample = 1});
  play(received, route(table, 0, table.set(table.set_of(0))));
  EXPECT_EQ(received.faults().wrong_attributes, 1u);
}

TEST(Received, APrefixThatNobodyAnnouncedIsUnknown) {
  Table const table(kShape);
  Received received(table, {});
  Bytes stream, nlri;
  put_prefix(nlri, {0x0a000000, 8});
  append_update(stream, {}, encode_attributes(table.set(0), {}), nlri);
  play(received, stream);
  EXPECT_EQ(received.present(), 0u);
  EXPECT_EQ(received.faults().unknown, 1u);
}

TEST(Received, APrefixCutShortIsMalformed) {
  Table const table(kShape);
  Received received(table, {});
  Bytes stream;
  append_update(stream, {}, encode_attributes(table.set(0), {}), Bytes{24, 1, 2});
  play(received, stream);
  EXPECT_EQ(received.faults().malformed, 1u);
}

TEST(Received, AWithdrawalRemovesAndASecondIsSuperfluous) {
  Table const table(kShape);
  Received received(table, {.reflected = false});
  play(received, table.updates({}, 0, table.sets()));
  Bytes stream, withdrawn;
  put_prefix(withdrawn, table.prefix(7));
  append_update(stream, withdrawn, {}, {});
  play(received, stream);
  EXPECT_FALSE(received.has(7));
  EXPECT_EQ(received.present(), 1099u);
  EXPECT_EQ(received.superfluous(), 0u);
  play(received, stream);
  EXPECT_EQ(received.superfluous(), 1u);
}

struct ChurnTest : testing::Test {
  Table table{kShape};
  Churn churn{table, 3};
  Received received{table, {.tags = true}};

  ChurnTest() { play(received, table.updates({}, 0, table.first_spare_group())); }
};

TEST_F(ChurnTest, WhoHearsEverythingMatches) {
  EXPECT_TRUE(churn.matches(received));
  for (int i = 0; i < 50; ++i) {
    play(received, churn.next(100, 1));
    ASSERT_TRUE(churn.matches(received));
  }
  EXPECT_GT(received.withdrawals(), 0u);
}

TEST_F(ChurnTest, WhoMissesOneMessageDoesNot) {
  Bytes const missed = churn.next(1, 1);
  EXPECT_FALSE(churn.matches(received));
  play(received, missed);
  EXPECT_TRUE(churn.matches(received));
}

// One path of a prefix, announced or withdrawn.
Bytes path(Table const& table, std::uint32_t slot, std::uint32_t id, bool announced = true) {
  Bytes nlri, out;
  put32(nlri, id);
  put_prefix(nlri, table.prefix(slot));
  if (announced) {
    append_update(out, {}, encode_attributes(table.set(table.set_of(slot)), {}), nlri);
  } else {
    append_update(out, nlri, {}, {});
  }
  return out;
}

TEST(Received, WithAddPathEachPathIsARoute) {
  Table const table(kShape);
  Received received(table, {.reflected = false, .sample = 1, .paths = 2});
  play(received, path(table, 3, 70));
  play(received, path(table, 3, 71));
  play(received, path(table, 4, 70));
  EXPECT_EQ(received.present(), 3u);
  play(received, path(table, 3, 71));
  EXPECT_EQ(received.repeats(), 1u);
  play(received, path(table, 3, 70, false));
  EXPECT_EQ(received.present(), 2u);
  play(received, path(table, 3, 70, false));
  EXPECT_EQ(received.superfluous(), 1u);
  play(received, path(table, 3, 72));
  EXPECT_TRUE(received.clean());
  EXPECT_EQ(received.samples(), 5u);
  play(received, path(table, 3, 73));
  EXPECT_EQ(received.faults().unknown, 1u) << "one path more than anybody announces";
}

TEST(Received, WithAddPathAPrefixWithoutIdentifierIsMalformed) {
  Table const table(kShape);
  Received received(table, {.reflected = false, .paths = 2});
  Bytes nlri, out;
  put_prefix(nlri, table.prefix(0));
  append_update(out, {}, encode_attributes(table.set(table.set_of(0)), {}), nlri);
  play(received, out);
  EXPECT_FALSE(received.clean());
}

// ---- As eBGP makes it, and as IPv6

TEST(Received, OverEbgpTheDaemonsAsAndAddressAreExpected) {
  Table const table(kShape);
  Announcer const sent{.ebgp_as = 65001};
  Announcer const passed_on{.ebgp_as = 65001, .transit_as = 65000, .next_hop = 0x0a4d0001, .with_med = false};
  Received right(table, {.reflected = false, .sample = 1}, encoded(table, passed_on));
  play(right, table.updates(passed_on, 0, table.sets()));
  EXPECT_TRUE(right.clean());
  EXPECT_EQ(right.present(), 1100u);
  Received copied(table, {.reflected = false, .sample = 1}, encoded(table, passed_on));
  play(copied, table.updates(sent, 0, table.sets()));
  EXPECT_EQ(copied.faults().wrong_attributes, table.sets());
}

TEST(Received, Ipv6RoutesAreFoundInTheirAttributes) {
  Table const table(kShape);
  Announcer const announcer{.ipv6 = true};
  Received received(table, {.reflected = false, .sample = 1}, encoded(table, announcer));
  play(received, table.updates(announcer, 0, table.sets()));
  EXPECT_EQ(received.present(), 1100u);
  EXPECT_EQ(received.samples(), table.sets());
  EXPECT_TRUE(received.clean());
  Bytes withdrawn{0x80, kMpUnreach, 0, 0, 2, 1}, message;
  put_prefix6(withdrawn, table.prefix(7));
  withdrawn[2] = static_cast<std::uint8_t>(withdrawn.size() - 3);
  append_update(message, {}, withdrawn, {});
  play(received, message);
  EXPECT_EQ(received.present(), 1099u);
  EXPECT_FALSE(received.has(7));
  EXPECT_TRUE(received.clean());
}

TEST(Received, AnotherNextHopOfAnIpv6RouteIsWrong) {
  Table const table(kShape);
  Received received(table, {.reflected = false, .sample = 1}, encoded(table, {.ipv6 = true}));
  play(received, table.updates({.ipv6 = true, .next_hop = 0x01020304}, 0, table.sets()));
  EXPECT_EQ(received.faults().wrong_attributes, table.sets());
}

TEST(Received, WhatIsNoIpv6RouteOfTheTableIsMalformed) {
  Table const table(kShape);
  for (Bytes const& nlri : {Bytes{32, 0x20, 0x01, 1, 2}, Bytes{8, 0x2a}, Bytes{64, 0x2a, 0x10, 1, 2, 3, 4, 5, 6}}) {
    Bytes message;
    append_update(message, {}, encode_attributes(table.set(0), {.ipv6 = true}, nlri), {});
    Received received(table, {.reflected = false}, encoded(table, {.ipv6 = true}));
    play(received, message);
    EXPECT_EQ(received.faults().malformed, 1u);
  }
}

}  // namespace
}  // namespace bench
