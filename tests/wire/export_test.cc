// encode_for_export: each edit, and that everything else passes untouched.
#include <gtest/gtest.h>

#include "support.h"
#include "wire/attributes.h"

namespace bgp::wire {
namespace {

using testing::hex;
using testing::to_hex;

std::string exported(Bytes canonical, ExportEdit const& edit, IpAddress const& next_hop = {}) {
  Buffer out;
  EXPECT_TRUE(encode_for_export(canonical, edit, next_hop, out));
  return to_hex(out);
}
std::string exported(std::string_view canonical, ExportEdit const& edit, IpAddress const& next_hop = {}) {
  return exported(hex(canonical), edit, next_hop);
}
std::string plain(std::string_view octets) { return to_hex(hex(octets)); }

std::string const route =
    "40 01 01 00  40 02 06 02 01 0000fde9  80 04 04 00000007  40 05 04 000000c8  c0 08 04 fde80001";

TEST(Export, WithoutEditsNothingChanges) { EXPECT_EQ(exported(route, {}), plain(route)); }

TEST(Export, AppendsToWhatStands) {
  Buffer out = hex("aabb");
  ASSERT_TRUE(encode_for_export(hex("40 01 01 00"), {}, {}, out));
  EXPECT_EQ(to_hex(out), "aabb40010100");
}

TEST(Export, Ipv4NextHopStandsInItsPlace) {
  EXPECT_EQ(exported(route, {}, IpAddress::v4(0xc0000201)),
            plain("40 01 01 00  40 02 06 02 01 0000fde9  40 03 04 c0000201  80 04 04 00000007  40 05 04 000000c8  "
                  "c0 08 04 fde80001"));
  EXPECT_EQ(exported("40 01 01 00", {}, IpAddress::v4(0xc0000201)), plain("40 01 01 00  40 03 04 c0000201"));
}

TEST(Export, Ipv6NextHopIsMpReachs) {
  EXPECT_EQ(exported(route, {}, IpAddress::parse("2001:db8::1").value()), plain(route));
}

TEST(Export, PrependJoinsALeadingSequence) {
  ExportEdit edit;
  edit.prepend = Asn{65000};
  EXPECT_EQ(exported("40 02 06 02 01 0000fde9", edit), plain("40 02 0a 02 02 0000fde8 0000fde9"));
}

TEST(Export, PrependToAnEmptyPathOrASetMakesASequence) {
  ExportEdit edit;
  edit.prepend = Asn{65000};
  EXPECT_EQ(exported("40 02 00", edit), plain("40 02 06 02 01 0000fde8"));
  EXPECT_EQ(exported("40 02 06 01 01 0000fde9", edit), plain("40 02 0c 02 01 0000fde8 01 01 0000fde9"));
  EXPECT_EQ(exported("40 01 01 00", edit), plain("40 01 01 00 40 02 06 02 01 0000fde8"));
}

TEST(Export, TheLocalAsStandsInFrontOfOurOwn) {
  ExportEdit edit;
  edit.prepend = Asn{65000};
  edit.prepend_local = Asn{64999};
  EXPECT_EQ(exported("40 02 06 02 01 0000fde9", edit), plain("40 02 0e 02 03 0000fde7 0000fde8 0000fde9"));
}

// 64512 (fc00) and 4200000000 (fa56ea00) are private, 64511 (fbff) and 65535 (ffff) are not.
TEST(Export, PrivateAsesGoButThatOfTheNeighbour) {
  ExportEdit edit;
  edit.private_as = {PrivateAs::remove, Asn{64513}, {}};
  EXPECT_EQ(exported("40 02 1a 02 06 0000fbff 0000fc00 0000fc01 fa56ea00 0000ffff 0000fffe", edit),
            plain("40 02 0e 02 03 0000fbff 0000fc01 0000ffff"));
  EXPECT_EQ(exported("40 02 0c 02 01 0000fc00 01 01 fa56ea00", edit), plain("40 02 00")) << "no empty segment stays";
  edit.prepend = Asn{1};
  EXPECT_EQ(exported("40 02 06 02 01 0000fc00", edit), plain("40 02 06 02 01 00000001")) << "what we add stays";
}

TEST(Export, PrivateAsesAreReplacedInTheirPlaces) {
  ExportEdit edit;
  edit.private_as = {PrivateAs::replace, Asn{64513}, Asn{7}};
  EXPECT_EQ(exported("40 02 0e 02 03 0000fc00 0000fc01 fffffffe", edit),
            plain("40 02 0e 02 03 00000007 0000fc01 00000007"));
}

TEST(Export, ACommunityIsAddedOnce) {
  ExportEdit edit;
  edit.add_community = graceful_shutdown;
  EXPECT_EQ(exported("40 01 01 00  80 09 04 c0000201", edit),
            plain("40 01 01 00  c0 08 04 ffff0000  80 09 04 c0000201"));
  EXPECT_EQ(exported("e0 08 04 fde80001", edit), plain("e0 08 08 fde80001 ffff0000")) << "Partial stays";
  EXPECT_EQ(exported("c0 08 04 ffff0000", edit), plain("c0 08 04 ffff0000"));
}

TEST(Export, OnlyToCustomerIsSetWhereNoneStands) {
  ExportEdit edit;
  edit.only_to_customer = Asn{65000};
  EXPECT_EQ(exported("40 01 01 00  c0 20 0c 000000010000000200000003  c0 80 01 07", edit),
            plain("40 01 01 00  c0 20 0c 000000010000000200000003  c0 23 04 0000fde8  c0 80 01 07"));
  EXPECT_EQ(exported("c0 23 04 00000001", edit), plain("c0 23 04 00000001"));
}

TEST(Export, PrependToAFullSegmentStartsANewOne) {
  Attributes attributes;
  attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::vector<Asn>(255, Asn{1})}};
  Buffer canonical;
  encode_canonical(attributes, canonical);
  ExportEdit edit;
  edit.prepend = Asn{65000};
  Buffer out;
  ASSERT_TRUE(encode_for_export(canonical, edit, {}, out));
  auto const path = decode_canonical(out).as_path;
  ASSERT_EQ(path.segments.size(), 2U);
  EXPECT_EQ(path.segments[0].asns, std::vector{Asn{65000}});
  EXPECT_EQ(path.segments[1].asns.size(), 255U);
}

