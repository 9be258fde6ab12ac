#include "wire/open.h"

#include <gtest/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using testing::hex;
using testing::marker;

// version, AS, hold time and identifier that are in order
std::string const head = "04 fde8 00f0 0a4d0001";

Notification error_of(std::string const& octets) {
  auto const open = decode_open(hex(octets));
  EXPECT_FALSE(open.ok()) << octets;
  return open.ok() ? Notification{} : Notification(open.error());
}

Open decoded(std::string const& octets) {
  auto const open = decode_open(hex(octets));
  EXPECT_TRUE(open.ok()) << octets << ": " << (open.ok() ? "" : open.error().text());
  return open.ok() ? *open : Open{};
}

Open typical() {
  Open open;
  open.as_field = 65000;
  open.hold_time = 240;
  open.router_id = RouterId{0x0a4d0001};
  open.capabilities.families = {ipv4_unicast, ipv6_unicast};
  open.capabilities.route_refresh = true;
  open.capabilities.four_octet_as = Asn{65000};
  return open;
}

TEST(Open, GoldenOctets) {
  Buffer out;
  encode(typical(), out);
  EXPECT_EQ(testing::to_hex(out), testing::to_hex(hex(marker + "0033 01" + head + "16 02 14" + "01 04 0001 00 01" +
                                                      "01 04 0002 00 01" + "02 00" + "41 04 0000fde8")));
}

TEST(Open, WithoutCapabilitiesGolden) {
  Open open = typical();
  open.capabilities = {};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(out, hex(marker + "001d 01" + head + "00"));
}

TEST(Open, DecodesWhatAnotherSpeakerSends) {
  // each capability in a parameter of its own, as old speakers do; one of them unknown
  auto const open = decoded(
      "04 5ba0 005a c0000201 1c 02 06 01 04 0001 00 01  02 02 02 00  02 02 46 00  02 02 63 00  02 06 41 04 00010000");
  EXPECT_EQ(open.as_field, 23456);
  EXPECT_EQ(open.as(), Asn{65536});
  EXPECT_EQ(open.hold_time, 90);
  EXPECT_EQ(open.router_id.text(), "192.0.2.1");
  EXPECT_EQ(open.capabilities.families, std::vector{ipv4_unicast});
  EXPECT_TRUE(open.capabilities.route_refresh);
  EXPECT_TRUE(open.capabilities.enhanced_refresh);
  EXPECT_EQ(open.capabilities.unknown, (std::vector<UnknownCapability>{{99, {}}}));
}

TEST(Open, WithoutCapability65TheFieldIsTheAs) { EXPECT_EQ(decoded(head + "00").as(), Asn{65000}); }

TEST(Open, RepeatedCapabilityChangesNothing) {
  EXPECT_EQ(decoded(head + "0e 02 0c 01 04 0001 00 01 01 04 0001 00 01").capabilities.families,
            std::vector{ipv4_unicast});
}

TEST(Open, RoleGolden) {
  auto open = typical();
  open.capabilities = {};
  open.capabilities.roles = {3};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(testing::to_hex(out), testing::to_hex(hex(marker + "0022 01" + head + "05 02 03 09 01 03")));
}

TEST(Open, EveryRoleIsReadOnce) {
  auto const roles = [](std::string const& parameters) { return decoded(head + parameters).capabilities.roles; };
  using Roles = std::vector<std::uint8_t>;
  EXPECT_EQ(roles("05 02 03 09 01 04"), Roles{4});
  EXPECT_EQ(roles("08 02 06 09 01 04 09 01 04"), Roles{4});
  EXPECT_EQ(roles("08 02 06 09 01 04 09 01 03"), (Roles{4, 3}));
  EXPECT_EQ(roles("05 02 03 09 01 c8"), Roles{200}) << "of a kind to come";
  EXPECT_EQ(error_of(head + "06 02 04 09 02 0403"), (Notification{2, 0, {}}));
}

TEST(Open, NextHopEncodingsGolden) {
  auto open = typical();
  open.capabilities = {};
  open.capabilities.next_hop_encodings = {ipv4_over_ipv6};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(testing::to_hex(out), testing::to_hex(hex(marker + "0027 01" + head + "0a 02 08 05 06 0001 0001 0002")));
}

