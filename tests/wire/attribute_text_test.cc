#include <gtest/gtest.h>

#include "bgp/attributes.h"

namespace bgp {
namespace {

using Kind = AsPathSegment::Kind;

TEST(AsPath, TextAndLengthOfASequenceWithASet) {
  AsPath const path{{{Kind::sequence, {Asn{65001}, Asn{4200000000}}}, {Kind::set, {Asn{65003}, Asn{65004}}}}};
  EXPECT_EQ(path.text(), "65001 4200000000 {65003 65004}");
  EXPECT_EQ(path.length(), 3U);
}

TEST(AsPath, ConfederationSegmentsCountNothing) {
  AsPath const path{
      {{Kind::confed_sequence, {Asn{1}, Asn{2}}}, {Kind::confed_set, {Asn{3}}}, {Kind::sequence, {Asn{4}}}}};
  EXPECT_EQ(path.text(), "(1 2) [3] 4");
  EXPECT_EQ(path.length(), 1U);
}

TEST(AsPath, EmptyPathHasNoText) { EXPECT_EQ(AsPath{}.text(), ""); }

TEST(Community, TextNamesTheWellKnown) {
  EXPECT_EQ(Community{0xfde80064}.text(), "65000:100");
  EXPECT_EQ(no_export.text(), "no-export");
  EXPECT_EQ(no_advertise.text(), "no-advertise");
  EXPECT_EQ(no_export_subconfed.text(), "no-export-subconfed");
  EXPECT_EQ(Community{0xffff029a}.text(), "blackhole");
  EXPECT_EQ(Community{0xffff0000}.text(), "graceful-shutdown");
}

TEST(Community, ParseIsTheInverseOfText) {
  for (auto const value : {0U, 0xfde80064U, 0xffffff01U, 0xffffff04U, 0xffffffffU, 0xffff029aU}) {
    EXPECT_EQ(Community::parse(Community{value}.text()), Community{value});
  }
}

TEST(Community, ParseRefusesOtherText) {
  for (auto const* text : {"", ":", "1", "1:", ":1", "65536:1", "1:65536", "1:2:3", "-1:2", "1: 2", "no_export"}) {
    EXPECT_FALSE(Community::parse(text)) << text;
  }
}

TEST(LargeCommunity, Text) { EXPECT_EQ((LargeCommunity{4200000000, 1, 0}.text()), "4200000000:1:0"); }

}  // namespace
}  // namespace bgp