TEST(Export, PrependThatGrowsPast255TakesTheExtendedLength) {
  Attributes attributes;
  attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::vector<Asn>(63, Asn{1})}};  // 254 octets
  Buffer canonical;
  encode_canonical(attributes, canonical);
  ASSERT_EQ(to_hex(Bytes(canonical).subspan(4, 3)), "4002fe");
  ExportEdit edit;
  edit.prepend = Asn{65000};
  Buffer out;
  ASSERT_TRUE(encode_for_export(canonical, edit, {}, out));
  EXPECT_EQ(to_hex(Bytes(out).subspan(4, 6)), "500201020240");
}

TEST(Export, RemovesWhatDoesNotLeaveTheAs) {
  ExportEdit edit;
  edit.remove_local_pref = true;
  edit.remove_med = true;
  edit.remove_reflection = true;
  EXPECT_EQ(exported(route + "80 09 04 c0000201 80 0a 04 00000001", edit),
            plain("40 01 01 00  40 02 06 02 01 0000fde9  c0 08 04 fde80001"));
}

TEST(Export, LocalPrefIsAddedOnlyWhereNoneStands) {
  ExportEdit edit;
  edit.add_local_pref = 100;
  EXPECT_EQ(exported(route, edit), plain(route));
  EXPECT_EQ(exported("40 02 00 c0 08 04 fde80001", edit), plain("40 02 00 40 05 04 00000064 c0 08 04 fde80001"));
}

TEST(Export, OriginatorIdIsSetOnlyWhereNoneStands) {
  ExportEdit edit;
  edit.originator_id = RouterId{0xc0000209};
  EXPECT_EQ(exported("40 02 00", edit), plain("40 02 00 80 09 04 c0000209"));
  EXPECT_EQ(exported("40 02 00 80 09 04 c0000201", edit), plain("40 02 00 80 09 04 c0000201"));
}

