// An UPDATE's parts, and what happens where they cannot be found (RFC 4271 §4.3, 4760, RFC 7606 §3 to §5).
#include <gtest/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using testing::decide;
using testing::ebgp;
using testing::Fate;
using testing::hex;
using testing::Update;
using testing::operator+;

std::string const v6_reach = "0002 01 10 20010db8000000000000000000000001 00 20 20010db8";

void expect_reset(Fate const& fate, unsigned subcode, std::string_view data = "") {
  EXPECT_EQ(fate.verdict.action, Action::reset);
  EXPECT_EQ(fate.verdict.notification.code, 3);
  EXPECT_EQ(fate.verdict.notification.subcode, subcode);
  EXPECT_EQ(testing::to_hex(fate.verdict.notification.data), testing::to_hex(hex(data)));
}

Fate multiprotocol(unsigned flags, unsigned type, std::string_view value) {
  return decide(Update::sound().without(3).without_nlri().with(flags, type, value));
}

TEST(UpdateParts, GoldenOctets) {
  auto const fate =
      decide(hex("0003 10 c0a8"             // withdrawn: 192.168.0.0/16
                 "0019"                     // attributes
                 "40 01 01 00"              // ORIGIN IGP
                 "40 02 06 02 01 0000fde9"  // AS_PATH 65001
                 "40 03 04 c0000201"        // NEXT_HOP 192.0.2.1
                 "c0 63 02 aabb"            // unknown
                 "08 0a 18 c63364"));       // NLRI: 10.0.0.0/8, 198.51.100.0/24
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_EQ(testing::to_hex(fate.parts.withdrawn), "10c0a8");
  EXPECT_EQ(testing::to_hex(fate.parts.nlri), "080a18c63364");
  EXPECT_EQ(fate.parts.next_hop->text(), "192.0.2.1");
  EXPECT_EQ(testing::to_hex(fate.parts.rest), "4001010040020602010000fde9c06302aabb");
  EXPECT_TRUE(fate.parts.any_attribute);
  EXPECT_TRUE(fate.parts.announces());
  EXPECT_FALSE(fate.parts.end_of_rib());
}

TEST(UpdateParts, RestLeavesOutNextHopAndMultiprotocolAttributesWhereverTheyStand) {
  auto const list = hex("80 0f 03 0002 01") + hex("40 01 01 00") +
                    hex("80 0e 0e 0001 01 04 c0000201 00 10 ac10 08 0b") + hex("40 02 00") + hex("40 03 04 c0000201") +
                    hex("80 04 04 00000005");
  Update update;
  update.more = list;
  auto const fate = decide(update);
  EXPECT_EQ(testing::to_hex(fate.parts.rest),
            "40010100400200800404"
            "00000005");
  EXPECT_EQ(fate.verdict.action, Action::none);
}

TEST(UpdateParts, ScratchOfTheUpdateBeforeLeavesNothing) {
  Buffer scratch;
  auto const first = Update::sound().with(0xc0, 99, "aabbccdd").body();
  auto const second = Update::sound().body();
  ASSERT_TRUE(cut_update(first, testing::ibgp(), scratch).ok());
  auto const cut = cut_update(second, testing::ibgp(), scratch);
  EXPECT_EQ(testing::to_hex(cut->rest), "4001010040020602010000fde9");
}

TEST(UpdateParts, MpReachIsCut) {
  auto const fate = multiprotocol(0x80, 14, v6_reach);
  EXPECT_EQ(fate.verdict.action, Action::none);
  ASSERT_TRUE(fate.parts.mp_reach);
  EXPECT_EQ(fate.parts.mp_reach->family, ipv6_unicast);
  EXPECT_EQ(fate.parts.mp_reach->next_hop.text(), "2001:db8::1");
  EXPECT_TRUE(fate.parts.mp_reach->link_local.is_unset());
  EXPECT_EQ(testing::to_hex(fate.parts.mp_reach->nlri), "2020010db8");
  EXPECT_TRUE(fate.parts.announces());
}

