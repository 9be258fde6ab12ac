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
  for (auto const* text :
       {"65000:1", "no-export", "large:65000:1:2", "rt:65000:100", "rt:70000:100", "soo:192.0.2.1:5",
        "ext:0x0002fde800000064", "color:7", "rt:2001:db8::1:5", "ext6:0x000220010db80000000000000000000000010006"}) {
    EXPECT_TRUE(pattern(text).exact()) << text;
    EXPECT_TRUE(pattern(text).is_in(with(text))) << text;
    EXPECT_FALSE(pattern(text).is_in(with("65000:2"))) << text;
    EXPECT_FALSE(pattern(text).is_in(with("rt:65000:101"))) << text;
  }
}

TEST(CommunityPattern, ExtendedOnesAreWrittenAsTheirOctets) {
  EXPECT_EQ(with("rt:65000:100"), with("ext:0x0002fde800000064"));  // RFC 4360 §3.1, §4
  EXPECT_EQ(with("0x0002fde800000064"), with("ext:0x0002fde800000064"));
  EXPECT_EQ(with("rt:192.0.2.1:5"), with("ext:0x0102c00002010005"));                              // §3.2
  EXPECT_EQ(with("soo:70000:5"), with("ext:0x0203000111700005"));                                 // RFC 5668
  EXPECT_EQ(with("color:100"), with("ext:0x030b000000000064"));                                   // RFC 9012 §4.3
  EXPECT_EQ(with("soo:2001:db8::1:5"), with("ext6:0x000320010db80000000000000000000000010005"));  // RFC 5701 §2
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
  for (auto const* target : {"rt:65000:9", "rt:70000:9", "rt:192.0.2.1:9"}) {
    EXPECT_TRUE(pattern("rt:*").is_in(with(target))) << target;
    EXPECT_FALSE(pattern("soo:*").is_in(with(target))) << target;
    EXPECT_TRUE(pattern("ext:*").is_in(with(target))) << target;
    EXPECT_FALSE(pattern("ext6:*").is_in(with(target))) << target;
  }
  EXPECT_FALSE(pattern("rt:*").is_in(with("color:2")));
  EXPECT_TRUE(pattern("color:*").is_in(with("ext:0x030b800000000064"))) << "whatever its flags";
  EXPECT_TRUE(pattern("color:100").is_in(with("ext:0x030b400000000064"))) << "whatever its flags";
  EXPECT_FALSE(pattern("color:100").is_in(with("color:101")));
  EXPECT_FALSE(pattern("soo:*").is_in(with("ext:0x0303000000000001"))) << "opaque (RFC 7543)";
  EXPECT_TRUE(pattern("rt:2001:db8::1:*").is_in(with("rt:2001:db8::1:7")));
  EXPECT_TRUE(pattern("ext:0x03*").is_in(with("color:7")));
  EXPECT_TRUE(pattern("ext:0x030*").is_in(with("color:7"))) << "half an octet";
  EXPECT_FALSE(pattern("ext:0x00*").is_in(with("color:7")));
  EXPECT_TRUE(pattern("ext6:0x0002*").is_in(with("rt:2001:db8::1:7")));
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
  for (auto const* text : {"", "65000", "65536:1", "1:2:3", "large:1:2", "rt:*:1", "rt:70000:65536", "color:",
                           "color:-1", "ext6:0x00", "ext:0x00000000000000000*", "ext:0xg*", "rt:2001:db8::1:65536",
                           "ext:0x00", "ext:1", "no-exports", "large:1:2:3:4", "rt:2001:db8::g:5"}) {
    auto const parsed = CommunityPattern::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find("write"), std::string::npos);
  }
}

}  // namespace
}  // namespace bgp
