// What a node announces of itself, and what its neighbours get of all that it knows.
#include "speaker/agent/local_blocks.h"

#include <gtest/gtest.h>

namespace tern::speaker {
namespace {

using namespace bgp::literals;

config::SpeakerFile file() {
  config::SpeakerFile file;
  file.node.addresses = {{"10.0.0.1"_ip, 24}};
  file.node.pod_cidrs = {"10.244.1.0/26"_pfx, "fd00:244:1::/64"_pfx};
  return file;
}

TEST(LocalBlocks, AreAnnouncedWithTheNodesAddressAsNextHop) {
  auto const all = announcements(file().node);
  ASSERT_EQ(all.size(), 1U) << "there is no IPv6 address for the IPv6 block";
  EXPECT_EQ(all[0].prefix, "10.244.1.0/26"_pfx);
  EXPECT_EQ(all[0].attributes.next_hop, "10.0.0.1"_ip);
}

TEST(LocalBlocks, OfIpv4HaveTheIpv6AddressOfANodeWithoutAnother) {
  auto node = file().node;
  node.addresses = {{"2001:db8::1"_ip, 64}};
  auto const all = announcements(node);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].attributes.next_hop, "2001:db8::1"_ip);
}

TEST(LocalBlocks, AndNothingElseGoesToANeighbourWithoutAFilter) {
  auto config = file();
  config.neighbors.resize(2);
  config.neighbors[1].export_filter = bgp::accept_all;
  config.ranges.resize(1);
  export_local_blocks(config);
  for (auto const& filter : {config.neighbors[0].export_filter, config.ranges[0].peer.export_filter}) {
    auto const passes = [&](bgp::RouteSource const& source) {
      return filter->judge({"10.244.1.0/26"_pfx, {}, source, {}}).accept;
    };
    using Kind = bgp::RouteSource::Kind;
    EXPECT_TRUE(passes({}));
    EXPECT_FALSE(passes({Kind::ibgp, "10.0.0.2"_ip, bgp::Asn{64512}})) << "another node's, even of the same block";
    EXPECT_FALSE(passes({Kind::ebgp, "10.0.0.254"_ip, bgp::Asn{65010}}));
  }
  EXPECT_EQ(config.neighbors[1].export_filter, bgp::accept_all) << "what the file says stays";
}

TEST(LocalBlocks, HaveTheAddressOfTheLinkAsNextHopTowardsEbgp) {
  auto config = file();
  config.speaker.local_as = bgp::Asn{64512};
  config.neighbors.resize(3);
  config.neighbors[0].remote_as = bgp::Asn{64512};
  config.neighbors[1].remote_as = config.neighbors[2].remote_as = bgp::Asn{65010};
  config.neighbors[2].next_hop_unchanged = true;
  config.ranges.resize(1);
  config.ranges[0].peer.remote_as = bgp::Asn{65010};
  export_local_blocks(config);
  EXPECT_FALSE(config.neighbors[0].next_hop_self) << "iBGP: the node's address, whatever way the session takes";
  EXPECT_TRUE(config.neighbors[1].next_hop_self);
  EXPECT_FALSE(config.neighbors[2].next_hop_self) << "as the file says";
  EXPECT_TRUE(config.ranges[0].peer.next_hop_self);
}

}  // namespace
}  // namespace tern::speaker