TEST(UpdateParts, MpReachNextHopOf32OctetsHasALinkLocalHalf) {
  auto const fate = multiprotocol(
      0x80, 14, "0002 01 20 20010db8000000000000000000000001 fe800000000000000000000000000001 00 20 20010db8");
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_EQ(fate.parts.mp_reach->next_hop.text(), "2001:db8::1");
  EXPECT_EQ(fate.parts.mp_reach->link_local.text(), "fe80::1");
}

TEST(UpdateParts, SecondHalfThatIsNotLinkLocalIsNoNextHop) {
  auto const fate = multiprotocol(
      0x80, 14, "0002 01 20 20010db8000000000000000000000001 00000000000000000000000000000000 00 20 20010db8");
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_TRUE(fate.parts.mp_reach->link_local.is_unset());
}

TEST(UpdateParts, MpReachReservedOctetIsIgnored) {
  EXPECT_EQ(multiprotocol(0x80, 14, "0002 01 10 20010db8000000000000000000000001 ff 20 20010db8").verdict.action,
            Action::none);
}

TEST(UpdateParts, MpReachCarriesIpv4UnicastWithAnIpv4NextHop) {
  auto const fate = multiprotocol(0x80, 14, "0001 01 04 c0000201 00 08 0a");
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_EQ(fate.parts.mp_reach->next_hop.text(), "192.0.2.1");
}

TEST(UpdateParts, UnknownFamiliesAreCutAsFarAsTheyAreTheSame) {
  auto const fate = multiprotocol(0x80, 14, "0001 05 0c 0000000000000000 c0000201 00 ffffffff");
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_EQ(fate.parts.mp_reach->family, (Family{1, 5}));
  EXPECT_TRUE(fate.parts.mp_reach->next_hop.is_unset());
  EXPECT_EQ(testing::to_hex(fate.parts.mp_reach->nlri), "ffffffff");
}

TEST(UpdateParts, MpUnreachIsCut) {
  auto const fate = decide(hex("0000 000b 80 0f 08 0002 01 20 20010db8"));
  EXPECT_EQ(fate.verdict.action, Action::none);
  ASSERT_TRUE(fate.parts.mp_unreach);
  EXPECT_EQ(fate.parts.mp_unreach->family, ipv6_unicast);
  EXPECT_EQ(testing::to_hex(fate.parts.mp_unreach->withdrawn), "2020010db8");
  EXPECT_FALSE(fate.parts.any_attribute);
  EXPECT_FALSE(fate.parts.end_of_rib());
}

// End-of-RIB

TEST(EndOfRib, EmptyUpdateIsThatOfIpv4) { EXPECT_EQ(decide(hex("0000 0000")).parts.end_of_rib(), ipv4_unicast); }

TEST(EndOfRib, MpUnreachWithoutNlriIsThatOfItsFamily) {
  EXPECT_EQ(decide(hex("0000 0006 80 0f 03 0002 01")).parts.end_of_rib(), ipv6_unicast);
  EXPECT_EQ(decide(hex("0000 0007 90 0f 0003 0002 01")).parts.end_of_rib(), ipv6_unicast);
  EXPECT_EQ(decide(hex("0000 0006 80 0f 03 0001 01")).parts.end_of_rib(), ipv4_unicast);
}

TEST(EndOfRib, AnythingElseIsNone) {
  EXPECT_FALSE(decide(hex("0002 08 0a 0000")).parts.end_of_rib());
  EXPECT_FALSE(decide(hex("0002 08 0a 0006 80 0f 03 0002 01")).parts.end_of_rib());
  EXPECT_FALSE(decide(hex("0000 000a 80 0f 03 0002 01 40 01 01 00")).parts.end_of_rib());
  EXPECT_FALSE(decide(hex("0000 0000 08 0a")).parts.end_of_rib());
  EXPECT_FALSE(decide(hex("0000 0001 40")).parts.end_of_rib());
}

// Lengths

