#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

#include "bgp/types.h"

namespace bgp {
namespace {

TEST(Prefix, ClearsBitsPastTheLength) {
  EXPECT_EQ(Prefix("192.168.255.255"_ip, 20).text(), "192.168.240.0/20");
  EXPECT_EQ(Prefix("2001:db8:ffff::"_ip, 33).text(), "2001:db8:8000::/33");
  EXPECT_EQ(Prefix("255.255.255.255"_ip, 0).text(), "0.0.0.0/0");
  EXPECT_EQ(Prefix("192.0.2.1"_ip, 32).text(), "192.0.2.1/32");
}

TEST(Prefix, LengthIsClampedToTheWidth) {
  EXPECT_EQ(Prefix("192.0.2.1"_ip, 33).length(), 32U);
  EXPECT_EQ(Prefix("::1"_ip, 200).length(), 128U);
}

TEST(Prefix, ParsesWithAndWithoutALength) {
  EXPECT_EQ(Prefix::parse("10.0.0.0/8"), Prefix("10.0.0.0"_ip, 8));
  EXPECT_EQ(Prefix::parse("10.0.0.1"), Prefix("10.0.0.1"_ip, 32));
  EXPECT_EQ(Prefix::parse("2001:db8::/32"), Prefix("2001:db8::"_ip, 32));
}

TEST(Prefix, RefusesOtherText) {
  for (auto const* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "::/129",
                           "10.0.0.0/x", "10.0.0.0/4294967304"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, CoversItselfAndWhatLiesWithin) {
  EXPECT_TRUE("10.0.0.0/8"_pfx.covers("10.0.0.0/8"_pfx));
  EXPECT_TRUE("10.0.0.0/8"_pfx.covers("10.255.0.0/16"_pfx));
  EXPECT_TRUE("0.0.0.0/0"_pfx.covers("10.0.0.0/8"_pfx));
  EXPECT_FALSE("10.0.0.0/8"_pfx.covers("11.0.0.0/16"_pfx));
  EXPECT_FALSE("10.0.0.0/8"_pfx.covers("0.0.0.0/0"_pfx));
}

TEST(Prefix, CoversNothingOfTheOtherFamily) {
  EXPECT_FALSE("0.0.0.0/0"_pfx.covers("::/0"_pfx));
  EXPECT_FALSE("::/0"_pfx.covers("10.0.0.0/8"_pfx));
}

TEST(Prefix, FamilyIsThatOfTheAddress) {
  EXPECT_EQ("10.0.0.0/8"_pfx.family(), ipv4_unicast);
  EXPECT_EQ("2001:db8::/32"_pfx.family(), ipv6_unicast);
}

TEST(Prefix, LiteralThrowsOnOtherText) { EXPECT_THROW("10.0.0.0/99"_pfx, std::invalid_argument); }

RC_GTEST_PROP(Prefix, ParseIsTheInverseOfText, (std::uint32_t value, std::uint8_t length)) {
  Prefix const prefix(IpAddress::v4(value), length % 33U);
  RC_ASSERT(Prefix::parse(prefix.text()) == prefix);
}

RC_GTEST_PROP(Prefix, CoversExactlyWhatAgreesInItsBits, (std::uint32_t a, std::uint32_t b)) {
  auto const length = *rc::gen::inRange(1U, 33U);
  auto const mask = 0xffffffffU << (32 - length);
  // half of the pairs agree
  auto const other = *rc::gen::arbitrary<bool>() ? (a & mask) | (b & ~mask) : b;
  bool const covers = Prefix(IpAddress::v4(a), length).covers(Prefix(IpAddress::v4(other), 32));
  RC_ASSERT(covers == ((a & mask) == (other & mask)));
}

RC_GTEST_PROP(Prefix, OfIpv6CoversExactlyWhatAgreesInItsBits, (std::array<std::uint8_t, 16> a, std::uint8_t flip)) {
  auto const length = *rc::gen::inRange(0U, 129U);
  auto b = a;
  auto const bit = flip % 128U;
  b[bit / 8] ^= static_cast<std::uint8_t>(0x80 >> bit % 8);
  Prefix const prefix(IpAddress::v6(a), length);
  RC_ASSERT(prefix.covers({IpAddress::v6(a), 128}));
  RC_ASSERT(prefix.covers({IpAddress::v6(b), 128}) == (bit >= length));
  RC_ASSERT(!prefix.covers({IpAddress::v4(0), 0}));
}

}  // namespace
}  // namespace bgp
