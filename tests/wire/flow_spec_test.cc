#include "wire/flow_spec.h"

#include <gmock/gmock.h>

#include "support.h"

namespace bgp::wire {
namespace {

using ::testing::HasSubstr;
using testing::hex;

std::string text(std::string const& octets, bool v6 = false) { return flow_spec_text(hex(octets), v6); }
std::string fault(std::string const& octets, bool v6 = false) { return std::string(flow_spec_fault(hex(octets), v6)); }

// RFC 8955 §4.3
TEST(FlowSpec, TheExamplesOfTheRfc) {
  EXPECT_EQ(text("0118c00002 038106 048119"), "destination 192.0.2.0/24, protocol =6, port =25");
  EXPECT_EQ(text("0118c00002 0218cb0071 04 0389 45 8b 91 1f90"),
            "destination 192.0.2.0/24, source 203.0.113.0/24, port >=137&<=139,=8080");
  EXPECT_EQ(fault("0118c00002 0218cb0071 04 0389 458b 911f90"), "");
}

TEST(FlowSpec, Comparisons) {
  EXPECT_EQ(text("0a 0000 0101 0202 0303 0404 0505 0606 8707"), "length never 0,=1,>2,>=3,<4,<=5,!=6,any 7");
  EXPECT_EQ(text("09 0001 0102 0203 8304"), "tcp flags any of 1,all of 2,none of 3,not all of 4");
  EXPECT_EQ(text("05 b1 0000000000000fff"), "destination port =4095");
}

// RFC 8956 §3.8
TEST(FlowSpec, OfIpv6FirstBitsMayBeLeftOut) {
  EXPECT_EQ(text("01 20 00 20010db8 02 68 40 123456789a 03 81 06", true),
            "destination 2001:db8::/32, source ::1234:5678:9a00:0/64-104, protocol =6");
  EXPECT_EQ(fault("01 20 00 20010db8 02 68 40 123456789a 03 81 06", true), "");
  EXPECT_EQ(fault("01 00 00", true), "");
  EXPECT_THAT(fault("01 20 20", true), HasSubstr("malformed component"));
  EXPECT_THAT(fault("01 81 00 20010db8000000000000000000000000 00", true), HasSubstr("malformed component"));
}

TEST(FlowSpec, Faults) {
  EXPECT_THAT(fault(""), HasSubstr("without a component"));
  EXPECT_THAT(fault("038106 0118c00002"), HasSubstr("out of order"));
  EXPECT_THAT(fault("038106 038106"), HasSubstr("out of order"));
  EXPECT_THAT(fault("0d8106"), HasSubstr("unknown type"));
  EXPECT_EQ(fault("0d8106", true), "") << "a flow label";
  EXPECT_THAT(fault("008106"), HasSubstr("unknown type"));
  EXPECT_THAT(fault("0121c000020000"), HasSubstr("malformed component"));
  EXPECT_THAT(fault("0118c000"), HasSubstr("malformed component"));
  EXPECT_THAT(fault("030106"), HasSubstr("malformed component")) << "no end of the list";
  EXPECT_THAT(fault("039106"), HasSubstr("malformed component")) << "a value of two octets that has one";
  EXPECT_THAT(fault("03"), HasSubstr("malformed component"));
}

TEST(FlowSpec, WhatCannotBeReadIsShownAsItStands) {
  EXPECT_EQ(text("038106 0121c0"), "protocol =6, 0x0121c0");
  EXPECT_EQ(text("7f01"), "0x7f01");
}

}  // namespace
}  // namespace bgp::wire