TEST(UpdateStructure, WithdrawnAndAttributesPastTheMessageAre3_1) {
  expect_reset(decide(hex("0001 0000")), 1);
  expect_reset(decide(hex("0000 0001")), 1);
  expect_reset(decide(hex("0003 08 0a 0000")), 1);
  expect_reset(decide(hex("ffff ffff")), 1);
  expect_reset(decide(hex("0000 0005 40 01 01 00")), 1);
}

TEST(UpdateStructure, LastAttributeThatOverrunsIsWithdrawAndTheTotalLengthIsTrusted) {
  auto const fate = decide(Update::sound().with_octets("c0 63 05 aabb"));
  EXPECT_EQ(fate.verdict.action, Action::withdraw);
  EXPECT_EQ(fate.verdict.attribute, 99);
  EXPECT_EQ(testing::to_hex(fate.parts.nlri), "080a");
  EXPECT_EQ(testing::to_hex(fate.parts.rest), "4001010040020602010000fde9");
}

TEST(UpdateStructure, UnderThreeOctetsLeftIsWithdraw) {
  for (auto const* left : {"40", "40 01", "50 01 00"}) {
    auto const fate = decide(Update::sound().with_octets(left));
    EXPECT_EQ(fate.verdict.action, Action::withdraw) << left;
    EXPECT_EQ(testing::to_hex(fate.parts.nlri), "080a");
  }
}

TEST(UpdateStructure, MultiprotocolAttributeThatOverrunsHidesNlriAndIs3_9) {  // RFC 7606 §3 j
  expect_reset(decide(Update::sound().with_octets("80 0e 20 0002 01")), 9, "80 0e 20 0002 01");
  expect_reset(decide(Update::sound().with_octets("80 0f 20 0002 01")), 9, "80 0f 20 0002 01");
}

TEST(UpdateStructure, ExtendedLengthIsReadWhereItIsNotNeeded) {
  auto const fate = decide(Update::sound().with(0x50, 1, "00").with(0x90, 4, "00000007"));
  EXPECT_EQ(fate.verdict.action, Action::none);
  EXPECT_EQ(fate.attributes.summary.med, 7U);
}

// NLRI

void expect_reset_by(Buffer Update::*field, std::string_view octets) {
  auto update = Update::sound();
  update.*field = hex(octets);
  expect_reset(decide(update), 10);
}

TEST(UpdateStructure, PrefixLongerThan32Is3_10) {
  expect_reset_by(&Update::nlri, "21 0a00000000");
  expect_reset_by(&Update::withdrawn, "21 0a00000000");
}

TEST(UpdateStructure, PrefixThatOverrunsIs3_10) {
  expect_reset_by(&Update::nlri, "08 0a 18 c0a8");
  expect_reset_by(&Update::withdrawn, "08");
}

TEST(UpdateStructure, WrongNlriIsStrongerThanAWrongAttribute) {
  auto update = Update::sound().with(0x40, 1, "07");
  update.nlri = hex("21 0a00000000");
  expect_reset(decide(update), 10);
}

// MP_REACH and MP_UNREACH

TEST(UpdateStructure, MpReachOfAnUnexpectedNextHopLengthIs3_9WithTheAttribute) {
  struct {
    char const* value;
  } const rows[] = {
      {"0002 01 04 c0000201 00 20 20010db8"},
      {"0002 01 00 00 20 20010db8"},
      {"0002 01 18 0000000000000000 20010db8000000000000000000000001 00 20 20010db8"},
      {"0001 01 10 20010db8000000000000000000000001 00 08 0a"},  // RFC 8950 is not negotiated
      {"0001 01 05 c000020100 00 08 0a"},
      {"0002 01 ff 20010db8000000000000000000000001 00"},
  };
  for (auto const& row : rows) {
    SCOPED_TRACE(row.value);
    auto const value = hex(row.value);
    expect_reset(multiprotocol(0x80, 14, row.value), 9, testing::to_hex(testing::attribute(0x80, 14, value)));
  }
}

