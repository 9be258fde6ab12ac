// Where a fault stands: the octet of the message that an operator has to look at.
#include <gtest/gtest.h>

#include "support.h"
#include "wire/open.h"

namespace bgp::wire {
namespace {

using namespace testing;

constexpr std::size_t unknown = 9999;

// Octets from the first of the header, as Fault has them.
std::size_t octet_of_fault(Buffer const& body, DecodeContext const& context = ibgp()) {
  Buffer scratch;
  auto const cut = cut_update(body, context, scratch);
  if (!cut.ok()) return cut.error().octet;
  if (!cut->faults.empty()) return header_size + cut->faults.front().octet;
  auto const decoded = decode_attributes(cut->rest, context);
  if (decoded.faults.empty()) return unknown;
  return header_size + octet_in_body(body, decoded.faults.front().octet);
}

// ORIGIN stands at 23, AS_PATH at 27, NEXT_HOP at 36, what is added at 43.
std::size_t with(unsigned flags, unsigned type, std::string_view value, DecodeContext const& context = ibgp()) {
  return octet_of_fault(Update::sound().with(flags, type, value).body(), context);
}

TEST(FaultOctet, OfAnAttributeIsItsFlagsLengthOrValue) {
  EXPECT_EQ(with(0xc0, 1, "00"), 23U) << "flags of ORIGIN";
  EXPECT_EQ(with(0x40, 1, "0000"), 25U) << "length of ORIGIN";
  EXPECT_EQ(with(0x40, 1, "07"), 26U) << "value of ORIGIN";
  EXPECT_EQ(with(0x40, 3, "c00002"), 38U) << "length of NEXT_HOP, which is not among the rest";
  EXPECT_EQ(with(0x80, 4, "000000"), 45U) << "length of MULTI_EXIT_DISC, behind NEXT_HOP";
  EXPECT_EQ(with(0x40, 5, "00000064", ebgp()), 44U) << "type of LOCAL_PREF";
  EXPECT_EQ(with(0x40, 99, "00"), 44U) << "type of what is unknown";
}

TEST(FaultOctet, WithinAPathIsTheSegmentOrTheAs) {
  EXPECT_EQ(with(0x40, 2, "0201 0000fde9 0901 0000fde9"), 36U) << "the kind of the second segment";
  EXPECT_EQ(with(0x40, 2, "0202 0000fde9 00000000"), 36U) << "the AS 0";
  EXPECT_EQ(with(0x40, 2, "0201 0000fde9 0101 0000fde9"), 36U) << "the set";
  EXPECT_EQ(with(0x40, 2, "0201 0000fde9 0301 0000fde9"), 36U) << "the confederation";
  EXPECT_EQ(with(0x40, 2, "0201 0000fdff", ebgp()), 30U) << "not the peer's AS";
  EXPECT_EQ(with(0x40, 2, "", ebgp()), 29U) << "no AS at all";
}

TEST(FaultOctet, WithinTlvsIsTheFirstOfTheBadOne) {
  EXPECT_EQ(with(0x80, 26, "01000b0000000000000064 01 00ff 00"), 57U) << "the second of AIGP";
  EXPECT_EQ(with(0xc0, 128, "0000fde8 400101 00 400109"), 54U) << "the second within ATTR_SET";
  EXPECT_EQ(with(0xc0, 23, "0008 0000 0008 00ff"), 50U) << "the second of Tunnel Encapsulation";
}

TEST(FaultOctet, OfNlriIsTheBadPrefix) {
  auto update = Update::sound();
  update.nlri = hex("08 0a 21 c633640000");
  EXPECT_EQ(octet_of_fault(update.body()), 45U);
  auto withdrawal = Update{};
  withdrawal.withdrawn = hex("08 0a 18 c6");
  EXPECT_EQ(octet_of_fault(withdrawal.body()), 23U);
  auto reach = Update::sound();
  reach.with(0x80, 14, "0002 01 10 20010db8000000000000000000000001 00 81 20");
  EXPECT_EQ(octet_of_fault(reach.body()), 43U + 3 + 21);
  EXPECT_EQ(with(0x80, 14, "0002 01 04 0a000001 00 10 2001"), 49U) << "the length of the next hop";
  EXPECT_EQ(with(0x80, 15, "0002 01 81 20"), 49U);
}

TEST(FaultOctet, OfLengthsIsTheirFirst) {
  EXPECT_EQ(octet_of_fault(hex("0009 0000")), 19U);
  EXPECT_EQ(octet_of_fault(hex("0000 0009 40")), 21U);
  EXPECT_EQ(octet_of_fault(Update::sound().with_octets("c008 08 fde8").body()), 45U) << "the length that is too large";
  EXPECT_EQ(octet_of_fault(Update::sound().with_octets("c0").body()), 43U) << "too short to have one";
}

TEST(FaultOctet, OfAHeader) {
  EXPECT_EQ(next_frame(hex("fffffeffffffffffffffffffffffffff 0013 04")).error().octet, 2U);
  EXPECT_EQ(next_frame(hex(marker + "0012 04")).error().octet, 16U);
  EXPECT_EQ(next_frame(hex(marker + "0013 09")).error().octet, 18U);
}

std::size_t of_open(std::string_view octets) { return decode_open(hex(octets)).error().octet; }

TEST(FaultOctet, OfAnOpen) {
  EXPECT_EQ(of_open("03 fde8 00f0 0a4d0001 00"), 19U);
  EXPECT_EQ(of_open("04 0000 00f0 0a4d0001 00"), 20U);
  EXPECT_EQ(of_open("04 fde8 0001 0a4d0001 00"), 22U);
  EXPECT_EQ(of_open("04 fde8 00f0 00000000 00"), 24U);
  EXPECT_EQ(of_open("04 fde8 00f0 0a4d0001 05 0200"), 28U) << "length of the parameters";
  EXPECT_EQ(of_open("04 fde8 00f0 0a4d0001 04 0200 0300"), 31U) << "unknown parameter";
  EXPECT_EQ(of_open("04 fde8 00f0 0a4d0001 06 0204 0200 0105"), 33U) << "capability that overruns";
  EXPECT_EQ(of_open("04 fde8 00f0 0a4d0001 06 0204 4102 fde8"), 32U) << "length of capability 65";
  EXPECT_EQ(of_open("04 fde8 00f0 0a4d0001 08 0206 4104 00000000"), 33U) << "AS 0 in capability 65";
}

TEST(FaultOctet, OfAFaultyOpenTheRestIsReadAllTheSame) {
  Open open;
  auto const fault = read_open(hex("03 fde8 00f0 0a4d0001 0a 0208 4102 fde8 0200 de00"), open);
  ASSERT_TRUE(fault);
  EXPECT_EQ(*fault, (Notification{2, 1, {0, 4}})) << "the first fault is the one that is answered";
  EXPECT_EQ(open.as_field, 65000);
  EXPECT_TRUE(open.capabilities.route_refresh) << "behind a capability that is wrong";
  ASSERT_EQ(open.capabilities.unknown.size(), 1U);
  EXPECT_EQ(open.capabilities.unknown.front().code, 0xde);
}

TEST(Nlri, MayHavePathIdentifiers) {
  auto const octets = hex("00000007 080a 00000100 18c00002");
  EXPECT_EQ(check_nlri(octets, 32, true), octets.size());
  NlriReader reader(octets, ipv4_unicast, true);
  EXPECT_EQ(reader.next().text(), "10.0.0.0/8");
  EXPECT_EQ(reader.path_id().value, 7U);
  EXPECT_EQ(reader.next().text(), "192.0.2.0/24");
  EXPECT_EQ(reader.path_id().value, 256U);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(check_nlri(hex("00000007 080a 00000100"), 32, true), 6U) << "an identifier alone";
  EXPECT_EQ(check_nlri(hex("00000007 21 0a000000 00"), 32, true), 4U) << "the length is what is wrong";
}

}  // namespace
}  // namespace bgp::wire
