// RFC 7606, row by row: what a wrong attribute does to the UPDATE that carries it.
#include <gtest/gtest.h>

#include "support.h"
#include "wire/attributes.h"

namespace bgp::wire {
namespace {

using testing::decide;
using testing::ebgp;
using testing::Fate;
using testing::hex;
using testing::ibgp;
using testing::two_octet;
using testing::Update;

Fate with(unsigned flags, unsigned type, std::string_view value, DecodeContext const& context = ibgp()) {
  return decide(Update::sound().with(flags, type, value), context);
}

// W: and the NLRI are still there, so that they can be withdrawn.
void expect_withdraw(Fate const& fate, unsigned type) {
  EXPECT_EQ(fate.verdict.action, Action::withdraw) << fate.verdict.notification.text();
  EXPECT_EQ(fate.verdict.attribute, type);
  EXPECT_FALSE(fate.verdict.rule.empty());
  EXPECT_EQ(testing::to_hex(fate.parts.nlri), "080a");
}

// D: and what is discarded is not part of the route.
void expect_discard(Fate const& fate, unsigned type) {
  EXPECT_EQ(fate.verdict.action, Action::discard) << fate.verdict.rule;
  EXPECT_EQ(fate.verdict.attribute, type);
  auto const sound = decide(Update::sound());
  EXPECT_EQ(testing::to_hex(fate.attributes.canonical), testing::to_hex(sound.attributes.canonical));
}

void expect_reset(Fate const& fate, unsigned subcode, Buffer const& data) {
  EXPECT_EQ(fate.verdict.action, Action::reset);
  EXPECT_EQ(fate.verdict.notification.code, 3);
  EXPECT_EQ(fate.verdict.notification.subcode, subcode);
  EXPECT_EQ(testing::to_hex(fate.verdict.notification.data), testing::to_hex(data));
}

void expect_sound(Fate const& fate) {
  EXPECT_EQ(fate.verdict.action, Action::none) << fate.verdict.rule << fate.verdict.notification.text();
}

TEST(UpdateRules, SoundUpdateHasNoFault) {
  expect_sound(decide(Update::sound()));
  expect_sound(decide(Update::sound(), ebgp()));
  expect_sound(decide(Update::sound_two_octet(), two_octet(ebgp())));
}

// any recognised: flags

struct KnownAttribute {
  unsigned flags;
  unsigned type;
  char const* value;
};
KnownAttribute const withdrawn_for_flags[] = {
    {0x40, 1, "00"},
    {0x40, 2, "02 01 0000fde9"},
    {0x40, 3, "c0000201"},
    {0x80, 4, "00000001"},
    {0x40, 5, "00000064"},
    {0x40, 6, ""},
    {0xc0, 7, "0000fde9 c0000201"},
    {0xc0, 8, "fde80001"},
    {0x80, 9, "c0000201"},
    {0x80, 10, "c0000201"},
    {0xc0, 16, "0002fde800000001"},
    {0xc0, 22, "0000000000"},
    {0xc0, 23, "0008 0000"},
    {0x80, 24, "00"},
    {0xc0, 25, "0002 20010db8000000000000000000000001 0001"},
    {0x80, 29, "0400 0000"},
    {0xc0, 32, "0000fde8 00000001 00000002"},
    {0xc0, 35, "0000fde9"},
    {0xc0, 40, "01 0000"},
    {0xc0, 128, "0000fde9"},
};

TEST(UpdateRules, WrongOptionalOrTransitiveBitIsWithdraw) {
  for (auto const& known : withdrawn_for_flags) {
    SCOPED_TRACE(known.type);
    expect_sound(with(known.flags, known.type, known.value));
    expect_withdraw(with(known.flags ^ 0x80, known.type, known.value), known.type);
    expect_withdraw(with(known.flags ^ 0x40, known.type, known.value), known.type);
  }
}

TEST(UpdateRules, LowFourFlagBitsAreIgnored) {
  for (auto const& known : withdrawn_for_flags) expect_sound(with(known.flags | 0x0f, known.type, known.value));
}

TEST(UpdateRules, AigpWithWrongFlagsIsDiscarded) {  // RFC 7311 §3
  expect_discard(with(0xc0, 26, "01 000b 0000000000000001"), 26);
}

// ORIGIN

TEST(UpdateRules, OriginOfALengthOtherThan1IsWithdraw) {
  expect_withdraw(with(0x40, 1, ""), 1);
  expect_withdraw(with(0x40, 1, "0000"), 1);
}

TEST(UpdateRules, OriginAbove2IsWithdraw) {
  expect_sound(with(0x40, 1, "02"));
  expect_withdraw(with(0x40, 1, "03"), 1);
}

// AS_PATH

TEST(UpdateRules, EmptyAsPathIsSoundFromAnInternalPeer) { expect_sound(with(0x40, 2, "")); }

TEST(UpdateRules, AsPathWithAnUnknownSegmentTypeIsWithdraw) {
  expect_withdraw(with(0x40, 2, "00 01 0000fde9"), 2);
  expect_withdraw(with(0x40, 2, "05 01 0000fde9"), 2);
}

TEST(UpdateRules, AsPathWithASegmentOfLength0IsWithdraw) { expect_withdraw(with(0x40, 2, "02 00"), 2); }

TEST(UpdateRules, AsPathThatOverrunsIsWithdraw) {
  expect_withdraw(with(0x40, 2, "02 02 0000fde9"), 2);
  expect_withdraw(with(0x40, 2, "02 01 0000fd"), 2);
}

TEST(UpdateRules, AsPathWithOneOctetLeftIsWithdraw) { expect_withdraw(with(0x40, 2, "02 01 0000fde9 02"), 2); }

TEST(UpdateRules, As0InAsPathIsWithdraw) {
  auto const fate = with(0x40, 2, "02 02 0000fde9 00000000");
  expect_withdraw(fate, 2);
  EXPECT_NE(fate.verdict.rule.find("AS 0"), std::string_view::npos);
}

TEST(UpdateRules, ConfederationSegmentIsWithdraw) {
  expect_withdraw(with(0x40, 2, "03 01 0000fde9"), 2);
  expect_withdraw(with(0x40, 2, "02 01 0000fde9 04 01 0000fdea"), 2);
  expect_withdraw(with(0x40, 2, "03 01 0000fde9 02 01 0000fde9", ebgp()), 2);
}

TEST(UpdateRules, AsSetIsWithdraw) {
  auto const fate = with(0x40, 2, "02 01 0000fde9 01 02 0000fdea 0000fdeb");
  expect_withdraw(fate, 2);
  EXPECT_EQ(fate.verdict.rule, "AS_SET in AS_PATH (RFC 9774)");
}

// An operator must be able to find out what was wrong (RFC 7606 §8).
TEST(UpdateRules, APathThatIsRefusedForWhatItSaysIsKeptToBeShown) {
  auto const shown = [](Fate const& fate) { return decode_canonical(fate.attributes.canonical).as_path.text(); };
  EXPECT_EQ(shown(with(0x40, 2, "02 01 0000fde9 01 02 0000fdea 0000fdeb")), "65001 {65002 65003}");
  EXPECT_EQ(shown(with(0x40, 2, "02 02 0000fde9 00000000")), "65001 0");
  EXPECT_EQ(shown(with(0xc0, 2, "02 01 0000fde9")), "65001");
  EXPECT_EQ(shown(with(0x40, 2, "02 02 0000fde9")), "") << "this one cannot be read";
}

TEST(UpdateRules, AsSetIsSoundWhenAccepted) {
  auto context = ibgp();
  context.accept_as_set = true;
  auto const fate = with(0x40, 2, "02 01 0000fde9 01 02 0000fdea 0000fdeb", context);
  expect_sound(fate);
  EXPECT_EQ(fate.attributes.summary.as_path_length, 2);
}

TEST(UpdateRules, FirstAsOtherThanTheExternalPeersIsWithdraw) {
  expect_withdraw(with(0x40, 2, "02 02 0000fdea 0000fde9", ebgp()), 2);
  expect_withdraw(with(0x40, 2, "", ebgp()), 2);
  expect_sound(with(0x40, 2, "02 02 0000fde9 0000fdea", ebgp()));
}

TEST(UpdateRules, FirstAsIsNotAskedOfInternalAndRouteServerPeers) {
  auto route_server = ebgp();
  route_server.check_first_as = false;
  expect_sound(with(0x40, 2, "02 02 0000fdea 0000fde9", route_server));
  expect_sound(with(0x40, 2, "02 02 0000fdea 0000fde9", ibgp()));
}

TEST(UpdateRules, PathThatStartsWithASetDoesNotStartWithThePeer) {
  auto context = ebgp();
  context.accept_as_set = true;
  expect_withdraw(with(0x40, 2, "01 01 0000fde9", context), 2);
}

TEST(UpdateRules, FirstAsOfAFourOctetPeerOnATwoOctetSessionIsAsTrans) {
  auto context = two_octet(ebgp());
  context.peer_as = Asn{65536};
  expect_sound(with(0x40, 2, "02 02 5ba0 fdea", context));
  expect_withdraw(with(0x40, 2, "02 02 fde9 fdea", context), 2);
}

TEST(UpdateRules, RuleOfAMalformedPathIsNotTheFirstAs) {
  auto const fate = with(0x40, 2, "09 01 0000fde9", ebgp());
  expect_withdraw(fate, 2);
  EXPECT_EQ(fate.verdict.rule, "malformed AS_PATH segment (RFC 7606 §7.2)");
}

// NEXT_HOP, MED, LOCAL_PREF

TEST(UpdateRules, NextHopOfALengthOtherThan4IsWithdraw) {
  expect_withdraw(with(0x40, 3, "c00002"), 3);
  expect_withdraw(with(0x40, 3, ""), 3);
  expect_withdraw(with(0x40, 3, "20010db8000000000000000000000001"), 3);
}

TEST(UpdateRules, MedOfALengthOtherThan4IsWithdraw) {
  expect_withdraw(with(0x80, 4, "000001"), 4);
  expect_withdraw(with(0x80, 4, "0000000001"), 4);
}

TEST(UpdateRules, LocalPrefOfALengthOtherThan4IsWithdraw) {
  expect_withdraw(with(0x40, 5, "000064"), 5);
  expect_withdraw(with(0x40, 5, ""), 5);
}

TEST(UpdateRules, LocalPrefFromAnExternalPeerIsDiscardedWhateverItIs) {
  expect_discard(with(0x40, 5, "00000064", ebgp()), 5);
  expect_discard(with(0x40, 5, "00", ebgp()), 5);
  expect_discard(with(0xc0, 5, "00000064", ebgp()), 5);
}

TEST(UpdateRules, MissingLocalPrefIs100AndNoFault) {
  auto const fate = decide(Update::sound());
  expect_sound(fate);
  EXPECT_FALSE(fate.attributes.summary.has_local_pref);
  EXPECT_EQ(fate.attributes.summary.local_pref, 100U);
}

// ATOMIC_AGGREGATE, AGGREGATOR

TEST(UpdateRules, AtomicAggregateThatIsNotEmptyIsDiscarded) { expect_discard(with(0x40, 6, "00"), 6); }

TEST(UpdateRules, AggregatorOfTheOtherWidthIsDiscarded) {
  expect_discard(with(0xc0, 7, "fde9 c0000201"), 7);
  expect_discard(with(0xc0, 7, ""), 7);
  auto const fate = decide(Update::sound_two_octet().with(0xc0, 7, "0000fde9 c0000201"), two_octet(ibgp()));
  expect_discard(fate, 7);
  expect_sound(decide(Update::sound_two_octet().with(0xc0, 7, "fde9 c0000201"), two_octet(ibgp())));
}

TEST(UpdateRules, As0InAggregatorIsDiscarded) {
  expect_discard(with(0xc0, 7, "00000000 c0000201"), 7);
  expect_discard(decide(Update::sound_two_octet().with(0xc0, 7, "0000 c0000201"), two_octet(ibgp())), 7);
}

// Communities

TEST(UpdateRules, CommunitiesNotANonZeroMultipleAreWithdraw) {
  struct {
    unsigned type;
    unsigned size;
  } const rows[] = {{8, 4}, {16, 8}, {25, 20}, {32, 12}};
  for (auto const [type, size] : rows) {
    SCOPED_TRACE(type);
    auto const octets = [](unsigned count) { return testing::to_hex(Buffer(count, 1)); };
    expect_withdraw(with(0xc0, type, ""), type);
    expect_withdraw(with(0xc0, type, octets(size - 1)), type);
    expect_withdraw(with(0xc0, type, octets(size + 1)), type);
    expect_withdraw(with(0xc0, type, octets(size + size / 2)), type);
    expect_withdraw(with(0xc0, type, octets(size + (size == 4 ? 2 : 4))), type);
    expect_sound(with(0xc0, type, octets(2 * size)));
  }
}

// ORIGINATOR_ID, CLUSTER_LIST

TEST(UpdateRules, OriginatorIdOfALengthOtherThan4IsWithdraw) {
  expect_withdraw(with(0x80, 9, "c00002"), 9);
  expect_withdraw(with(0x80, 9, "c000020100"), 9);
}

TEST(UpdateRules, ClusterListNotANonZeroMultipleOf4IsWithdraw) {
  expect_withdraw(with(0x80, 10, ""), 10);
  expect_withdraw(with(0x80, 10, "c00002"), 10);
  expect_sound(with(0x80, 10, "c0000201 c0000202"));
}

TEST(UpdateRules, ReflectionAttributesFromAnExternalPeerAreDiscarded) {
  expect_discard(with(0x80, 9, "c0000201", ebgp()), 9);
  expect_discard(with(0x80, 9, "c0", ebgp()), 9);
  expect_discard(with(0x80, 10, "c0000201", ebgp()), 10);
}

// AS4_PATH, AS4_AGGREGATOR

TEST(UpdateRules, As4AttributesFromAFourOctetPeerAreDiscarded) {
  expect_discard(with(0xc0, 17, "02 01 00010000"), 17);
  expect_discard(with(0xc0, 18, "00010000 c0000201"), 18);
  expect_discard(with(0xc0, 17, "01 01 00010000"), 17);  // not even looked at
}

TEST(UpdateRules, MalformedAs4PathIsDiscarded) {
  for (auto const* value : {"", "02 01 0001", "02 01 00010000 02", "02 00 00010000", "02 02 00010000", "05 01 00010000",
                            "02 01 00000000"}) {
    SCOPED_TRACE(value);
    expect_discard(decide(Update::sound_two_octet().with(0xc0, 17, value), two_octet(ibgp())), 17);
  }
}

TEST(UpdateRules, AsSetInAs4PathIsWithdraw) {  // RFC 9774
  expect_withdraw(decide(Update::sound_two_octet().with(0xc0, 17, "01 01 00010000"), two_octet(ibgp())), 17);
}

TEST(UpdateRules, MalformedAs4AggregatorIsDiscarded) {
  expect_discard(decide(Update::sound_two_octet().with(0xc0, 18, "0001 c0000201"), two_octet(ibgp())), 18);
  expect_discard(decide(Update::sound_two_octet().with(0xc0, 18, "00000000 c0000201"), two_octet(ibgp())), 18);
}

// What is only recognised

TEST(UpdateRules, MalformedPmsiTunnelTunnelEncapsulationTrafficEngineeringAttrSetOtcAreWithdraw) {
  expect_withdraw(with(0xc0, 22, "00000000"), 22);
  expect_withdraw(with(0xc0, 23, ""), 23);
  expect_withdraw(with(0xc0, 23, "0008 0004 000000"), 23);
  expect_withdraw(with(0x80, 24, ""), 24);
  expect_withdraw(with(0xc0, 128, "0000fd"), 128);
  expect_withdraw(with(0xc0, 128, "0000fde9 40 01 02 00"), 128);
  expect_withdraw(with(0xc0, 35, "0000fd"), 35);
  expect_withdraw(with(0xc0, 35, "0000fde900"), 35);
}

TEST(UpdateRules, MalformedAigpBgpLsPrefixSidAreDiscarded) {
  expect_discard(with(0x80, 26, "01 000b 00000000000001"), 26);
  expect_discard(with(0x80, 26, "01 0002"), 26);
  expect_discard(with(0x80, 26, "01 0002 00"), 26);
  expect_discard(with(0x80, 29, "0400 0001"), 29);
  expect_discard(with(0x80, 29, ""), 29);
  expect_discard(with(0xc0, 40, "01 0002 00"), 40);
  expect_discard(with(0xc0, 40, ""), 40);
}

TEST(UpdateRules, PrefixSidFromOutsideTheDomainIsDiscarded) {  // RFC 8669 §6
  expect_discard(with(0xc0, 40, "01 0000", ebgp()), 40);
}

TEST(UpdateRules, NonTransitiveAttributesNobodyUsesHereAreNotPassedOn) {
  auto const sound = decide(Update::sound());
  for (auto const& [type, value] : {std::pair{24U, "00"}, {26U, "01 000b 0000000000000001"}, {29U, "0400 0000"}}) {
    auto const fate = with(0x80, type, value);
    expect_sound(fate);
    EXPECT_EQ(fate.attributes.canonical, sound.attributes.canonical) << type;
  }
}

// Missing, unknown, repeated

TEST(UpdateRules, MissingMandatoryAttributeIsWithdraw) {
  for (unsigned const type : {1U, 2U, 3U}) expect_withdraw(decide(Update::sound().without(type)), type);
  Update bare;
  bare.nlri = testing::prefixes({"10.0.0.0/8"});
  expect_withdraw(decide(bare), 1);
}

TEST(UpdateRules, NextHopIsMandatoryForTheNlriFieldOnly) {
  auto update = Update::sound().without(3).without_nlri();
  update.with(0x80, 14, "0002 01 10 20010db8000000000000000000000001 00 20 20010db8");
  expect_sound(decide(update));
  update.without(1);
  EXPECT_EQ(decide(update).verdict.action, Action::withdraw);
}

TEST(UpdateRules, UnknownWellKnownAttributeIsResetWithTheAttribute) {
  expect_reset(with(0x40, 99, "aabb"), 2, hex("40 63 02 aabb"));
  expect_reset(with(0x00, 99, ""), 2, hex("00 63 00"));
}

TEST(UpdateRules, UnknownTransitiveIsPassedOnWithPartial) {
  auto const fate = with(0xc0, 99, "aabb");
  expect_sound(fate);
  auto const sound = decide(Update::sound());
  EXPECT_EQ(testing::to_hex(fate.attributes.canonical), testing::to_hex(sound.attributes.canonical) + "e06302aabb");
}

TEST(UpdateRules, UnknownNonTransitiveIsDropped) {
  auto const fate = with(0x80, 99, "aabb");
  expect_sound(fate);
  EXPECT_EQ(fate.attributes.canonical, decide(Update::sound()).attributes.canonical);
}

TEST(UpdateRules, OfRepeatedAttributesTheFirstCounts) {
  auto const fate = decide(Update::sound().with(0x80, 4, "00000001").with(0x80, 4, "00000002"));
  EXPECT_EQ(fate.verdict.action, Action::discard);
  EXPECT_EQ(fate.attributes.summary.med, 1U);
}

TEST(UpdateRules, ARepetitionIsNotLookedAt) {
  EXPECT_EQ(decide(Update::sound().with(0x80, 4, "00000001").with(0x80, 4, "")).verdict.action, Action::discard);
  EXPECT_EQ(decide(Update::sound().with_octets("40 01 01 09")).verdict.action, Action::discard);
  EXPECT_EQ(decide(Update::sound().with(0xc0, 99, "").with(0xc0, 99, "")).verdict.action, Action::discard);
}

TEST(UpdateRules, OfRepeatedNextHopsTheFirstCounts) {
  auto const fate = decide(Update::sound().with_octets("40 03 04 c0000202"));
  EXPECT_EQ(fate.verdict.action, Action::discard);
  EXPECT_EQ(fate.verdict.attribute, 3);
  EXPECT_EQ(fate.parts.next_hop->text(), "192.0.2.1");
}

// Several

TEST(UpdateRules, StrongestOfSeveralWins) {
  auto update = Update::sound().with(0x40, 6, "00");  // D
  EXPECT_EQ(decide(update).verdict.action, Action::discard);
  update.with(0x80, 4, "00");  // W
  EXPECT_EQ(decide(update).verdict.attribute, 4);
  EXPECT_EQ(decide(update).verdict.action, Action::withdraw);
  update.with(0x40, 99, "");  // R
  EXPECT_EQ(decide(update).verdict.action, Action::reset);
}

TEST(UpdateRules, StrongestOfSeveralWinsInWhicheverStepItIsFound) {
  auto update = Update::sound().with(0x40, 3, "00");  // W, found by cut_update
  update.with(0x40, 99, "");                          // R, found by decode_attributes
  expect_reset(decide(update), 2, hex("40 63 00"));
}

TEST(UpdateRules, OfEqualFaultsTheFirstIsNamed) {
  EXPECT_EQ(decide(Update::sound().with(0x40, 1, "09").with(0x40, 3, "00")).verdict.attribute, 1);
  EXPECT_EQ(decide(Update::sound().with(0x40, 3, "00").with(0x80, 4, "00")).verdict.attribute, 3);
  EXPECT_EQ(decide(Update::sound().with(0x80, 4, "00").with(0xc0, 8, "00")).verdict.attribute, 4);
}

}  // namespace
}  // namespace bgp::wire
