#include "wire/other_nlri.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hex;
using ::testing::IsEmpty;
using testing::to_hex;

OtherNlri cut(Family family, std::string const& octets, bool withdrawn = false) {
  auto const one = hex(octets);
  EXPECT_EQ(check_nlri(one, family, false), one.size()) << octets;
  OtherNlri out;
  cut_other_nlri(one, family, withdrawn, out);
  return out;
}

std::string text(Family family, OtherNlri const& nlri) {
  auto const value = value_text(family, nlri.key, nlri.value);
  return key_text(family, nlri.key) + (value.empty() ? "" : " " + value);
}

std::string joined(Family family, OtherNlri const& nlri) {
  Buffer out;
  join_other_nlri(family, nlri.key, nlri.value, out);
  return to_hex(out);
}
std::string withdrawn(Family family, OtherNlri const& nlri) {
  Buffer out;
  join_withdrawn_nlri(family, nlri.key, out);
  return to_hex(out);
}

// As GoBGP 3.10 sends them, or from the RFC's fields.
struct Sample {
  Family family;
  std::string octets;
  std::string shown;
};
std::vector<Sample> const samples = {
    {ipv4_labelled, "30 000641 0a0100", "10.1.0.0/24 label 100"},
    {ipv6_labelled, "48 000651 20010db80001", "2001:db8:1::/48 label 101"},
    {ipv4_vpn, "70 000c81 0000fde800000001 0a0200", "65000:1:10.2.0.0/24 label 200"},
    {ipv4_vpn, "58 000c81 0001c00002010007", "192.0.2.1:7:0.0.0.0/0 label 200"},
    {ipv6_vpn, "88 000c91 0002000100000005 20010db80002", "65536:5:2001:db8:2::/48 label 201"},
    {l2vpn_evpn, "01 19 0000fde800000001 00112233445566778899 00000000 00012c",
     "[1]:[65000:1]:[00112233445566778899]:[0] label 18 or VNI 300"},
    {l2vpn_evpn, "02 25 0000fde800000001 00000000000000000000 00000007 30 aabbccddee04 20 0a030001 00012c",
     "[2]:[65000:1]:[7]:[48]:[aa:bb:cc:dd:ee:04]:[32]:[10.3.0.1] segment 00000000000000000000, label 18 or VNI 300"},
    {l2vpn_evpn, "02 21 0000fde800000001 00000000000000000000 00000000 30 aabbccddee04 00 00012c",
     "[2]:[65000:1]:[0]:[48]:[aa:bb:cc:dd:ee:04]:[0] segment 00000000000000000000, label 18 or VNI 300"},
    {l2vpn_evpn, "03 11 0000fde800000001 00000000 20 0a4d0002", "[3]:[65000:1]:[0]:[32]:[10.77.0.2]"},
    {l2vpn_evpn, "04 17 0000fde800000001 00112233445566778899 20 0a4d0002",
     "[4]:[65000:1]:[00112233445566778899]:[32]:[10.77.0.2]"},
    {l2vpn_evpn, "05 22 0000fde800000001 00000000000000000000 00000000 18 0a030000 0a4d0009 00012d",
     "[5]:[65000:1]:[0]:[24]:[10.3.0.0] segment 00000000000000000000, gateway 10.77.0.9, label 18 or VNI 301"},
    {l2vpn_evpn, "09 03 010203", "[9]:[0x010203]"},
    {ipv4_flow_spec, "0d 01180a0400 038106 040350 c55a", "destination 10.4.0.0/24, protocol =6, port >=80&<=90"},
    {ipv4_vpn_flow_spec, "0d 0000fde800000001 0118 0a0500", "65000:1 destination 10.5.0.0/24"},
    {rt_membership, "00", "every target"},
    {rt_membership, "20 0000fde8", "origin 65000, every target"},
    {rt_membership, "60 0000fde8 0002fde800000064", "origin 65000, target 65000:100"},
    {rt_membership, "40 0000fde8 0002fde8", "origin 65000, targets 0x0002fde8/32"},
    {ipv4_sr_policy, "60 00000001 00000064 c0000201", "distinguisher 1, color 100, endpoint 192.0.2.1"},
    {ipv6_sr_policy, "c0 00000001 00000064 20010db8000000000000000000000001",
     "distinguisher 1, color 100, endpoint 2001:db8::1"},
    {link_state, "0001 0004 01020304", "node 0x01020304"},
    {link_state, "0999 0000", "type 2457 0x"},
};

TEST(OtherNlri, AreShownAndPutTogetherAgain) {
  for (auto const& [family, octets, shown] : samples) {
    auto const nlri = cut(family, octets);
    EXPECT_EQ(nlri.fault, "") << octets;
    EXPECT_EQ(text(family, nlri), shown);
    EXPECT_EQ(joined(family, nlri), to_hex(hex(octets)));
    EXPECT_LE(hex(octets).size(), longest_nlri(family)) << octets;
  }
}

