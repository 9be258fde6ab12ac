#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "bgp/patterns.h"

namespace bgp {
namespace {

PrefixList list(std::vector<std::string> const& texts) {
  std::vector<PrefixList::Entry> entries;
  for (auto const& text : texts) entries.push_back(*PrefixList::Entry::parse(text));
  return PrefixList(std::move(entries));
}

TEST(PrefixList, APrefixAloneIsThatPrefix) {
  auto const exact = list({"10.0.0.0/8"});
  EXPECT_TRUE(exact.contains("10.0.0.0/8"_pfx));
  EXPECT_FALSE(exact.contains("10.0.0.0/9"_pfx));
  EXPECT_FALSE(exact.contains("0.0.0.0/0"_pfx));
  EXPECT_FALSE(exact.contains("a00::/8"_pfx)) << "the same octets, another family";
}

TEST(PrefixList, RangesSayHowLong) {
  auto const ranges = list({"10.0.0.0/8 le 24", "172.16.0.0/12 ge 20", "2001:db8::/32 ge 48 le 64"});
  EXPECT_TRUE(ranges.contains("10.0.0.0/8"_pfx));
  EXPECT_TRUE(ranges.contains("10.1.2.0/24"_pfx));
  EXPECT_FALSE(ranges.contains("10.1.2.0/25"_pfx));
  EXPECT_FALSE(ranges.contains("172.16.0.0/12"_pfx));
  EXPECT_TRUE(ranges.contains("172.17.1.1/32"_pfx));
  EXPECT_FALSE(ranges.contains("2001:db8::/47"_pfx));
  EXPECT_TRUE(ranges.contains("2001:db8:1::/48"_pfx));
  EXPECT_FALSE(ranges.contains("2001:db8:1::/65"_pfx));
}

TEST(PrefixList, WhatCannotBeMeantIsRefusedWithARemedy) {
  for (auto const* text :
       {"", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/8 le", "10.0.0.0/8 le 33", "10.0.0.0/8 le 7", "10.0.0.0/8 ge 24 le 20",
        "10.0.0.0/8 le 20 ge 9", "10.0.0.0/8 eq 9", "10.0.0.0/8 ge 9 ge 10"}) {
    auto const parsed = PrefixList::Entry::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find("write"), std::string::npos) << parsed.error().message;
  }
}

RC_GTEST_PROP(PrefixList, EqualsAskingEveryEntry, ()) {
  auto const prefix = [](unsigned bits) {
    auto const length = *rc::gen::inRange(0U, 7U);
    return Prefix(IpAddress::v4(bits << 26), length);
  };
  std::vector<PrefixList::Entry> entries;
  for (auto n = *rc::gen::inRange(0, 8); n > 0; --n) {
    auto const base = prefix(*rc::gen::inRange(0U, 64U));
    auto const min = *rc::gen::inRange(base.length(), 8U);
    entries.push_back({base, min, *rc::gen::inRange(min, 9U)});
  }
  PrefixList const all(entries);
  auto const asked = prefix(*rc::gen::inRange(0U, 64U));
  auto const naive = std::ranges::any_of(entries, [&](auto const& e) {
    return e.prefix.covers(asked) && e.min_length <= asked.length() && asked.length() <= e.max_length;
  });
  RC_ASSERT(all.contains(asked) == naive);
}

}  // namespace
}  // namespace bgp
