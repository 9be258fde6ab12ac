// Canonical bytes: made from what was received, made from values, asked, and read back.
#include "wire/attributes.h"

#include <gtest/gtest.h>

#include "support.h"

namespace bgp::wire {
namespace {

using testing::hex;
using testing::ibgp;
using testing::to_hex;
using Kind = AsPathSegment::Kind;

std::string canonical_of(std::string_view received, DecodeContext const& context = ibgp()) {
  return to_hex(decode_attributes(hex(received), context).canonical);
}

Attributes everything() {
  Attributes all;
  all.origin = Origin::incomplete;
  all.as_path.segments = {{Kind::sequence, {Asn{65001}, Asn{4200000000}}}, {Kind::set, {Asn{65002}}}};
  all.med = 7;
  all.local_pref = 200;
  all.atomic_aggregate = true;
  all.aggregator = Aggregator{Asn{65001}, IpAddress::v4(0xc0000201)};
  all.communities = {Community{0xfde80001}, no_export};
  all.originator_id = RouterId{0xc0000202};
  all.cluster_list = {RouterId{1}, RouterId{2}};
  all.extended_communities = {{0, 2, 0xfd, 0xe8, 0, 0, 0, 1}};
  all.ipv6_extended_communities = {{0, 2, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 9}};
  all.large_communities = {{65001, 1, 2}};
  all.unknown = {{0xe0, 20, hex("01")}, {0xc0, 35, hex("0000fde9")}, {0xe0, 200, hex("aabb")}};
  all.partial = {7, 8};
  return all;
}

std::string const everything_octets =
    to_hex(hex("40 01 01 02"
               "40 02 10 02 02 0000fde9 fa56ea00 01 01 0000fdea"
               "80 04 04 00000007"
               "40 05 04 000000c8"
               "40 06 00"
               "e0 07 08 0000fde9 c0000201"
               "e0 08 08 fde80001 ffffff01"
               "80 09 04 c0000202"
               "80 0a 08 00000001 00000002"
               "c0 10 08 0002fde800000001"
               "e0 14 01 01"
               "c0 19 14 0002 20010db8000000000000000000000001 0009"
               "c0 20 0c 0000fde9 00000001 00000002"
               "c0 23 04 0000fde9"
               "e0 c8 02 aabb"));

TEST(Canonical, GoldenOctetsOfEveryAttribute) {
  Buffer out;
  encode_canonical(everything(), out);
  EXPECT_EQ(to_hex(out), everything_octets);
}

TEST(Canonical, EveryAttributeIsReadBack) { EXPECT_EQ(decode_canonical(hex(everything_octets)), everything()); }

TEST(Canonical, ReceivedCanonicalOctetsStayAsTheyAre) {
  auto context = ibgp();
  context.accept_as_set = true;
  EXPECT_EQ(canonical_of(everything_octets, context), everything_octets);
}

TEST(Canonical, LeastAttributesAreOriginAndAsPath) {
  Buffer out;
  encode_canonical(Attributes{}, out);
  EXPECT_EQ(to_hex(out), "40010100400200");
}

TEST(Canonical, ReceivedAttributesAreSorted) {
  EXPECT_EQ(canonical_of("c0 08 04 fde80001 80 04 04 00000007 40 02 00 40 01 01 00"),
            canonical_of("40 01 01 00 40 02 00 80 04 04 00000007 c0 08 04 fde80001"));
}

TEST(Canonical, FlagsBecomeNormal) {
  EXPECT_EQ(canonical_of("5f 01 0001 00"), "40010100");            // extended length, unused bits
  EXPECT_EQ(canonical_of("60 01 01 00"), "40010100");              // Partial on a well-known one
  EXPECT_EQ(canonical_of("a0 04 04 00000007"), "80040400000007");  // and on a non-transitive one
  EXPECT_EQ(canonical_of("e0 08 04 fde80001"), "e00804fde80001");  // it stays on a transitive one
  EXPECT_EQ(canonical_of("d0 63 0001 aa"), "e06301aa");            // and is set on an unknown one
}

TEST(Canonical, ExtendedLengthWhereNeeded) {
  auto const value = Buffer(256, 1);
  EXPECT_EQ(canonical_of(to_hex(testing::attribute(0xd0, 8, value))), "d0080100" + to_hex(value));
}

TEST(Canonical, TruncatedAttributeIsLeftOut) { EXPECT_EQ(canonical_of("40 01 01 00 40 02 05 02"), "40010100"); }

TEST(Canonical, LongSequencesAreSplitAt255) {
  Attributes attributes;
  attributes.as_path.segments = {{Kind::sequence, std::vector<Asn>(300, Asn{1})}};
  Buffer out;
  encode_canonical(attributes, out);
  auto const path = decode_canonical(out).as_path;
  ASSERT_EQ(path.segments.size(), 2U);
  EXPECT_EQ(path.segments[0].asns.size(), 255U);
  EXPECT_EQ(path.segments[1].asns.size(), 45U);
}

TEST(Canonical, EmptySegmentsAreLeftOut) {
  Attributes attributes;
  attributes.as_path.segments = {{Kind::sequence, {}}, {Kind::sequence, {Asn{1}}}};
  Buffer out;
  encode_canonical(attributes, out);
  EXPECT_EQ(decode_canonical(out).as_path.text(), "1");
}

TEST(Canonical, ListsPastWhatALengthCanSayAreCut) {
  Attributes attributes;
  attributes.communities.resize(20000);
  attributes.as_path.segments = {{Kind::sequence, std::vector<Asn>(20000, Asn{1})}};
  attributes.unknown = {{0xe0, 99, Buffer(65536)}};
  Buffer out;
  encode_canonical(attributes, out);
  auto const read = decode_canonical(out);
  EXPECT_EQ(read.communities.size(), 16383U);
  EXPECT_EQ(read.as_path.length(), 64U * 255U);
  EXPECT_TRUE(read.unknown.empty());
}

TEST(Canonical, UnknownMaySpeakForNoKnownAttributeAndIsAlwaysOptional) {
  Attributes attributes;
  attributes.unknown = {
      {0x40, 5, hex("00000001")}, {0x40, 14, hex("00")}, {0x40, 99, hex("aa")}, {0xc0, 99, hex("bb")}};
  Buffer out;
  encode_canonical(attributes, out);
  EXPECT_EQ(to_hex(out),
            "40010100"
            "400200"
            "c06301aa");
}

TEST(Canonical, Type0IsAnUnknownAttributeLikeOthers) {
  auto const canonical = hex("e0 00 01 aa 40 01 01 00 40 02 00");
  Buffer out;
  encode_canonical(decode_canonical(canonical), out);
  EXPECT_EQ(to_hex(out), to_hex(canonical));
  EXPECT_EQ(canonical_of("40 01 01 00 40 02 00 c0 00 01 aa"), to_hex(canonical));
}

TEST(Canonical, UnknownIsSortedWhateverItsOrder) {
  Attributes attributes;
  attributes.unknown = {{0xc0, 200, {}}, {0xc0, 20, {}}};
  Buffer out;
  encode_canonical(attributes, out);
  EXPECT_EQ(to_hex(out),
            "40010100"
            "400200"
            "c01400"
            "c0c800");
}

TEST(Canonical, DecodingReadsNothingOutsideOfCutShortValues) {  // only of use under ASan
  for (auto const* octets : {"40 01 00", "40 02 01 02", "80 04 03 000000", "c0 07 01 00", "c0 08 03 000000", "80 09 00",
                             "c0 10 07 00000000000000", "c0 20 0b 0000000000000000000000", "40 02"}) {
    auto const canonical = hex(octets);
    (void)decode_canonical(canonical);
    (void)summarize(canonical);
    (void)count_in_as_path(canonical, Asn{1});
    (void)in_cluster_list(canonical, RouterId{1});
  }
}

// Summary

TEST(Summary, OfEveryAttribute) {
  auto const summary = summarize(hex(everything_octets));
  EXPECT_TRUE(summary.has_origin && summary.has_as_path && summary.has_med && summary.has_local_pref);
  EXPECT_EQ(summary.origin, Origin::incomplete);
  EXPECT_EQ(summary.as_path_length, 3);
  EXPECT_EQ(summary.first_as, Asn{65001});
  EXPECT_EQ(summary.origin_as, Asn{});  // it ends with a set
  EXPECT_EQ(summary.med, 7U);
  EXPECT_EQ(summary.local_pref, 200U);
  EXPECT_TRUE(summary.has_originator_id);
  EXPECT_EQ(summary.originator_id, RouterId{0xc0000202});
  EXPECT_EQ(summary.cluster_list_length, 2);
  EXPECT_TRUE(summary.no_export);
  EXPECT_FALSE(summary.no_advertise || summary.no_export_subconfed);
}

TEST(Summary, OfNothing) {
  auto const summary = summarize({});
  EXPECT_FALSE(summary.has_origin || summary.has_as_path || summary.has_med || summary.has_originator_id);
  EXPECT_EQ(summary.local_pref, 100U);
}

TEST(Summary, WellKnownCommunitiesAreFoundAnywhereInTheList) {
  auto const summary = summarize(hex("c0 08 0c 00000001 ffffff02 ffffff03"));
  EXPECT_TRUE(summary.no_advertise && summary.no_export_subconfed);
  EXPECT_FALSE(summary.no_export);
}

TEST(Summary, TellsOfGracefulShutdownAndOfOnlyToCustomer) {
  EXPECT_FALSE(summarize(hex("c0 08 04 fffe0000")).graceful_shutdown);
  EXPECT_TRUE(summarize(hex("c0 08 08 fde80001 ffff0000")).graceful_shutdown);
  EXPECT_FALSE(summarize(hex("40 01 01 00")).has_only_to_customer);
  auto const summary = summarize(hex("c0 23 04 0000fde8"));
  EXPECT_TRUE(summary.has_only_to_customer);
  EXPECT_EQ(summary.only_to_customer, Asn{65000});
}

TEST(Summary, EndsOfAPath) {
  auto const of = [](std::string_view path) { return summarize(testing::attribute(0x40, 2, hex(path))); };
  EXPECT_EQ(of("02 02 00000001 00000002").first_as, Asn{1});
  EXPECT_EQ(of("02 02 00000001 00000002").origin_as, Asn{2});
  EXPECT_EQ(of("01 01 00000001 02 01 00000002").first_as, Asn{});
  EXPECT_EQ(of("01 01 00000001 02 01 00000002").origin_as, Asn{2});
  EXPECT_EQ(of("01 01 00000001 02 01 00000002").as_path_length, 2);
  EXPECT_EQ(of("02 01 00000001 02 01 00000002").origin_as, Asn{2});
  EXPECT_EQ(of("03 01 00000009 02 01 00000002 03 01 00000009").first_as, Asn{2});
  EXPECT_EQ(of("03 01 00000009 02 01 00000002 03 01 00000009").origin_as, Asn{2});
  EXPECT_EQ(of("").first_as, Asn{});
}

TEST(AsPathQuestions, CountIsOverAllSegments) {
  auto const canonical = hex("40 01 01 00  40 02 14 02 03 00000001 00000002 00000001 01 01 00000001");
  EXPECT_EQ(count_in_as_path(canonical, Asn{1}), 3U);
  EXPECT_EQ(count_in_as_path(canonical, Asn{2}), 1U);
  EXPECT_EQ(count_in_as_path(canonical, Asn{3}), 0U);
  EXPECT_EQ(count_in_as_path({}, Asn{1}), 0U);
}

TEST(ClusterListQuestions, FindsEachMember) {
  auto const canonical = hex("80 0a 08 00000001 00000002");
  EXPECT_TRUE(in_cluster_list(canonical, RouterId{1}));
  EXPECT_TRUE(in_cluster_list(canonical, RouterId{2}));
  EXPECT_FALSE(in_cluster_list(canonical, RouterId{0x100}));
  EXPECT_FALSE(in_cluster_list(hex("40 01 01 00"), RouterId{1}));
}

}  // namespace
}  // namespace bgp::wire