// What a receiver finds by the key alone is the same route.
TEST(OtherNlri, AWithdrawalNamesTheSameRoute) {
  for (auto const& [family, octets, shown] : samples) {
    auto const nlri = cut(family, octets);
    auto const gone = withdrawn(family, nlri);
    EXPECT_EQ(cut(family, gone, true).key, nlri.key) << gone;
    EXPECT_EQ(cut(family, gone).fault, "") << gone;
  }
}

TEST(OtherNlri, AWithdrawnLabelIsTheOneOfTheRfc) {
  EXPECT_EQ(withdrawn(ipv4_labelled, cut(ipv4_labelled, "30 000641 0a0100")), "308000000a0100");
  EXPECT_EQ(withdrawn(ipv4_vpn, cut(ipv4_vpn, "70 000c81 0000fde800000001 0a0200")), "708000000000fde8000000010a0200");
}

TEST(OtherNlri, WhatMayChangeIsNotInTheKey) {
  auto const same = [](Family family, std::string const& a, std::string const& b) {
    auto const one = cut(family, a), other = cut(family, b);
    return one.key == other.key && one.value != other.value;
  };
  EXPECT_TRUE(same(ipv4_labelled, "30 000641 0a0100", "30 000651 0a0100"));
  EXPECT_TRUE(same(ipv4_vpn, "70 000c81 0000fde800000001 0a0200", "70 000c91 0000fde800000001 0a0200"));
  // RFC 7432 §7.2: neither the segment nor the labels, one or two; §7.1: the label alone.
  EXPECT_TRUE(same(l2vpn_evpn, "02 21 0000fde800000001 00000000000000000000 00000000 30 aabbccddee04 00 00012c",
                   "02 24 0000fde800000001 00112233445566778899 00000000 30 aabbccddee04 00 00012c 00012d"));
  EXPECT_FALSE(same(l2vpn_evpn, "01 19 0000fde800000001 00112233445566778899 00000000 00012c",
                    "01 19 0000fde800000001 00112233445566778800 00000000 00012c"));
  // RFC 9136 §3.1: nor the gateway.
  EXPECT_TRUE(same(l2vpn_evpn, "05 22 0000fde800000001 00000000000000000000 00000000 18 0a030000 0a4d0009 00012d",
                   "05 22 0000fde800000001 00000000000000000000 00000000 18 0a030000 0a4d0008 00012d"));
}

TEST(OtherNlri, BitsPastTheLengthMakeNoOtherRoute) {
  EXPECT_EQ(cut(ipv4_labelled, "2c 000641 0a01ff").key, cut(ipv4_labelled, "2c 000641 0a01f0").key);
  EXPECT_EQ(cut(ipv4_vpn, "6c 000641 0000fde800000001 0a01ff").key,
            cut(ipv4_vpn, "6c 000641 0000fde800000001 0a01f0").key);
  EXPECT_EQ(cut(rt_membership, "21 0000fde8 ff").key, cut(rt_membership, "21 0000fde8 80").key);
}

TEST(OtherNlri, ALengthInTwoOctetsIsTheSameFlowSpecification) {
  EXPECT_EQ(cut(ipv4_flow_spec, "05 0118 0a0400").key, cut(ipv4_flow_spec, "f005 0118 0a0400").key);
  EXPECT_EQ(joined(ipv4_flow_spec, cut(ipv4_flow_spec, "f005 0118 0a0400")), "0501180a0400");
}

TEST(OtherNlri, ALongFlowSpecificationHasALengthOfTwoOctets) {
  std::string octets = "03";
  for (int i = 0; i < 120; ++i) octets += i == 119 ? " 8106" : " 0106";
  auto const nlri = cut(ipv4_flow_spec, "f0f1 " + octets);
  EXPECT_EQ(nlri.fault, "");
  EXPECT_EQ(joined(ipv4_flow_spec, nlri), to_hex(hex("f0f1 " + octets)));
}

TEST(OtherNlri, AreReadOneAfterTheOther) {
  auto const octets = hex("00000001 30 000641 0a0100  00000002 18 000651");
  EXPECT_EQ(check_nlri(octets, ipv4_labelled, true), octets.size());
  OtherNlriReader reader(octets, ipv4_labelled, true);
  EXPECT_EQ(to_hex(reader.next()), "300006410a0100");
  EXPECT_EQ(reader.path_id().value, 1U);
  EXPECT_EQ(to_hex(reader.next()), "18000651");
  EXPECT_EQ(reader.path_id().value, 2U);
  EXPECT_TRUE(reader.at_end());
}

