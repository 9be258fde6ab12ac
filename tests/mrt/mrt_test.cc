// Records by their octets (RFC 6396, 8050): read, written, and read again.
#include <gtest/gtest.h>

#include "../wire/support.h"
#include "mrt/read.h"
#include "mrt/write.h"

namespace tern::mrt {
namespace {

using namespace bgp::literals;
using bgp::wire::testing::hex;
using bgp::wire::testing::to_hex;

constexpr char index_octets[] =
    "6553f100 000d 0001 0000003b"
    "c0000201 0000 0003"
    "02 c0000201 00000000 0000fde8"
    "02 0a000002 0a000002 00011170"
    "03 0a000003 20010db8000000000000000000000003 0000fdea";

PeerIndex index_of_three() {
  PeerIndex index;
  index.collector = bgp::RouterId{0xc0000201};
  index.peers = {{bgp::RouterId{0xc0000201}, "0.0.0.0"_ip, 65000_asn},
                 {bgp::RouterId{0x0a000002}, "10.0.0.2"_ip, 70000_asn},
                 {bgp::RouterId{0x0a000003}, "2001:db8::3"_ip, 65002_asn}};
  return index;
}

bgp::RouteEntry route(bgp::Prefix const& prefix, bgp::IpAddress const& next_hop) {
  bgp::RouteEntry entry;
  entry.prefix = prefix;
  entry.attributes.as_path.segments = {{bgp::AsPathSegment::Kind::sequence, {70000_asn}}};
  entry.attributes.next_hop = next_hop;
  return entry;
}

Contents contents_of(bgp::Buffer const& octets) {
  auto const record = next_record(octets);
  EXPECT_TRUE(record.ok() && record.value());
  EXPECT_EQ(record.value()->whole.size(), octets.size());
  auto const contents = read(*record.value());
  EXPECT_TRUE(contents.ok()) << contents.error().rule;
  return contents.value();
}

TEST(Mrt, PeerIndexTable) {
  bgp::Buffer out;
  write_peer_index(index_of_three(), 0x6553f100, out);
  EXPECT_EQ(to_hex(out), to_hex(hex(index_octets)));
  auto const index = std::get<PeerIndex>(contents_of(out));
  ASSERT_EQ(index.peers.size(), 3U);
  EXPECT_EQ(index.peers[1].as, 70000_asn);
  EXPECT_EQ(index.peers[2].address, "2001:db8::3"_ip);
}

TEST(Mrt, RibOfIpv4HasTheNextHopInNextHop) {
  auto const entry = route("203.0.113.0/24"_pfx, "192.0.2.7"_ip);
  PathOfPeer const path{1, 0x6553f000, &entry};
  bgp::Buffer out;
  write_rib(9, {&path, 1}, 0x6553f100, out);
  EXPECT_EQ(to_hex(out), to_hex(hex("6553f100 000d 0002 00000026 00000009 18cb0071 0001 0001 6553f000 0014"
                                    "40010100 4002060201 00011170 400304c0000207")));
}

TEST(Mrt, RibOfIpv6HasTheNextHopAloneInMpReach) {
  auto const entry = route("2001:db8::/32"_pfx, "2001:db8::7"_ip);
  PathOfPeer const path{2, 1, &entry};
  bgp::Buffer out;
  write_rib(0, {&path, 1}, 0, out);
  EXPECT_EQ(to_hex(out), to_hex(hex("00000000 000d 0004 00000034 00000000 2020010db8 0001 0002 00000001 0021"
                                    "40010100 4002060201 00011170 800e11 10 20010db8000000000000000000000007")));
  EXPECT_EQ(std::get<Rib>(contents_of(out)).prefix, "2001:db8::/32"_pfx);
}

TEST(Mrt, PathsWithIdentifiersGoIntoTheOtherSubtype) {
  auto entry = route("203.0.113.0/24"_pfx, "192.0.2.7"_ip);
  entry.path_id = bgp::PathId{7};
  PathOfPeer const path{1, 0, &entry};
  bgp::Buffer out;
  write_rib(0, {&path, 1}, 0, out);
  EXPECT_EQ(out[7], 8) << "RIB_IPV4_UNICAST_ADDPATH";
  EXPECT_EQ(std::get<Rib>(contents_of(out)).entries.at(0).path_id.value, 7U);
}

TEST(Mrt, MessagesOfEverySubtype) {
  std::string const of_two = "fde9 fde8 0003 0001 0a000001 0a000002 ff";
  std::string const of_four = "0000fde9 0000fde8 0003 0001 0a000001 0a000002 ff";
  for (unsigned const subtype : {1U, 4U, 6U, 7U, 8U, 9U, 10U, 11U}) {
    bool const four = subtype == 4 || subtype == 7 || subtype == 9 || subtype == 11;
    auto octets = hex(four ? "00000001 0010 0000 00000015" + of_four : "00000001 0010 0000 00000011" + of_two);
    octets[7] = static_cast<std::uint8_t>(subtype);
    auto const message = std::get<Message>(contents_of(octets));
    EXPECT_EQ(message.session.peer_as, 65001_asn);
    EXPECT_EQ(message.session.local, "10.0.0.2"_ip);
    EXPECT_EQ(message.four_octet_as, four);
    EXPECT_EQ(message.add_path, subtype >= 8);
    EXPECT_EQ(message.sent, subtype == 6 || subtype == 7 || subtype >= 10);
    EXPECT_EQ(message.message.size(), 1U);
  }
}

TEST(Mrt, ARecordIsWholeOrWaitsForMore) {
  auto const octets = hex(index_octets);
  for (std::size_t size = 0; size < octets.size(); ++size) {
    auto const record = next_record(bgp::Bytes(octets).first(size));
    EXPECT_TRUE(record.ok() && !record.value()) << size;
  }
  EXPECT_EQ(next_record(hex("00000000 000d 0001 10000000")).error().octet, 8U) << "too long to be one";
}

TEST(Mrt, AFaultHasItsOctet) {
  auto octets = hex(index_octets);
  octets[19] = 4;  // one peer more than there are
  auto const record = next_record(octets);
  EXPECT_EQ(read(*record.value()).error().octet, octets.size());
  octets[19] = 2;
  EXPECT_EQ(read(*next_record(octets).value()).error().octet, octets.size() - 25) << "what no peer explains";
}

TEST(Mrt, MicrosecondsBelongToTheLength) {
  auto const octets =
      hex("00000001 0011 0005 0000001c 00000007 0000fde9 0000fde8 0000 0001 0a000001 0a000002 0006 0001");
  auto const record = next_record(octets);
  EXPECT_EQ(record.value()->microseconds, 7U);
  auto const change = std::get<StateChange>(contents_of(octets));
  EXPECT_EQ(change.before, 6U);
  EXPECT_EQ(change.after, 1U);
}

}  // namespace
}  // namespace tern::mrt
