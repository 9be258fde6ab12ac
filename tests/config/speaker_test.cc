// A file of tern-speaker that works gives these values.
#include "config/speaker.h"

#include <gtest/gtest.h>

namespace tern::config {
namespace {

using namespace bgp::literals;

char const* const smallest = R"(node: node1
address: 10.0.0.1/24
router: {as: 64512}
api: {socket: /run/tern/speaker.sock}
podCidrs: [10.244.1.0/26]
pools: [{cidr: 10.244.0.0/16, vxlan: CrossSubnet}]      # or ipip: Always | CrossSubnet | Never
neighbors: [{address: 10.0.0.100, remoteAs: 64512}]
)";

SpeakerFile good(std::string const& yaml) {
  auto result = parse_speaker(yaml);
  if (result.ok()) return std::move(*result);
  for (auto const& problem : result.error()) ADD_FAILURE() << problem.text();
  return {};
}

std::string const node = "node: node1\naddress: 10.0.0.1/24\nrouter: {as: 64512}\n";

std::vector<std::string> warnings(std::string const& yaml) {
  std::vector<std::string> out;
  for (auto const& warning : good(yaml).warnings) out.push_back(warning.text());
  return out;
}

TEST(SpeakerFile, TheSmallestFileIsWhole) {
  auto const f = good(smallest);
  EXPECT_EQ(f.node.name, "node1");
  ASSERT_EQ(f.node.addresses.size(), 1u);
  EXPECT_EQ(f.node.addresses[0].address, "10.0.0.1"_ip);
  EXPECT_EQ(f.node.addresses[0].length, 24u);
  EXPECT_EQ(f.node.addresses[0].subnet(), "10.0.0.0/24"_pfx);
  EXPECT_EQ(f.node.pod_cidrs, std::vector{"10.244.1.0/26"_pfx});
  ASSERT_EQ(f.node.pools.size(), 1u);
  EXPECT_EQ(f.node.pools[0].cidr, "10.244.0.0/16"_pfx);
  EXPECT_EQ(f.node.pools[0].vxlan, TunnelMode::cross_subnet);
  EXPECT_EQ(f.node.pools[0].ipip, TunnelMode::never);
  EXPECT_EQ(f.speaker.local_as, 64512_asn);
  EXPECT_EQ(f.speaker.router_id, "10.0.0.1"_ip) << "the node's own address";
  EXPECT_EQ(f.api_socket, "/run/tern/speaker.sock");
  ASSERT_EQ(f.speaker.listen.size(), 1u);
  EXPECT_TRUE(f.speaker.listen[0].address.is_unset());
  ASSERT_EQ(f.neighbors.size(), 1u);
  EXPECT_EQ(f.neighbors[0].remote, "10.0.0.100"_ip);
  EXPECT_EQ(f.neighbors[0].export_filter, nullptr);
  EXPECT_TRUE(f.warnings.empty());
}

TEST(SpeakerFile, WhatIsNotSaidHasDefaults) {
  auto const f = good(node);
  EXPECT_EQ(f.api_socket, "/run/tern/speaker.sock");
  EXPECT_EQ(f.log_level, LogLevel::info);
  EXPECT_TRUE(f.node.pod_cidrs.empty());
  EXPECT_TRUE(f.node.pools.empty());
  EXPECT_EQ(f.kernel.table, 254u);
  EXPECT_EQ(f.kernel.protocol, 179);
  EXPECT_EQ(f.kernel.metric, 1024u);
  EXPECT_TRUE(f.kernel.adopt.empty());
  EXPECT_TRUE(f.kernel.next_hop_objects);
  EXPECT_EQ(f.kernel.sweep_after, std::chrono::seconds(120));
  EXPECT_TRUE(f.tunnels.managed);
  EXPECT_EQ(f.tunnels.vni, 4096u);
  EXPECT_EQ(f.tunnels.port, 4789);
  EXPECT_EQ(f.tunnels.mtu, 0u);
}

TEST(SpeakerFile, ANodeHasAnAddressOfEachFamily) {
  auto const f = good(R"(node: n
address: [10.0.0.1/24, '2001:db8::1/64']
router: {as: 1}
podCidrs: [10.244.1.0/26, 'fd00::/122']
pools:
  - {cidr: 10.244.0.0/16, ipip: Always}
  - {cidr: 10.245.0.0/16, ipip: Never, vxlan: Never}
  - {cidr: 'fd00::/48', vxlan: Always}
)");
  ASSERT_EQ(f.node.addresses.size(), 2u);
  EXPECT_EQ(f.node.addresses[1].address, "2001:db8::1"_ip);
  EXPECT_EQ(f.node.addresses[1].subnet(), "2001:db8::/64"_pfx);
  EXPECT_EQ(f.speaker.router_id, "10.0.0.1"_ip);
  ASSERT_EQ(f.node.pools.size(), 3u);
  EXPECT_EQ(f.node.pools[0].ipip, TunnelMode::always);
  EXPECT_EQ(f.node.pools[0].vxlan, TunnelMode::never);
  EXPECT_EQ(f.node.pools[1].ipip, TunnelMode::never);
  EXPECT_EQ(f.node.pools[2].vxlan, TunnelMode::always);
  EXPECT_EQ(f.node.pod_cidrs, (std::vector{"10.244.1.0/26"_pfx, "fd00::/122"_pfx}));
}

TEST(SpeakerFile, TheRouterIdOfTheFileCounts) {
  EXPECT_EQ(good("node: n\naddress: '2001:db8::1/64'\nrouter: {as: 1, id: 9.9.9.9}\n").speaker.router_id, "9.9.9.9"_ip);
  EXPECT_EQ(good("node: n\naddress: 10.0.0.1/24\nrouter: {as: 1, id: 9.9.9.9}\n").speaker.router_id, "9.9.9.9"_ip);
}

TEST(SpeakerFile, ARouteHasUpToSixteenNextHopsUnlessItSaysOtherwise) {
  EXPECT_EQ(good(node).speaker.multipath, 16u);
  EXPECT_EQ(good("node: n\naddress: 10.0.0.1/24\nrouter: {as: 1, multipath: 256}\n").speaker.multipath, 256u);
}

TEST(SpeakerFile, EveryKeyOfTheKernelArrives) {
  auto const f = good(node +
                      "kernel: {protocol: 200, metric: 50, adopt: [felix, bird, 99], sweepAfter: 5, scanEvery: 60,\n"
                      "         nextHopObjects: false, table: 1000}\n"
                      "tunnels: {devices: external, vni: 7, port: 8472, mtu: 1400}\n");
  EXPECT_EQ(f.kernel.protocol, 200);
  EXPECT_EQ(f.kernel.metric, 50u);
  EXPECT_EQ(f.kernel.adopt, (std::vector<std::uint8_t>{80, 12, 99}));
  EXPECT_EQ(f.kernel.sweep_after, std::chrono::seconds(5));
  EXPECT_EQ(f.kernel.scan_every, std::chrono::seconds(60));
  EXPECT_FALSE(f.kernel.next_hop_objects);
  EXPECT_EQ(f.kernel.table, 1000u);
  EXPECT_FALSE(f.tunnels.managed);
  EXPECT_EQ(f.tunnels.vni, 7u);
  EXPECT_EQ(f.tunnels.port, 8472);
  EXPECT_EQ(f.tunnels.mtu, 1400u);
}

TEST(SpeakerFile, TheNodesAddressesAreNextHopsOfTheFamilyThatASessionIsNotOf) {
  std::string const dual = "node: n\naddress: [10.0.0.1/24, '2001:db8::1/64']\nrouter: {as: 64512}\n";
  auto const of = [&](std::string const& neighbor) {
    return good(dual + "groups: {rack: {nextHopAddresses: [10.0.0.9]}}\nneighbors: [{remoteAs: 64512, " + neighbor +
                "}]\n")
        .neighbors.at(0);
  };
  auto const over_v4 = of("address: 10.0.0.7");
  EXPECT_TRUE(over_v4.own_next_hop_v4.is_unset()) << "the session's end";
  EXPECT_EQ(over_v4.own_next_hop_v6, "2001:db8::1"_ip);
  auto const over_v6 = of("address: '2001:db8::7'");
  EXPECT_EQ(over_v6.own_next_hop_v4, "10.0.0.1"_ip);
  EXPECT_TRUE(over_v6.own_next_hop_v6.is_unset());
  auto const on_the_link = of("address: 'fe80::7%lo'");
  EXPECT_EQ(on_the_link.own_next_hop_v4, "10.0.0.1"_ip);
  EXPECT_EQ(on_the_link.own_next_hop_v6, "2001:db8::1"_ip) << "nobody beyond the link reaches the session's end";
  auto const nowhere = good(
                           "node: n\naddress: [10.0.0.1/32, '2001:db8::1/64']\nrouter: {as: 64512}\nneighbors: "
                           "[{address: 'fe80::7%lo', remoteAs: 64512}]\n")
                           .neighbors.at(0);
  EXPECT_TRUE(nowhere.own_next_hop_v4.is_unset())
      << "nobody shares a subnet with 10.0.0.1/32: the session's end is nearer";
  EXPECT_EQ(nowhere.own_next_hop_v6, "2001:db8::1"_ip);
  auto const own_list = of("address: '2001:db8::7', nextHopAddresses: ['2001:db8::9']");
  EXPECT_TRUE(own_list.own_next_hop_v4.is_unset()) << "what the file says is all";
  EXPECT_EQ(own_list.own_next_hop_v6, "2001:db8::9"_ip);
  auto const of_group = of("address: '2001:db8::7', group: rack");
  EXPECT_EQ(of_group.own_next_hop_v4, "10.0.0.9"_ip);
  EXPECT_TRUE(of_group.own_next_hop_v6.is_unset());
}

TEST(SpeakerFile, ARangesNeighboursHaveThemToo) {
  auto const f = good(
      "node: n\naddress: [10.0.0.1/24, '2001:db8::1/64']\nrouter: {as: 64512}\ngroups: {all: {remoteAs: 64512}}\n"
      "ranges: [{prefix: '2001:db8::/64', group: all}]\n");
  EXPECT_EQ(f.ranges.at(0).peer.own_next_hop_v4, "10.0.0.1"_ip);
}

TEST(SpeakerFile, WhatTheReflectorsFileHasIsHereToo) {
  auto const f = good(node + R"(listen: [{address: 10.0.0.1, port: 1179}]
log: {level: debug}
groups: {tor: {remoteAs: 65000, import: accept-all, export: accept-all}}
ranges: [{prefix: 10.0.0.0/24, group: tor, limit: 3}]
neighbors: [{address: 10.0.0.7, group: tor}]
)");
  EXPECT_EQ(f.speaker.listen[0].port, 1179);
  EXPECT_EQ(f.log_level, LogLevel::debug);
  ASSERT_EQ(f.ranges.size(), 1u);
  EXPECT_EQ(f.ranges[0].limit, 3u);
  ASSERT_EQ(f.neighbors.size(), 1u);
  EXPECT_EQ(f.neighbors[0].export_filter, bgp::accept_all);
}

TEST(SpeakerFileWarnings, ExportNeedsNoWordButImportDoes) {
  EXPECT_EQ(warnings(node + "neighbors: [{address: 10.0.0.2, remoteAs: 65000, import: accept-all}]\n"),
            std::vector<std::string>{});
  EXPECT_EQ(warnings(node + "neighbors: [{address: 10.0.0.2, remoteAs: 65000}]\n"),
            std::vector<std::string>{
                "line 4: neighbors[0]: nothing is accepted from 10.0.0.2, an eBGP neighbour without 'import' (RFC "
                "8212); write import: accept-all, or reject-all where nothing is meant"});
}

TEST(SpeakerFileWarnings, APodCidrOutsideOfEveryPoolIsAWarningWherePoolsAre) {
  EXPECT_EQ(warnings(node + "podCidrs: [10.244.1.0/26]\n"), std::vector<std::string>{});
  EXPECT_EQ(warnings(node + "podCidrs: [10.244.1.0/26, 10.9.0.0/26]\npools: [{cidr: 10.244.0.0/16}]\n"),
            std::vector<std::string>{"line 4: podCidrs[1]: 10.9.0.0/26 is in none of the pools; other nodes reach it "
                                     "without a tunnel; add its pool, unless that is meant"});
}

TEST(SpeakerFileWarnings, AnAddressThatIsAllOfItsSubnetIsAWarning) {
  EXPECT_EQ(warnings("node: n\naddress: 10.0.0.1/32\nrouter: {as: 1}\n"),
            std::vector<std::string>{
                "line 2: address: no other node is in the subnet 10.0.0.1/32, so that CrossSubnet means Always; write "
                "the length of the node's subnet, unless that is meant"});
  EXPECT_EQ(warnings("node: n\naddress: 10.0.0.0/31\nrouter: {as: 1}\n"), std::vector<std::string>{}) << "RFC 3021";
}

}  // namespace
}  // namespace tern::config