TEST(Open, NextHopEncodingsAreReadOnceAndInTheirOrder) {
  auto const read = [](std::string const& parameters) {
    return decoded(head + parameters).capabilities.next_hop_encodings;
  };
  using Encodings = std::vector<NextHopEncoding>;
  EXPECT_EQ(read("18 02 16 05 0c 0001 0001 0002 0001 0080 0002 05 06 0001 0001 0002 "),
            (Encodings{ipv4_over_ipv6, {Family{1, 128}, 2}}));
  EXPECT_EQ(read("0a 02 08 05 06 0001 0101 0002"), Encodings{}) << "SAFI has one octet";
  EXPECT_EQ(error_of(head + "0b 02 09 05 07 0001 0001 0002 00"), (Notification{2, 0, {}}));
}

TEST(Open, MoreNextHopEncodingsThanACapabilityHoldsAreSaidBySeveral) {
  auto open = typical();
  for (std::uint16_t n = 1; n <= 100; ++n) open.capabilities.next_hop_encodings.push_back({ipv4_unicast, n});
  Buffer out;
  encode(open, out);
  auto const again = decode_open(Bytes(out).subspan(header_size));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, open);
}

TEST(Open, AddPathGolden) {  // RFC 7911 §4
  auto open = typical();
  open.capabilities = {};
  open.capabilities.add_paths = {{ipv4_unicast, AddPath::receive}, {ipv6_unicast, AddPath::both}};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(testing::to_hex(out),
            testing::to_hex(hex(marker + "0029 01" + head + "0c 02 0a 45 08 0001 01 01 0002 01 03")));
}

TEST(Open, AddPathIsOfEachFamilyOnce) {
  auto const capabilities = decoded(head + "12 02 10 45 08 0001 01 02 0001 01 03 45 04 0002 01 01").capabilities;
  EXPECT_EQ(capabilities.add_paths,
            (std::vector<AddPath>{{ipv4_unicast, AddPath::send}, {ipv6_unicast, AddPath::receive}}));
  EXPECT_TRUE(capabilities.adds_paths(ipv4_unicast, AddPath::send));
  EXPECT_FALSE(capabilities.adds_paths(ipv4_unicast, AddPath::receive));
  EXPECT_FALSE(capabilities.adds_paths(Family{1, 128}, AddPath::both));
}

TEST(Open, HalfAnAddPathIsNotUnderstood) {
  auto const capabilities = decoded(head + "09 02 07 45 05 0001 01 02 00").capabilities;
  EXPECT_TRUE(capabilities.add_paths.empty());
  ASSERT_EQ(capabilities.unknown.size(), 1U);
  EXPECT_EQ(capabilities.unknown[0].value.size(), 5U);
}

TEST(Open, AddPathOfAnUnknownModeIsNotUnderstood) {
  for (std::string const mode : {"00", "04"}) {
    auto const capabilities = decoded(head + "0c 02 0a 45 08 0001 01 01 0002 01 " + mode).capabilities;
    EXPECT_TRUE(capabilities.add_paths.empty()) << "not even the part that would be right";
    ASSERT_EQ(capabilities.unknown.size(), 1U);
    EXPECT_EQ(capabilities.unknown[0].code, 69);
  }
}

TEST(Open, MoreAddPathsThanACapabilityHoldsAreSaidBySeveral) {
  auto open = typical();
  for (std::uint16_t n = 1; n <= 100; ++n) open.capabilities.add_paths.push_back({Family{n, 1}, AddPath::both});
  Buffer out;
  encode(open, out);
  auto const again = decode_open(Bytes(out).subspan(header_size));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, open);
}

TEST(Open, ExtendedFormIsRead) { EXPECT_EQ(decoded(head + "ff ff 0009 02 0006 41 04 0000fde8").as(), Asn{65000}); }

TEST(Open, ExtendedFormIsReadWhateverTheShortLengthSays) {  // RFC 9072 §2: not 0, and otherwise ignored
  EXPECT_EQ(decoded(head + "01 ff 0009 02 0006 41 04 0000fde8").as(), Asn{65000});
}

TEST(Open, ExtendedFormOfLengthZeroHasNoParameters) {
  EXPECT_EQ(decoded(head + "ff ff 0000").capabilities, Capabilities{});
}

TEST(Open, Parameters255LongStillTakeTheShortForm) {
  Open open = typical();
  open.capabilities = {};
  open.capabilities.unknown = {{200, Buffer(251, 7)}};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(out[28], 255);
  EXPECT_EQ(out[29], 2);
  EXPECT_EQ(*decode_open(Bytes(out).subspan(19)), open);
}

TEST(Open, LongerParametersTakeTheExtendedForm) {
  Open open = typical();
  open.capabilities = {};
  open.capabilities.unknown = {{200, Buffer(252, 7)}};
  Buffer out;
  encode(open, out);
  EXPECT_EQ(testing::to_hex(Bytes(out).subspan(28, 9)), "ffff01010200fec8fc");
  EXPECT_EQ(*decode_open(Bytes(out).subspan(19)), open);
}

