#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

#include "bgp/types.h"

namespace bgp {
namespace {

TEST(IpAddress, UnsetIsNeither) {
  IpAddress const unset;
  EXPECT_TRUE(unset.is_unset());
  EXPECT_FALSE(unset.is_v4() || unset.is_v6());
  EXPECT_EQ(unset.size(), 0U);
  EXPECT_EQ(unset.text(), "unset");
}

TEST(IpAddress, V4IsInNetworkOrder) {
  auto const address = IpAddress::v4(0xc0000201);
  EXPECT_EQ(address.text(), "192.0.2.1");
  EXPECT_EQ(address.data()[0], 192);
  EXPECT_EQ(address.v4_value(), 0xc0000201U);
  EXPECT_EQ(address.size(), 4U);
}

TEST(IpAddress, ParsesBothFamilies) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1"), IpAddress::v4(0xc0000201));
  auto const v6 = IpAddress::parse("2001:DB8:0::1");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->is_v6());
  EXPECT_EQ(v6->text(), "2001:db8::1");
}

TEST(IpAddress, RefusesOtherText) {
  for (auto const* text : {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1/32", "::g",
                           "fe80::1%eth0", "unset", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, FromBytesOfAnotherSizeIsUnset) {
  std::uint8_t const octets[16] = {};
  EXPECT_TRUE(IpAddress::from_bytes(octets, 5).is_unset());
  EXPECT_TRUE(IpAddress::from_bytes(octets, 4).is_v4());
  EXPECT_TRUE(IpAddress::from_bytes(octets, 16).is_v6());
}

TEST(IpAddress, LinkLocalIsFe80Slash10) {
  EXPECT_TRUE(IpAddress::parse("fe80::1")->is_link_local());
  EXPECT_TRUE(IpAddress::parse("febf::1")->is_link_local());
  EXPECT_FALSE(IpAddress::parse("fec0::1")->is_link_local());
  EXPECT_FALSE(IpAddress::parse("169.254.0.1")->is_link_local());
}

TEST(IpAddress, V4AndV6OfTheSameOctetsDiffer) {
  std::uint8_t const octets[16] = {10};
  EXPECT_NE(IpAddress::from_bytes(octets, 4), IpAddress::from_bytes(octets, 16));
}

TEST(IpAddress, LiteralThrowsOnOtherText) {
  EXPECT_EQ("192.0.2.1"_ip, IpAddress::v4(0xc0000201));
  EXPECT_THROW("192.0.2"_ip, std::invalid_argument);
}

RC_GTEST_PROP(IpAddress, ParseIsTheInverseOfText, (std::uint32_t value)) {
  RC_ASSERT(IpAddress::parse(IpAddress::v4(value).text()) == IpAddress::v4(value));
}

TEST(RouterId, TextIsThatOfAnIpv4Address) {
  EXPECT_EQ(RouterId{0x0a4d0001}.text(), "10.77.0.1");
  EXPECT_EQ(RouterId::parse("10.77.0.1"), RouterId{0x0a4d0001});
  EXPECT_FALSE(RouterId::parse("::1"));
  EXPECT_FALSE(RouterId::parse("7"));
}

TEST(RouterId, ComparesAsAnUnsignedNumber) { EXPECT_LT(RouterId{0x7fffffff}, RouterId{0x80000000}); }

TEST(Family, TextAndParse) {
  EXPECT_EQ(ipv4_unicast.text(), "ipv4-unicast");
  EXPECT_EQ(ipv6_unicast.text(), "ipv6-unicast");
  EXPECT_EQ((Family{1, 5}.text()), "1/5");
  for (auto const family : Family::all()) EXPECT_EQ(Family::parse(family.text()), family);
  EXPECT_EQ(Family::parse("ipv4-vpn"), (Family{1, 128}));
  EXPECT_EQ(Family::parse("ipv6-unicast"), ipv6_unicast);
  EXPECT_FALSE(Family::parse("ipv4"));
}

}  // namespace
}  // namespace bgp