TEST(UpdateStructure, Ipv6NextHopsOfIpv4RoutesAreTakenWhereThatIsAgreedOn) {
  DecodeContext context;
  context.extended_next_hop = true;
  Buffer body, scratch;
  auto const global = "20010db8000000000000000000000001", link_local = "fe800000000000000000000000000001";
  auto const cut = [&](std::string const& next_hop) {
    body = Update::sound().with(0x80, 14, "0001 01 " + next_hop + " 00 08 0a").body();
    return cut_update(body, context, scratch);
  };
  auto const short_one = cut(std::string("10 ") + global);
  ASSERT_TRUE(short_one.ok());
  EXPECT_EQ(short_one->mp_reach->next_hop, "2001:db8::1"_ip);
  auto const long_one = cut(std::string("20 ") + global + link_local);
  ASSERT_TRUE(long_one.ok());
  EXPECT_EQ(long_one->mp_reach->next_hop, "2001:db8::1"_ip);
  EXPECT_EQ(long_one->mp_reach->link_local, "fe80::1"_ip);
  EXPECT_TRUE(cut("04 c0000201").ok()) << "an IPv4 next hop stays one";
  EXPECT_FALSE(cut(std::string("18 0000000000000000 ") + global).ok());
}

TEST(UpdateStructure, PathIdentifiersAreReadInTheFamiliesThatHaveThem) {  // RFC 7911 §3
  DecodeContext context;
  context.add_paths.insert(ipv4_unicast);
  auto update = Update::sound().with(0x80, 14, "0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  update.nlri = hex("00000007 08 0a 00000008 10 0a01");
  auto const body = update.body();
  Buffer scratch;
  auto const cut = cut_update(body, context, scratch);
  ASSERT_TRUE(cut.ok());
  NlriReader with(cut->nlri, ipv4_unicast, true);
  EXPECT_EQ(with.next(), "10.0.0.0/8"_pfx);
  EXPECT_EQ(with.path_id(), PathId{7});
  EXPECT_EQ(with.next(), "10.1.0.0/16"_pfx);
  EXPECT_EQ(with.path_id(), PathId{8});
  EXPECT_TRUE(with.at_end());
  NlriReader without(cut->mp_reach->nlri, ipv6_unicast, false);
  EXPECT_EQ(without.next(), "2001:db8::/32"_pfx);
  context.add_paths.insert(ipv6_unicast);
  EXPECT_FALSE(cut_update(body, context, scratch).ok()) << "20 20010db8 is no identifier and prefix";
}

TEST(UpdateStructure, MpAttributesTooShortAre3_9) {
  expect_reset(multiprotocol(0x80, 14, "0002 01 00"), 9, "80 0e 04 0002 01 00");
  expect_reset(multiprotocol(0x80, 14, ""), 9, "80 0e 00");
  expect_reset(multiprotocol(0x80, 15, "0002"), 9, "80 0f 02 0002");
}

TEST(UpdateStructure, MpPrefixTooLongIs3_9) {
  expect_reset(multiprotocol(0x80, 15, "0001 01 21 0a00000000"), 9, "80 0f 09 0001 01 21 0a00000000");
  expect_reset(multiprotocol(0x80, 15, "0002 01 81 20010db8000000000000000000000001 00"), 9,
               "80 0f 15 0002 01 81 20010db8000000000000000000000001 00");
}

TEST(UpdateStructure, MpPrefixThatOverrunsIs3_9) {
  expect_reset(multiprotocol(0x80, 15, "0002 01 20 20010d"), 9, "80 0f 07 0002 01 20 20010d");
  auto const cut_short = v6_reach.substr(0, v6_reach.size() - 2);
  EXPECT_EQ(multiprotocol(0x80, 14, cut_short).verdict.notification.subcode, 9);
}

TEST(UpdateStructure, MpFlagsWrongAre3_9) {
  expect_reset(multiprotocol(0xc0, 15, "0002 01 20 20010db8"), 9, "c0 0f 08 0002 01 20 20010db8");
  expect_reset(multiprotocol(0x00, 15, "0002 01 20 20010db8"), 9, "00 0f 08 0002 01 20 20010db8");
  EXPECT_EQ(multiprotocol(0x40, 14, v6_reach).verdict.notification.subcode, 9);
}

TEST(UpdateStructure, MpAttributeTwiceIs3_1) {
  auto reach = Update::sound().with(0x80, 14, v6_reach).with(0x80, 14, v6_reach);
  expect_reset(decide(reach), 1);
  auto unreach = Update::sound().with(0x80, 15, "0002 01").with(0x80, 15, "0001 01");
  expect_reset(decide(unreach), 1);
}

// RFC 7606 §5.2

TEST(UpdateWithoutReachableNlri, AnErrorOtherThanDiscardIsResetWithTheSubcodeOfTheFirst) {
  auto const update = [] { return Update::sound().without_nlri(); };
  expect_reset(decide(update().with(0x40, 1, "09")), 6, "40 01 01 09");
  expect_reset(decide(update().with(0x40, 1, "0000")), 5, "40 01 02 0000");
  expect_reset(decide(update().with(0xc0, 1, "00")), 4, "c0 01 01 00");
  expect_reset(decide(update().with(0x40, 2, "02 00")), 11, "40 02 02 02 00");
  expect_reset(decide(update().with(0x40, 3, "00")), 5, "40 03 01 00");
  expect_reset(decide(update().with(0x80, 4, "00")), 5, "80 04 01 00");
  expect_reset(decide(update().with(0xc0, 8, "00")), 5, "c0 08 01 00");
  expect_reset(decide(update().with(0xc0, 23, "0008 0001")), 9, "c0 17 04 0008 0001");
}

TEST(UpdateWithoutReachableNlri, OfTwoErrorsTheFirstGivesTheSubcode) {
  auto update = Update::sound().without_nlri().with(0x40, 3, "00");
  update.with(0x40, 1, "09");  // stands before NEXT_HOP
  expect_reset(decide(update), 6, "40 01 01 09");
  Update reversed;
  reversed.more = hex("40 03 01 00  40 01 01 09");
  expect_reset(decide(reversed), 5, "40 03 01 00");
}

TEST(UpdateWithoutReachableNlri, AnAttributeThatOverrunsIs3_1) {
  expect_reset(decide(hex("0000 0004 40 01 05 00")), 1, "40 01 05 00");
  expect_reset(decide(hex("0000 0001 40")), 1, "40");
}

TEST(UpdateWithoutReachableNlri, ADiscardIsOnlyADiscard) {
  EXPECT_EQ(decide(Update::sound().without_nlri().with(0x40, 6, "00")).verdict.action, Action::discard);
}

TEST(UpdateWithoutReachableNlri, NothingIsMissing) {
  EXPECT_EQ(decide(hex("0000 0004 40 01 01 00")).verdict.action, Action::none);
}

TEST(UpdateWithoutReachableNlri, WithdrawnRoutesDoNotSoftenIt) {
  auto update = Update::sound().without_nlri().with(0x40, 1, "09");
  update.withdrawn = testing::prefixes({"10.0.0.0/8"});
  expect_reset(decide(update), 6, "40 01 01 09");
}

TEST(UpdateWithoutReachableNlri, MpReachWithNlriIsReachable) {
  EXPECT_EQ(multiprotocol(0x80, 14, v6_reach).verdict.action, Action::none);
  auto const fate = decide(Update::sound().without(3).without_nlri().with(0x40, 1, "09").with(0x80, 14, v6_reach));
  EXPECT_EQ(fate.verdict.action, Action::withdraw);
  EXPECT_EQ(testing::to_hex(fate.parts.mp_reach->nlri), "2020010db8");
}

TEST(UpdateWithoutReachableNlri, MpReachWithoutNlriIsNot) {
  auto const fate = decide(Update::sound()
                               .without_nlri()
                               .with(0x40, 1, "09")
                               .with(0x80, 14, "0002 01 10 20010db8000000000000000000000001 00"));
  expect_reset(fate, 6, "40 01 01 09");
}

}  // namespace
}  // namespace bgp::wire