TEST(Export, ClusterStandsInFrontOfTheList) {
  ExportEdit edit;
  edit.prepend_cluster = RouterId{9};
  EXPECT_EQ(exported("40 02 00", edit), plain("40 02 00 80 0a 04 00000009"));
  EXPECT_EQ(exported("40 02 00 80 0a 04 00000001 c0 63 00", edit),
            plain("40 02 00 80 0a 08 00000009 00000001 c0 63 00"));
}

TEST(Export, ReflectionAddsBothInOrder) {
  ExportEdit edit;
  edit.originator_id = RouterId{1};
  edit.prepend_cluster = RouterId{9};
  EXPECT_EQ(exported("40 01 01 00 40 02 00 c0 10 08 0002fde800000001", edit, IpAddress::v4(0xc0000201)),
            plain("40 01 01 00 40 02 00 40 03 04 c0000201 80 09 04 00000001 80 0a 04 00000009 c0 10 08 "
                  "0002fde800000001"));
}

ExportEdit to_two_octets() {
  ExportEdit edit;
  edit.four_octet_as = false;
  return edit;
}

TEST(Export, ToTwoOctetPeersGoesAsTransAndAs4Path) {
  EXPECT_EQ(exported("40 02 0a 02 02 0000fde9 00010000 c0 20 0c 0000fde9 00000001 00000002", to_two_octets()),
            plain("40 02 06 02 02 fde9 5ba0 c0 11 0a 02 02 0000fde9 00010000 c0 20 0c 0000fde9 00000001 00000002"));
}

TEST(Export, As4PathIsSentOnlyWhereItSaysMore) {
  EXPECT_EQ(exported("40 02 0a 02 02 0000fde9 00005ba0", to_two_octets()), plain("40 02 06 02 02 fde9 5ba0"));
}

TEST(Export, As4PathHoldsThePrependedAsToo) {
  auto edit = to_two_octets();
  edit.prepend = Asn{65536};
  EXPECT_EQ(exported("40 02 06 02 01 0000fde9", edit),
            plain("40 02 06 02 02 5ba0 fde9 c0 11 0a 02 02 00010000 0000fde9"));
}

TEST(Export, As4PathLeavesOutConfederationSegments) {
  EXPECT_EQ(exported("40 02 0c 03 01 0000fde9 02 01 00010000", to_two_octets()),
            plain("40 02 08 03 01 fde9 02 01 5ba0 c0 11 06 02 01 00010000"));
}

TEST(Export, AggregatorToTwoOctetPeers) {
  EXPECT_EQ(exported("c0 07 08 0000fde9 c0000201", to_two_octets()), plain("c0 07 06 fde9 c0000201"));
  EXPECT_EQ(exported("e0 07 08 00010000 c0000201", to_two_octets()),
            plain("e0 07 06 5ba0 c0000201 c0 12 08 00010000 c0000201"));
}

TEST(Export, ClusterListPastWhatALengthCanSayIsRefusedAndLeavesNothing) {
  Attributes attributes;
  attributes.cluster_list.resize(16383);  // 65,532 octets
  Buffer canonical;
  encode_canonical(attributes, canonical);
  ExportEdit edit;
  edit.prepend_cluster = RouterId{9};
  Buffer out = hex("aabb");
  EXPECT_FALSE(encode_for_export(canonical, edit, {}, out));
  EXPECT_EQ(to_hex(out), "aabb");
}

TEST(Export, PathPastWhatALengthCanSayIsRefusedAndLeavesNothing) {
  Attributes attributes;
  attributes.as_path.segments = {{AsPathSegment::Kind::sequence, std::vector<Asn>(255 * 64, Asn{1})}};
  attributes.as_path.segments.resize(22, {AsPathSegment::Kind::set, {Asn{1}}});  // 65,534 octets
  Buffer canonical;
  encode_canonical(attributes, canonical);
  ExportEdit edit;
  edit.prepend = Asn{1};
  Buffer out = hex("aabb");
  EXPECT_FALSE(encode_for_export(canonical, edit, {}, out));
  EXPECT_EQ(to_hex(out), "aabb");
}

}  // namespace
}  // namespace bgp::wire