TEST(Open, VersionOtherThan4Is2_1WithOurs) {
  EXPECT_EQ(error_of("03 fde8 00f0 0a4d0001 00"), (Notification{2, 1, hex("0004")}));
  EXPECT_EQ(error_of("05 fde8 00f0 0a4d0001 00"), (Notification{2, 1, hex("0004")}));
}

TEST(Open, As0Is2_2) { EXPECT_EQ(error_of("04 0000 00f0 0a4d0001 00"), (Notification{2, 2, {}})); }

TEST(Open, As0InCapability65Is2_2) { EXPECT_EQ(error_of(head + "08 02 06 41 04 00000000"), (Notification{2, 2, {}})); }

TEST(Open, Identifier0Is2_3) { EXPECT_EQ(error_of("04 fde8 00f0 00000000 00"), (Notification{2, 3, {}})); }

TEST(Open, UnknownParameterIs2_4) {
  EXPECT_EQ(error_of(head + "03 01 01 00"), (Notification{2, 4, {}}));  // authentication, long gone
  EXPECT_EQ(error_of(head + "02 03 00"), (Notification{2, 4, {}}));
  EXPECT_EQ(error_of(head + "06 02 02 02 00 ff 00"), (Notification{2, 4, {}}));  // 255 elsewhere than in front
}

TEST(Open, HoldTime1And2Are2_6) {
  EXPECT_EQ(error_of("04 fde8 0001 0a4d0001 00"), (Notification{2, 6, {}}));
  EXPECT_EQ(error_of("04 fde8 0002 0a4d0001 00"), (Notification{2, 6, {}}));
}

TEST(Open, HoldTime0And3AreFine) {
  EXPECT_EQ(decoded("04 fde8 0000 0a4d0001 00").hold_time, 0);
  EXPECT_EQ(decoded("04 fde8 0003 0a4d0001 00").hold_time, 3);
}

TEST(Open, UnknownCapabilityIsKeptAndNoError) {
  auto const open = decoded(head + "07 02 05 c8 03 010203");
  EXPECT_EQ(open.capabilities.unknown, (std::vector<UnknownCapability>{{200, hex("010203")}}));
}

TEST(Open, CapabilityMayNotBorrowFromTheNextParameter) {
  EXPECT_EQ(error_of(head + "0c 02 02 41 04 02 06 41 04 0000fde8"), (Notification{2, 0, {}}));
}

TEST(Open, CapabilityMayNotBorrowFromTheNextCapability) {  // code 1 of two octets, and what looks like its rest
  EXPECT_EQ(error_of(head + "0a 02 08 01 02 0001 02 02 0001"), (Notification{2, 0, {}}));
}

TEST(Open, CapabilityOfAWrongLengthIs2_0) {
  EXPECT_EQ(error_of(head + "07 02 05 01 03 000100"), (Notification{2, 0, {}}));
  EXPECT_EQ(error_of(head + "05 02 03 02 01 00"), (Notification{2, 0, {}}));
  EXPECT_EQ(error_of(head + "06 02 04 41 02 fde8"), (Notification{2, 0, {}}));
}

TEST(Open, ParametersNotAsLongAsSaidAre2_0) {
  EXPECT_EQ(error_of(head + "08 02 06 41 04 0000"), (Notification{2, 0, {}}));         // the message ends early
  EXPECT_EQ(error_of(head + "08 02 07 41 04 0000fde8"), (Notification{2, 0, {}}));     // the parameter is too long
  EXPECT_EQ(error_of(head + "08 02 06 41 04 0000fde8 00"), (Notification{2, 0, {}}));  // the message goes on
  EXPECT_EQ(error_of(head + "00 02"), (Notification{2, 0, {}}));
  EXPECT_EQ(error_of(head + "00 02 00"), (Notification{2, 0, {}}));  // what would be a parameter, were it counted
  EXPECT_EQ(error_of(head + "01 02"), (Notification{2, 0, {}}));     // half a parameter
  EXPECT_EQ(error_of(head + "02 ff 00"), (Notification{2, 0, {}}));  // half an extended length
  EXPECT_EQ(error_of(head + "ff ff 0003 02 0001"), (Notification{2, 0, {}}));
}

TEST(Open, AsIsJudgedBeforeParameters) {
  EXPECT_EQ(error_of("04 0000 00f0 0a4d0001 02 03 00"), (Notification{2, 2, {}}));
}

}  // namespace
}  // namespace bgp::wire
