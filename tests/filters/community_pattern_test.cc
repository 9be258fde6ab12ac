#include <gtest/gtest.h>

#include "bgp/patterns.h"

namespace bgp {
namespace {

CommunityPattern pattern(std::string_view text) { return *CommunityPattern::parse(text); }

Attributes with(std::string_view community) {
  Attributes attributes;
  pattern(community).add_to(attributes);
  return attributes;
}

TEST(CommunityPattern, OfEveryKindFindsItself) {
  for (auto const* text : {"65000:1", "no-export", "large:65000:1:2", "rt:65000:100", "rt:70000:100", "soo:192.0.2.1:5",
                           "ext:0x0002fde800000064"}) {
    EXPECT_TRUE(pattern(text).exact()) << text;
    EXPECT_TRUE(pattern(text).is_in(with(text))) << text;
    EXPECT_FALSE(pattern(text).is_in(with("65000:2"))) << text;
    EXPECT_FALSE(pattern(text).is_in(with("rt:65000:101"))) << text;
  }
}

TEST(CommunityPattern, ExtendedOnesAreWrittenAsTheirOctets) {
  EXPECT_EQ(with("rt:65000:100"), with("ext:0x0002fde800000064"));  // RFC 4360 §3.1, §4
  EXPECT_EQ(with("0x0002fde800000064"), with("ext:0x0002fde800000064"));
  EXPECT_EQ(with("rt:192.0.2.1:5"), with("ext:0x0102c00002010005"));  // §3.2
  EXPECT_EQ(with("soo:70000:5"), with("ext:0x0203000111700005"));     // RFC 5668
  EXPECT_EQ(with("large:1:2:3").large_communities, (std::vector<LargeCommunity>{{1, 2, 3}}));
  EXPECT_EQ(with("no-export").communities, std::vector{no_export});
}

TEST(CommunityPattern, AStarIsAnyNumber) {
  EXPECT_TRUE(pattern("65000:*").is_in(with("65000:7")));
  EXPECT_FALSE(pattern("65000:*").is_in(with("65001:7")));
  EXPECT_TRUE(pattern("*:7").is_in(with("65000:7")));
  EXPECT_TRUE(pattern("large:65000:1:*").is_in(with("large:65000:1:9")));
  EXPECT_FALSE(pattern("large:65000:1:*").is_in(with("large:65000:2:9")));
  EXPECT_TRUE(pattern("rt:65000:*").is_in(with("rt:65000:9")));
  EXPECT_FALSE(pattern("rt:65000:*").is_in(with("soo:65000:9")));
  EXPECT_FALSE(pattern("65000:*").exact());
}

TEST(CommunityPattern, IsRemovedWhereverItMatchesAndAddedOnce) {
  auto attributes = with("65000:1");
  pattern("65000:2").add_to(attributes);
  pattern("65001:1").add_to(attributes);
  pattern("65001:1").add_to(attributes);
  EXPECT_EQ(attributes.communities.size(), 3U);
  pattern("65000:*").remove_from(attributes);
  EXPECT_EQ(attributes, with("65001:1"));
}

TEST(CommunityPattern, WhatIsNoCommunityIsRefusedWithARemedy) {
  for (auto const* text : {"", "65000", "65536:1", "1:2:3", "large:1:2", "rt:*:1", "rt:70000:65536", "ext:0x00",
                           "ext:1", "no-exports", "large:1:2:3:4", "rt:2001:db8::1:5"}) {
    auto const parsed = CommunityPattern::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find("write"), std::string::npos);
  }
}

}  // namespace
}  // namespace bgp
