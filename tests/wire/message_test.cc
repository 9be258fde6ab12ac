#include "wire/message.h"

#include <gtest/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using testing::hex;
using testing::marker;

Notification error_of(std::string const& octets) {
  auto const frame = next_frame(hex(octets));
  EXPECT_FALSE(frame.ok()) << octets;
  return frame.ok() ? Notification{} : Notification(frame.error());
}

TEST(Frame, IncompleteHeaderIsNothingYet) {
  auto const frame = next_frame(hex(marker + "0013"));
  ASSERT_TRUE(frame.ok());
  EXPECT_FALSE(*frame);
}

TEST(Frame, IncompleteBodyIsNothingYet) {
  auto const frame = next_frame(hex(marker + "0017 02 0000"));
  ASSERT_TRUE(frame.ok());
  EXPECT_FALSE(*frame);
}

TEST(Frame, TakesTheFirstOfTwoMessages) {
  auto const buffer = hex(marker + "0017 02 0000 0000" + marker + "0013 04");
  auto const frame = next_frame(buffer);
  ASSERT_TRUE(frame.ok() && *frame);
  EXPECT_EQ((**frame).type, MessageType::update);
  EXPECT_EQ((**frame).message.size(), 23U);
  EXPECT_EQ((**frame).body.size(), 4U);
  EXPECT_EQ((**frame).body.data(), buffer.data() + 19);
}

TEST(Frame, MarkerNotAllOnesIs1_1) {
  EXPECT_EQ(error_of("fffffffffffffffffffffffffffffffe 0013 04"), (Notification{1, 1, {}}));
  EXPECT_EQ(error_of("00ffffffffffffffffffffffffffffff 0013 04"), (Notification{1, 1, {}}));
}

TEST(Frame, LengthBelow19Is1_2WithTheLength) {
  EXPECT_EQ(error_of(marker + "0012 04"), (Notification{1, 2, hex("0012")}));
  EXPECT_EQ(error_of(marker + "0000 04"), (Notification{1, 2, hex("0000")}));
}

TEST(Frame, LengthAbove4096Is1_2WithTheLength) {
  EXPECT_EQ(error_of(marker + "1001 02"), (Notification{1, 2, hex("1001")}));
  EXPECT_EQ(error_of(marker + "1001 09"), (Notification{1, 2, hex("1001")}));  // before the type is looked at
}

// RFC 8654 §4: of those who offered to take them; never an OPEN or a KEEPALIVE.
TEST(Frame, ExtendedLengthsAreForThoseWhoOfferedThem) {
  auto const frame = [](std::string const& length_and_type, bool extended) {
    auto buffer = hex(marker + length_and_type);
    buffer.resize(65535);
    return next_frame(buffer, extended);
  };
  for (auto const* type : {"02", "03", "05"}) {
    auto const taken = frame(std::string("ffff ") + type, true);
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ((**taken).message.size(), 65535U);
    EXPECT_FALSE(frame(std::string("1001 ") + type, false).ok());
  }
  for (auto const* type : {"01", "04"}) {
    auto const refused = frame(std::string("1001 ") + type, true);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error(), (Notification{1, 2, {0x10, 0x01}}));
  }
}

TEST(Frame, Length4096IsAccepted) {
  auto buffer = hex(marker + "1000 02");
  buffer.resize(4096);
  auto const frame = next_frame(buffer);
  ASSERT_TRUE(frame.ok() && *frame);
  EXPECT_EQ((**frame).message.size(), 4096U);
}

TEST(Frame, ShortOfItsTypeIs1_2WithTheLength) {
  EXPECT_EQ(error_of(marker + "001c 01"), (Notification{1, 2, hex("001c")}));  // OPEN below 29
  EXPECT_EQ(error_of(marker + "0016 02"), (Notification{1, 2, hex("0016")}));  // UPDATE below 23
  EXPECT_EQ(error_of(marker + "0014 03"), (Notification{1, 2, hex("0014")}));  // NOTIFICATION below 21
  EXPECT_EQ(error_of(marker + "0014 04"), (Notification{1, 2, hex("0014")}));  // KEEPALIVE not 19
}

TEST(Frame, ShortestOfEachTypeIsAccepted) {
  for (auto const* rest : {"001d 01", "0017 02", "0015 03", "0013 04", "0013 05"}) {
    auto buffer = hex(marker + rest);
    buffer.resize(buffer[17]);
    auto const frame = next_frame(buffer);
    EXPECT_TRUE(frame.ok() && *frame) << rest;
  }
}

TEST(Frame, UnknownTypeIs1_3WithTheType) {
  EXPECT_EQ(error_of(marker + "0013 00"), (Notification{1, 3, hex("00")}));
  EXPECT_EQ(error_of(marker + "0013 06"), (Notification{1, 3, hex("06")}));
  EXPECT_EQ(error_of(marker + "0013 ff"), (Notification{1, 3, hex("ff")}));
}

TEST(Keepalive, GoldenOctets) {
  Buffer out;
  encode_keepalive(out);
  EXPECT_EQ(out, hex(marker + "0013 04"));
}

TEST(RouteRefresh, GoldenOctets) {
  Buffer out;
  encode(RouteRefresh{ipv6_unicast, 0}, out);
  EXPECT_EQ(out, hex(marker + "0017 05 0002 00 01"));
}

TEST(RouteRefresh, DecodesFamilyAndSubtype) {
  auto const refresh = decode_route_refresh(hex("0001 02 01"));
  ASSERT_TRUE(refresh);
  EXPECT_EQ(refresh->family, ipv4_unicast);
  EXPECT_EQ(refresh->subtype, 2);
}

TEST(RouteRefresh, OtherLengthIsIgnored) {
  EXPECT_FALSE(decode_route_refresh({}));
  EXPECT_FALSE(decode_route_refresh(hex("000100")));
  EXPECT_FALSE(decode_route_refresh(hex("0001000100")));
}

TEST(Message, FinishFillsInTheLengthOfItsOwnMessageOnly) {
  Buffer out = hex("aabb");
  auto const begin = begin_message(out, MessageType::update);
  out.resize(out.size() + 300);
  finish_message(out, begin);
  EXPECT_EQ(begin, 2U);
  EXPECT_EQ(out[0], 0xaa);
  EXPECT_EQ(out[18] << 8 | out[19], 319);
}

}  // namespace
}  // namespace bgp::wire