struct Unsound {
  Family family;
  std::string octets;
  std::size_t at;
};

TEST(OtherNlri, WhatCannotBeCutIsFoundAtItsOctet) {
  for (auto const& [family, octets, at] : std::vector<Unsound>{
           {ipv4_labelled, "17 0006", 0},                     // not even a label
           {ipv4_labelled, "39 000641 0a01000000", 0},        // 33 bits of address
           {ipv4_labelled, "30 000641 0a0100 30 000641", 7},  // overruns
           {ipv4_vpn, "57 000c81 0000fde8000000", 0},         // half a distinguisher
           {ipv4_vpn, "79 000c81 0000fde800000001 0a02000000", 0},
           {ipv6_vpn, "d9 00", 0},
           {l2vpn_evpn, "02", 0},
           {l2vpn_evpn, "03 11 00", 0},
           {ipv4_flow_spec, "f0", 0},
           {ipv4_flow_spec, "05 0118", 0},
           {rt_membership, "1f 0000fde8", 0},  // RFC 4684 §4: none between 0 and 32
           {rt_membership, "61 0000fde8 0002fde800000064 00", 0},
           {ipv4_sr_policy, "c0 00000001 00000064 20010db8000000000000000000000001", 0},
           {ipv6_sr_policy, "60 00000001 00000064 c0000201", 0},
           {link_state, "0001 00", 0},
           {link_state, "0001 0000 0001 0005 01020304", 4},
       }) {
    EXPECT_EQ(check_nlri(hex(octets), family, false), at) << family.text() << " " << octets;
  }
}

TEST(OtherNlri, WhatIsNotAsItsTypeHasItIsAFault) {
  auto const fault = [](Family family, std::string const& octets) { return std::string(cut(family, octets).fault); };
  auto const mac = [](std::string const& rest) { return "0000fde800000001 00000000000000000000 00000000 " + rest; };
  for (auto const& octets : std::vector<std::string>{
           "01 18 0000fde800000001 00112233445566778899 00000000 0001", "02 22 " + mac("30 aabbccddee04 00 00012c 00"),
           "02 21 " + mac("2f aabbccddee04 00 00012c"), "02 21 " + mac("30 aabbccddee04 08 00012c"), "02 00",
           "03 11 0000fde800000001 00000000 80 0a4d0002", "04 01 00", "05 22 " + mac("21 0a030000 0a4d0009 00012d"),
           "05 21 " + mac("18 0a030000 0a4d00 00012d")}) {
    EXPECT_THAT(fault(l2vpn_evpn, octets), HasSubstr("RFC 7432")) << octets;
  }
  EXPECT_THAT(fault(ipv4_vpn_flow_spec, "05 0118 0a0500"), HasSubstr("distinguisher"));
  EXPECT_THAT(fault(ipv4_flow_spec, "00"), HasSubstr("without a component"));
}

TEST(OtherNlri, OneThatLeavesNoRoomForAttributesIsAFault) {
  std::string const body(2 * 1021, '0');
  EXPECT_THAT(std::string(cut(link_state, "0001 03fd " + body).fault), HasSubstr("1,024"));
  EXPECT_EQ(cut(link_state, "0001 03fc " + body.substr(2)).fault, "");
}

// Whatever can be cut comes out again as the same route.
RC_GTEST_PROP(OtherNlri, SurviveBeingTakenApart, ()) {
  auto const family = *rc::gen::elementOf(std::vector<Family>(all_families.begin(), all_families.end()));
  RC_PRE(!has_plain_prefixes(family));
  auto octets = *rc::gen::container<Buffer>(60, rc::gen::arbitrary<std::uint8_t>());
  if (traits(family).kind == NlriKind::evpn) {
    octets[0] = static_cast<std::uint8_t>(octets[0] % 7);
    octets[1] = *rc::gen::element<std::uint8_t>(25, 33, 34, 36, 37, 40, 49, 52, 17, 29, 23, 35, 58, 5);
    octets[24] = 48;
    octets[31] = *rc::gen::element<std::uint8_t>(0, 32, 128);
  }
  Bytes const one = Bytes(octets).first(check_nlri(octets, family, false));
  for (OtherNlriReader reader(one, family, false); !reader.at_end();) {
    OtherNlri first, second;
    cut_other_nlri(reader.next(), family, false, first);
    if (!first.fault.empty()) continue;
    Buffer again;
    join_other_nlri(family, first.key, first.value, again);
    cut_other_nlri(again, family, false, second);
    RC_ASSERT(second.key == first.key);
    RC_ASSERT(second.value == first.value);
  }
}

}  // namespace
}  // namespace bgp::wire
