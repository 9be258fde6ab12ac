#include "wire/nlri.h"

#include <gtest/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using testing::hex;

TEST(Nlri, GoldenOctets) {
  EXPECT_EQ(testing::prefixes({"0.0.0.0/0", "10.0.0.0/8", "192.0.2.128/25", "198.51.100.7/32"}),
            hex("00  08 0a  19 c0000280  20 c6336407"));
  EXPECT_EQ(testing::prefixes({"::/0", "2001:db8::/32", "2001:db8::1/128"}),
            hex("00  20 20010db8  80 20010db8000000000000000000000001"));
}

TEST(Nlri, SizeIsThatOfTheEncoding) {
  for (auto const* text : {"0.0.0.0/0", "10.0.0.0/8", "10.128.0.0/9", "192.0.2.1/32", "2001:db8::/33"}) {
    EXPECT_EQ(nlri_size(Prefix::parse(text).value()), testing::prefixes({text}).size());
  }
}

TEST(Nlri, ReaderGivesEveryPrefix) {
  auto const octets = hex("00 08 0a 19 c0000280");
  NlriReader reader(octets, ipv4_unicast, false);
  EXPECT_EQ(reader.next().text(), "0.0.0.0/0");
  EXPECT_EQ(reader.next().text(), "10.0.0.0/8");
  EXPECT_EQ(reader.next().text(), "192.0.2.128/25");
  EXPECT_TRUE(reader.at_end());
}

TEST(Nlri, ReaderClearsBitsPastTheLength) {
  auto const octets = hex("14 c0a8ff");
  EXPECT_EQ(NlriReader(octets, ipv4_unicast, false).next().text(), "192.168.240.0/20");
}

TEST(Nlri, ReaderKnowsTheFamily) {
  auto const octets = hex("10 2001");
  EXPECT_EQ(NlriReader(octets, ipv6_unicast, false).next().text(), "2001::/16");
  EXPECT_EQ(NlriReader(octets, ipv4_unicast, false).next().text(), "32.1.0.0/16");
}

TEST(Nlri, CheckAcceptsSoundLists) {
  EXPECT_EQ(check_nlri({}, 32, false), 0U);
  auto const octets = testing::prefixes({"0.0.0.0/0", "192.0.2.1/32"});
  EXPECT_EQ(check_nlri(octets, 32, false), octets.size());
}

TEST(Nlri, CheckPointsAtALengthThatIsTooLarge) {
  EXPECT_EQ(check_nlri(hex("08 0a 21 0102030405"), 32, false), 2U);
  EXPECT_EQ(check_nlri(hex("21 0102030405"), 128, false), 6U);
  EXPECT_EQ(check_nlri(hex("81 0102030405060708090a0b0c0d0e0f1011"), 128, false), 0U);
}

TEST(Nlri, CheckPointsAtAnOverrun) {
  EXPECT_EQ(check_nlri(hex("08 0a 18 c000"), 32, false), 2U);
  EXPECT_EQ(check_nlri(hex("01"), 32, false), 0U);
}

}  // namespace
}  // namespace bgp::wire
