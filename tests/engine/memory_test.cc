// Where the memory goes, by kind; and that it is what the process has taken.
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "harness.h"

namespace bgp::engine::test {
namespace {

using Memory = Two;

/// Octets that malloc has given away, and those that were had from the kernel without it.
std::size_t in_use() {
  std::size_t size = 0, resident = 0, shared = 0, text = 0, library = 0, data = 0;  // pages; proc(5)
  std::ifstream("/proc/self/statm") >> size >> resident >> shared >> text >> library >> data;
  auto const info = mallinfo2();
  return info.uordblks + data * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) - info.arena;
}

/// An AS path of 1 to 40 ASes, one for every ten routes, and a next hop for every hundred.
Attributes different(std::uint32_t index) {
  Attributes attributes;
  AsPathSegment path{AsPathSegment::Kind::sequence, {}};
  for (std::uint32_t i = 0; i <= index / 10 % 40; ++i) path.asns.push_back(Asn{index / 10 + 1});
  attributes.as_path.segments = {path};
  attributes.next_hop = IpAddress::v4((172U << 24) + index / 100);
  return attributes;
}

TEST_F(Memory, OfRoutesIsShownByKind) {
  constexpr std::uint32_t many = 20'000;
  auto const before = a->memory();
  ASSERT_EQ(before.tables.size(), 2U);
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), different(i));
  run();
  auto const after = a->memory();
  auto const &v4 = after.tables[0], &v6 = after.tables[1];
  EXPECT_EQ(v4.family, ipv4_unicast);
  EXPECT_GE(v4.paths, many * 16U);
  EXPECT_GE(v4.slots, many * 12U);
  EXPECT_GE(v4.index - before.tables[0].index, many * 5U);
  EXPECT_EQ(v6.paths, before.tables[1].paths);
  EXPECT_EQ(v6.total(), before.tables[1].total());
  EXPECT_GE(after.attribute_sets, a->status().attribute_bytes);
  EXPECT_GE(after.next_hops, many / 100 * 2 * sizeof(IpAddress));
  EXPECT_GE(after.own_routes, many * sizeof(Prefix));
  EXPECT_EQ(after.subscriptions, 0U);
  auto const subscription = a->on_routes([](auto const&) {});
  run();
  EXPECT_GE(a->memory().subscriptions, many / 8U);
  EXPECT_EQ(a->memory().total() - a->memory().subscriptions, after.total());
}

TEST_F(Memory, IsWhatTheProcessHasTakenForIt) {
  constexpr std::uint32_t many = 100'000;
  auto const counted_before = a->memory().total();
  auto const in_use_before = in_use();
  for (std::uint32_t i = 0; i < many; ++i) a->originate(nth(i), different(i));
  auto const subscription = a->on_routes([](auto const&) {});
  run();
  auto const taken = static_cast<double>(in_use()) - static_cast<double>(in_use_before);
  if (mallinfo2().uordblks < many) GTEST_SKIP() << "this allocator does not tell";
  auto const counted = static_cast<double>(a->memory().total()) - static_cast<double>(counted_before);
  EXPECT_GT(counted, taken * 0.97);
  EXPECT_LT(counted, taken * 1.03);
}

TEST_F(Memory, OfWhatANeighbourDoesNotReadIsCountedUntilItHasGone) {
  constexpr std::uint32_t many = 50'000;
  b_at_a = *a->add_peer(peer(at_a, at_b, as_b, true));
  ASSERT_TRUE(a->start().ok());
  auto stream = connect(at_b, at_a);
  ASSERT_TRUE(stream);
  send(*stream, open_of(as_b, at_b));
  send(*stream, keepalive());
  run();
  ASSERT_EQ(a->status().peers_established, 1U);
  EXPECT_EQ(a->memory().tables[0].group_logs, 0U);
  for (std::uint32_t i = 0; i < many; ++i) {
    a->originate(nth(i), with_med(i));
    if (i % 1000 == 999) run();
  }
  auto const waiting = a->status().tables[0].queued_bytes;
  ASSERT_GT(waiting, 100'000U);
  EXPECT_GT(a->memory().tables[0].group_logs, waiting);
  EXPECT_LT(a->memory().tables[0].group_logs, waiting * 2);
  EXPECT_GT(a->memory().tables[0].group_sets, many / 8);
  ASSERT_TRUE(a->remove_peer(b_at_a).ok());
  run();
  EXPECT_EQ(a->memory().tables[0].group_logs, 0U);
}

}  // namespace
}  // namespace bgp::engine::test
