// RFC 6793: a session without four-octet ASes, in both directions.
#include <gtest/gtest.h>

#include "support.h"
#include "wire/attributes.h"

namespace bgp::wire {
namespace {

using testing::decide;
using testing::Fate;
using testing::hex;
using testing::ibgp;
using testing::to_hex;
using testing::two_octet;
using testing::Update;

DecodeContext old_peer() {
  auto context = two_octet(ibgp());
  context.accept_as_set = true;
  return context;
}

Attributes received(std::string_view as_path, std::string_view as4_path = "") {
  auto update = Update::sound_two_octet().with(0x40, 2, as_path);
  if (!as4_path.empty()) update.with(0xc0, 17, as4_path);
  auto const fate = decide(update, old_peer());
  EXPECT_EQ(fate.verdict.action, Action::none) << fate.verdict.rule;
  return decode_canonical(fate.attributes.canonical);
}

std::string path_of(std::string_view as_path, std::string_view as4_path = "") {
  return received(as_path, as4_path).as_path.text();
}

TEST(FourOctetAs, PathOfTwoOctetsBecomesOneOfFour) {
  auto const fate = decide(Update::sound_two_octet().with(0x40, 2, "02 02 fde9 fdea"), old_peer());
  EXPECT_EQ(to_hex(fate.attributes.canonical), to_hex(hex("40 01 01 00  40 02 0a 02 02 0000fde9 0000fdea")));
  EXPECT_EQ(fate.attributes.summary.first_as, Asn{65001});
}

TEST(FourOctetAs, As4PathTakesThePlaceOfTheEnd) {
  EXPECT_EQ(path_of("02 03 fde9 5ba0 5ba0", "02 02 00010000 00010001"), "65001 65536 65537");
}

TEST(FourOctetAs, MergedPathHasTheOctetsOfOneThatWasNeverCut) {
  EXPECT_EQ(received("02 03 fde9 5ba0 5ba0", "02 02 00010000 00010001").as_path.segments.size(), 1U);
}

TEST(FourOctetAs, As4PathAsLongAsThePathReplacesIt) {
  EXPECT_EQ(path_of("02 02 5ba0 5ba0", "02 02 00010000 00010001"), "65536 65537");
}

TEST(FourOctetAs, As4PathLongerThanThePathIsIgnored) {
  EXPECT_EQ(path_of("02 01 5ba0", "02 02 00010000 00010001"), "23456");
}

// Only an extended message (RFC 8654) holds so many: a length that wrapped would make attributes of the path's end.
TEST(FourOctetAs, PathThatHasNoFourOctetFormIsRefused) {
  auto const path_of_segments = [](std::size_t count) {
    std::string path;
    for (std::size_t i = 0; i < count; ++i) {
      path += "02 ff ";
      for (int as = 0; as < 255; ++as) path += "fde9";
    }
    return path;
  };
  auto const fits = decide(Update::sound_two_octet().with(0x50, 2, path_of_segments(64)), old_peer());
  EXPECT_EQ(fits.verdict.action, Action::none) << fits.verdict.rule;
  EXPECT_EQ(fits.attributes.summary.as_path_length, 64 * 255);
  auto const longer = decide(Update::sound_two_octet().with(0x50, 2, path_of_segments(65)), old_peer());
  EXPECT_EQ(longer.verdict.action, Action::withdraw);
  EXPECT_FALSE(longer.attributes.summary.has_as_path);
  EXPECT_LT(longer.attributes.canonical.size(), 100U);
}

TEST(FourOctetAs, ASetCountsOnce) {
  EXPECT_EQ(path_of("02 02 fde9 5ba0 01 02 fdea fdeb", "02 01 00010000 01 02 0000fdea 0000fdeb"),
            "65001 65536 {65002 65003}");
  EXPECT_EQ(path_of("01 02 fdea fdeb 02 01 5ba0", "02 01 00010000"), "{65002 65003} 65536");
}

TEST(FourOctetAs, LeadingPartMayEndWithinASequence) {
  EXPECT_EQ(path_of("02 04 0001 0002 0003 0004", "02 01 00010000"), "1 2 3 65536");
}

TEST(FourOctetAs, LeadingPartMaySpanSegments) {
  EXPECT_EQ(path_of("02 01 0001 02 03 0002 0003 0004", "02 01 00010000"), "1 2 3 65536");
}

TEST(FourOctetAs, ConfederationSegmentsInAs4PathAreLeftOut) {
  EXPECT_EQ(path_of("02 02 fde9 5ba0", "03 01 00000009 02 01 00010000"), "65001 65536");
}

TEST(FourOctetAs, JoinedSequencesDoNotPass255) {
  std::string path = "02 ff";
  for (int i = 0; i < 255; ++i) path += "0001";
  std::string as4 = "02 02 00010000 00010001";
  auto const merged = received(path + "02 02 5ba0 5ba0", as4).as_path;
  ASSERT_EQ(merged.segments.size(), 2U);
  EXPECT_EQ(merged.segments[0].asns.size(), 255U);
  EXPECT_EQ(merged.segments[1].asns, (std::vector{Asn{65536}, Asn{65537}}));
}

TEST(FourOctetAs, AggregatorBecomesEightOctets) {
  auto const fate = decide(Update::sound_two_octet().with(0xc0, 7, "fde9 c0000201"), old_peer());
  EXPECT_EQ(decode_canonical(fate.attributes.canonical).aggregator,
            (Aggregator{Asn{65001}, IpAddress::v4(0xc0000201)}));
}

TEST(FourOctetAs, As4AggregatorTakesThePlaceOfAsTrans) {
  auto update = Update::sound_two_octet().with(0xc0, 7, "5ba0 c0000201").with(0xc0, 18, "00010000 c0000202");
  auto const fate = decide(update, old_peer());
  EXPECT_EQ(decode_canonical(fate.attributes.canonical).aggregator,
            (Aggregator{Asn{65536}, IpAddress::v4(0xc0000202)}));
}

TEST(FourOctetAs, AggregatorOtherThanAsTransVoidsBothAs4Attributes) {
  auto update = Update::sound_two_octet().with(0x40, 2, "02 02 fde9 5ba0").with(0xc0, 7, "fdea c0000201");
  update.with(0xc0, 17, "02 01 00010000").with(0xc0, 18, "00010000 c0000202");
  auto const attributes = decode_canonical(decide(update, old_peer()).attributes.canonical);
  EXPECT_EQ(attributes.as_path.text(), "65001 23456");
  EXPECT_EQ(attributes.aggregator->as, Asn{65002});
}

TEST(FourOctetAs, As4AggregatorAloneSaysNothing) {
  auto const fate = decide(Update::sound_two_octet().with(0xc0, 18, "00010000 c0000202"), old_peer());
  EXPECT_FALSE(decode_canonical(fate.attributes.canonical).aggregator);
}

TEST(FourOctetAs, WhatIsExportedToAnOldPeerComesBackTheSame) {
  auto const canonical = hex("40 01 01 00  40 02 0e 02 03 0000fde9 00010000 0000fdea  c0 07 08 00010001 c0000201");
  ExportEdit edit;
  edit.four_octet_as = false;
  Buffer sent;
  ASSERT_TRUE(encode_for_export(canonical, edit, {}, sent));
  EXPECT_EQ(to_hex(decode_attributes(sent, old_peer()).canonical), to_hex(canonical));
}

}  // namespace
}  // namespace bgp::wire
