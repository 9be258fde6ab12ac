// Text from strangers ends up as JSON that is valid, complete and harmless.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "mgmt/address_text.h"
#include "mgmt/json_writer.h"
#include "mgmt/speaker_json.h"
#include "mgmt/utf8.h"

namespace tern::mgmt {
namespace {

using namespace bgp::literals;

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(Json, EscapesQuotesControlsAndOverrides) {
  EXPECT_EQ(json_text("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_text("\x1b[2J\n"), R"("\u001b[2J\u000a")");
  EXPECT_EQ(json_text("\u202e\u0085"), R"("\u202e\u0085")");
  EXPECT_EQ(json_text("gr\u00fc\u00df"), "\"gr\u00fc\u00df\"");
}

TEST(Json, ReplacesInvalidUtf8) {
  EXPECT_EQ(json_text("a\xff"), R"("a\ufffd")");
  EXPECT_EQ(json_text("\xc0\x80"), R"("\ufffd\ufffd")");                 // overlong
  EXPECT_EQ(json_text("\xed\xa0\x80").find("\xed"), std::string::npos);  // a surrogate
}

RC_GTEST_PROP(Json, AnyOctetsBecomePrintableUtf8, (std::string const& octets)) {
  auto const json = json_text(octets);
  for (std::string_view rest = json; !rest.empty();) {
    auto const c = next_character(rest);
    RC_ASSERT(c.valid);
    RC_ASSERT(!harmful_on_terminal(c.code_point));
    rest.remove_prefix(c.size);
  }
}

TEST(Json, SeparatesValuesAtEveryDepth) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.field("a", 1);
  json.key("b");
  json.begin_array();
  json.value(true);
  json.null();
  json.begin_object();
  json.end_object();
  json.end_array();
  json.field("c", "d");
  json.end_object();
  EXPECT_EQ(out, R"({"a":1,"b":[true,null,{}],"c":"d"})");
}

TEST(Json, ALinkLocalNeighbourIsShownWithItsInterface) {
  bgp::PeerStatus peer;
  peer.address = "fe80::1"_ip;
  peer.scope_id = 1;  // lo has this number everywhere
  std::string out;
  JsonWriter json(out);
  write_json(json, peer, {});
  EXPECT_TRUE(out.starts_with(R"({"address":"fe80::1%lo",)")) << out;
  EXPECT_EQ(address_text({"fe80::1"_ip, 4'000'000}), "fe80::1%4000000");
  EXPECT_EQ(address_text({"192.0.2.1"_ip, 0}), "192.0.2.1");
  EXPECT_EQ(parse_address("fe80::1%lo"), (ScopedAddress{"fe80::1"_ip, 1}));
  EXPECT_EQ(parse_address("fe80::1%7"), (ScopedAddress{"fe80::1"_ip, 7}));
  EXPECT_EQ(parse_address("fe80::1"), (ScopedAddress{"fe80::1"_ip, 0}));
  for (auto const* wrong : {"fe80::1%", "fe80::1%none", "192.0.2.1%lo", "lo", ""}) EXPECT_FALSE(parse_address(wrong));
}

TEST(Json, MemoryIsShownByFamilyAndInTotal) {
  bgp::MemoryStatus memory;
  memory.tables = {{bgp::ipv4_unicast, 1, 20, 300, 4000, 50'000, 600'000}, {bgp::ipv6_unicast, 1}};
  memory.attribute_sets = 7'000'000;
  memory.next_hops = 80'000'000;
  memory.own_routes = 900'000'000;
  memory.subscriptions = 1;
  std::string out;
  JsonWriter json(out);
  write_json(json, memory, ProcessMemory{5, 6});
  EXPECT_EQ(out, R"({"resident":5,"peakResident":6,"accounted":987654323,"attributeSets":7000000,"nextHops":80000000,)"
                 R"("ownRoutes":900000000,"subscriptions":1,"tables":[{"family":"ipv4-unicast","paths":1,"slots":20,)"
                 R"("index":300,"changes":4000,"groupLogs":50000,"groupSets":600000,"total":654321},)"
                 R"({"family":"ipv6-unicast","paths":1,"slots":0,"index":0,"changes":0,"groupLogs":0,"groupSets":0,)"
                 R"("total":1}]})");
  out.clear();
  JsonWriter without(out);
  write_json(without, {}, std::nullopt);
  EXPECT_TRUE(out.starts_with(R"({"accounted":0,)")) << out;
}

TEST(Json, TheLongestSliceIsShownByTheClockAndOnAProcessor) {
  bgp::SpeakerStatus status;
  status.longest_slice = std::chrono::microseconds(5200);
  status.longest_slice_on_processor = std::chrono::microseconds(2600);
  std::string out;
  JsonWriter json(out);
  write_json(json, "tern-reflector", status, status.started);
  EXPECT_TRUE(out.ends_with(R"("longestSliceMicroseconds":5200,"longestSliceProcessorMicroseconds":2600,)"
                            R"("worstTimerDelayMicroseconds":0})"))
      << out;
}

TEST(ProcessMemory, IsTheKernels) {
  auto const before = process_memory();
  ASSERT_TRUE(before);
  EXPECT_GT(before->resident, 1'000'000U);
  EXPECT_GE(before->peak, before->resident);
  constexpr std::size_t much = 64U << 20;
  std::vector<char> const touched(much, 'x');
  auto const after = process_memory();
  ASSERT_TRUE(after);
  EXPECT_GT(after->resident, before->resident + much / 2);
  EXPECT_FALSE(process_memory("/proc/self/none"));
}

TEST(Json, WhatAFilterChangedIsSaid) {
  bgp::RouteEntry route;
  route.prefix = "203.0.113.0/24"_pfx;
  route.changed_by = "filter in, rule 2";
  std::string out;
  JsonWriter json(out);
  write_json(json, route);
  EXPECT_NE(out.find(R"("usable":true,"changedBy":"filter in, rule 2",)"), std::string::npos) << out;
}

TEST(Json, ARouteShowsItsAttributesAndWhyItWasRefused) {
  bgp::RouteEntry route;
  route.prefix = "203.0.113.0/24"_pfx;
  route.peer_address = "192.0.2.1"_ip;
  route.usable = false;
  route.refused_by = "AS_SET";
  route.attributes.next_hop = "192.0.2.9"_ip;
  route.attributes.as_path.segments = {{bgp::AsPathSegment::Kind::sequence, {65001_asn, 65002_asn}}};
  route.attributes.med = 0;
  route.attributes.communities = {bgp::Community{65001u << 16 | 7}};
  route.attributes.extended_communities = {{0, 2, 0xfd, 0xe9, 0, 0, 0, 1}, {0x40, 4, 1, 2, 3, 4, 5, 6}};
  route.attributes.cluster_list = {*bgp::RouterId::parse("1.1.1.1")};
  std::string out;
  JsonWriter json(out);
  write_json(json, route);
  EXPECT_EQ(
      out,
      R"({"prefix":"203.0.113.0/24","peer":"192.0.2.1","best":false,"multipath":false,"usable":false,"refusedBy":"AS_SET",)"
      R"("origin":"igp","asPath":"65001 65002","nextHop":"192.0.2.9","med":0,"clusterList":["1.1.1.1"],)"
      R"("communities":["65001:7"],"extendedCommunities":["rt:65001:1","0x4004010203040506"]})");
}

}  // namespace
}  // namespace tern::mgmt
