// Each mistake in the file of tern-speaker is named with its line, its key and the remedy; all of them at once.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "config/speaker.h"

namespace tern::config {
namespace {

using Texts = std::vector<std::string>;

Texts problems(std::string const& yaml) {
  auto const result = parse_speaker(yaml);
  Texts out;
  if (result.ok()) return out;
  for (auto const& problem : result.error()) out.push_back(problem.text());
  return out;
}

/// What is wrong with line 4 and those behind it.
Texts below(std::string const& lines) {
  return problems("node: n\naddress: 10.0.0.1/24\nrouter: {as: 64512}\n" + lines);
}

Texts of_address(std::string const& address) {
  return problems("node: n\naddress: " + address + "\nrouter: {as: 1, id: 1.1.1.1}\n");
}

TEST(SpeakerFileProblems, WhatIsNeededIsNamed) {
  EXPECT_EQ(problems("log: {level: info}\n"), (Texts{"line 1: router: missing; add it", "line 1: node: missing; add it",
                                                     "line 1: address: missing; add it"}));
  EXPECT_EQ(problems(""),
            Texts{"the file is empty; start with node: NAME, address: ADDRESS/LENGTH and router: {as: ...}"});
  EXPECT_EQ(
      problems("nodes: n\nadress: 10.0.0.1/24\nrouter: {as: 1}\n"),
      (Texts{"line 1: nodes: unknown key; did you mean node?", "line 2: adress: unknown key; did you mean address?"}))
      << "and not that it lacks a router ID";
}

TEST(SpeakerFileProblems, ARouterIdIsNeededWithoutAnIpv4Address) {
  EXPECT_EQ(problems("node: n\naddress: '2001:db8::1/64'\nrouter: {as: 1}\n"),
            Texts{"line 3: router.id: missing, and the node has no IPv4 address to take it from; add one like "
                  "192.0.2.1, which no other router has"});
}

TEST(SpeakerFileProblems, ANodesNameIsOneWord) {
  for (std::string const name : {"''", "'two words'", "[n]"}) {
    EXPECT_EQ(problems("node: " + name + "\naddress: 10.0.0.1/24\nrouter: {as: 1}\n").size(), 1u) << name;
  }
}

TEST(SpeakerFileProblems, AnAddressIsAHostsWithTheLengthOfItsSubnet) {
  EXPECT_EQ(
      of_address("10.0.0.1"),
      Texts{"line 2: address: '10.0.0.1' has no length; add that of the node's subnet, for instance 10.0.0.1/24"});
  EXPECT_EQ(of_address("10.0.0.0/24"), Texts{"line 2: address: 10.0.0.0/24 is the subnet itself, not an address in it; "
                                             "write the node's own address and the length of its subnet"});
  EXPECT_EQ(of_address("10.0.0.255/24"), Texts{"line 2: address: 10.0.0.255/24 is the broadcast address of its subnet; "
                                               "write the node's own address and the length of its subnet"});
  EXPECT_EQ(of_address("127.0.0.1/8"),
            Texts{"line 2: address: other nodes cannot reach 127.0.0.1: it is one of the loopback addresses; write the "
                  "node's own address and the length of its subnet"});
  for (std::string const address : {"10.0.0.1/33", "10.0.0.1/0", "10.0.0.1/", "10.0.0/24", "node1/24", "10.0.0.1/24x",
                                    "'fe80::1/64'", "224.0.0.1/24", "'2001:db8::/64'", "0.0.0.1/8", "[]"}) {
    EXPECT_EQ(of_address(address).size(), 1u) << address;
  }
}

TEST(SpeakerFileProblems, OneAddressAFamilyIsEnough) {
  EXPECT_EQ(of_address("[10.0.0.1/24, 10.0.1.1/24]"),
            Texts{"line 2: address[1]: a second IPv4 address; leave one of each family"});
  EXPECT_EQ(of_address("['2001:db8::1/64', 10.0.0.1/24, '2001:db8::2/64']"),
            Texts{"line 2: address[2]: a second IPv6 address; leave one of each family"});
}

TEST(SpeakerFileProblems, PodCidrsAreSeparateNetworksOfPods) {
  EXPECT_EQ(below("podCidrs:\n- 10.244.1.0/26\n- 10.244.1.0/26\n"),
            Texts{"line 6: podCidrs[1]: 10.244.1.0/26 is given twice, first in line 5; remove one of the two"});
  EXPECT_EQ(below("podCidrs:\n- 10.244.1.0/26\n- 10.244.0.0/16\n"),
            Texts{"line 6: podCidrs[1]: 10.244.0.0/16 overlaps 10.244.1.0/26 in line 5; remove one of the two"});
  EXPECT_EQ(below("podCidrs: [10.244.1.1/26]\n"),
            Texts{"line 4: podCidrs[0]: '10.244.1.1/26' has bits set past its length; write 10.244.1.0/26"});
  EXPECT_EQ(below("podCidrs: [10.0.0.0/16]\n"),
            Texts{"line 4: podCidrs[0]: 10.0.0.0/16 contains the node's own address 10.0.0.1; write the network of the "
                  "pods"});
  EXPECT_EQ(below("podCidrs: 10.244.1.0/26\n").size(), 1u);
  EXPECT_EQ(below("podCidrs: [127.1.0.0/16, 0.0.0.0/0, 169.254.7.0/24]\n").size(), 3u);
}

TEST(SpeakerFileProblems, APodCidrNeedsANextHopOfItsFamily) {
  EXPECT_EQ(
      below("podCidrs: ['fd00::/122']\n"),
      Texts{"line 4: podCidrs[0]: fd00::/122 is announced with an IPv6 address of the node, which has none; add it "
            "under address, or remove the block"});
  auto const ipv6_only = [](std::string const& keys) {
    return problems(
        "node: node1\naddress: 2001:db8::1/64\nrouter: {as: 64512, id: 10.0.0.1}\npodCidrs: [10.244.1.0/26]\n"
        "neighbors: [{address: '2001:db8::2', remoteAs: 64512, families: [ipv4-unicast]" +
        keys + "}]\n");
  };
  EXPECT_EQ(
      ipv6_only(""),
      Texts{"line 4: podCidrs[0]: 10.244.1.0/26 is announced with an IPv4 address of the node, which has none; add "
            "it under address, or remove the block, or give a neighbour extendedNextHop: true"});
  EXPECT_EQ(ipv6_only(", extendedNextHop: true"), Texts{});
}

TEST(SpeakerFileProblems, APoolHasOneKindOfTunnel) {
  EXPECT_EQ(below("pools: [{cidr: 10.244.0.0/16, ipip: Always, vxlan: CrossSubnet}]\n"),
            Texts{"line 4: pools[0]: packets go through ipip or through vxlan, not both; remove one of the two"});
  EXPECT_EQ(below("pools: [{cidr: 10.244.0.0/16, ipip: Never, vxlan: CrossSubnet}]\n"), Texts{});
  EXPECT_EQ(below("pools: [{cidr: 10.244.0.0/16, vxlan: crossSubnets}]\n"),
            Texts{"line 4: pools[0].vxlan: 'crossSubnets' is no mode; did you mean CrossSubnet?"});
  EXPECT_EQ(below("pools: [{cidr: 10.244.0.0/16, vxlan: sometimes}]\n"),
            Texts{"line 4: pools[0].vxlan: 'sometimes' is no mode; write Never, Always or CrossSubnet"});
  EXPECT_EQ(below("pools: [{vxlan: Always}]\n"), Texts{"line 4: pools[0].cidr: missing; add it"});
}

TEST(SpeakerFileProblems, ATunnelNeedsAnAddressOfItsFamily) {
  EXPECT_EQ(
      below("pools: [{cidr: 'fd00::/48', vxlan: Always}]\n"),
      Texts{"line 4: pools[0].cidr: the tunnels of fd00::/48 begin at an IPv6 address, and the node has none; add "
            "it under address, or remove the pool's mode"});
  EXPECT_EQ(below("pools: [{cidr: 'fd00::/48'}]\n"), Texts{});
  EXPECT_EQ(problems("node: n\naddress: [10.0.0.1/24, '2001:db8::1']\nrouter: {as: 1}\n"
                     "pools: [{cidr: 'fd00::/48', vxlan: Always}]\n")
                .size(),
            1u)
      << "the address that was misspelt, and no more";
}

TEST(SpeakerFileProblems, IpipIsForIpv4) {
  auto const found = problems(
      "node: n\naddress: [10.0.0.1/24, '2001:db8::1/64']\nrouter: {as: 1}\n"
      "pools: [{cidr: 'fd00::/48', ipip: Always}]\n");
  EXPECT_EQ(found, Texts{"line 4: pools[0].ipip: IPIP carries IPv4 only, and fd00::/48 is IPv6; write vxlan: "
                         "CrossSubnet or vxlan: Always"});
}

TEST(SpeakerFileProblems, PoolsAreSeparateNetworksOfPods) {
  EXPECT_EQ(below("pools:\n- {cidr: 10.244.0.0/16}\n- {cidr: 10.0.0.0/8}\n"),
            Texts{"line 6: pools[1].cidr: 10.0.0.0/8 overlaps 10.244.0.0/16 in line 5; remove one of the two"});
  EXPECT_EQ(below("pools: [{cidr: 169.254.0.0/24}]\n"),
            Texts{"line 4: pools[0].cidr: 169.254.0.0/24 lies within the link-local addresses; write a network of the "
                  "pods, for instance 10.244.0.0/16"});
  EXPECT_EQ(below("pools: [{cidr: 'fe80::/64'}]\n").size(), 1u);
  EXPECT_EQ(below("pools: [{cidr: 10.244.0.1/16}]\n").size(), 1u);
}

TEST(SpeakerFileProblems, RoutesOfOthersAreNotOurs) {
  for (int protocol = 0; protocol < 5; ++protocol) {
    auto const number = std::to_string(protocol);
    EXPECT_EQ(below("kernel: {protocol: " + number + "}\n").size(), 1u) << protocol;
    EXPECT_EQ(below("kernel: {adopt: [" + number + "]}\n").size(), 1u) << protocol;
  }
  EXPECT_EQ(below("kernel: {protocol: 2}\n"),
            Texts{"line 4: kernel.protocol: protocol 2 stands for routes that are not ours to change: the kernel's own "
                  "routes; write a number from 5 to 255, as in /etc/iproute2/rt_protos"});
  EXPECT_EQ(below("kernel: {protocol: 80, adopt: [12, felix]}\n"),
            Texts{"line 4: kernel.adopt[1]: protocol 80 is our own, whose routes are ours anyhow; remove it, or write "
                  "another number under protocol"});
  EXPECT_EQ(below("kernel: {adopt: [179]}\n").size(), 1u);
  EXPECT_EQ(below("kernel: {adopt: [bird, 12]}\n"),
            Texts{"line 4: kernel.adopt[1]: protocol 12 is given twice; remove one of the two"});
  EXPECT_EQ(below("kernel: {adopt: [zebra]}\n"),
            Texts{"line 4: kernel.adopt[0]: 'zebra' is no protocol whose number is known here; write felix, bird or a "
                  "number from 5 to 255"});
  EXPECT_EQ(below("kernel: {adopt: bird}\n").size(), 1u);
}

TEST(SpeakerFileProblems, NumbersOfTheKernelAreInItsRanges) {
  for (std::string const keys : {"protocol: 256", "metric: 0", "metric: 4294967296", "table: 0", "table: 255",
                                 "sweepAfter: -1", "nextHopObjects: no", "metrics: 5"}) {
    EXPECT_EQ(below("kernel: {" + keys + "}\n").size(), 1u) << keys;
  }
  for (std::string const keys :
       {"vni: 0", "vni: 16777216", "port: 0", "mtu: 575", "mtu: 65536", "devices: mine", "device: external"}) {
    EXPECT_EQ(below("tunnels: {" + keys + "}\n").size(), 1u) << keys;
  }
  EXPECT_EQ(below("tunnels: {devices: extern}\n"),
            Texts{"line 4: tunnels.devices: 'extern' says nothing about who makes the devices; write managed or "
                  "external"});
}

TEST(SpeakerFileProblems, MultipathIsANumberOfNextHops) {
  for (std::string const number : {"0", "257"}) {
    EXPECT_EQ(problems("node: n\naddress: 10.0.0.1/24\nrouter: {as: 1, multipath: " + number + "}\n"),
              Texts{"line 3: router.multipath: '" + number + "' is out of range; write a number from 1 to 256"});
  }
}

TEST(SpeakerFileProblems, ANeighbourIsAnotherNode) {
  for (std::string const more : {"", ", passive: true", ", port: 1179"}) {
    EXPECT_EQ(below("neighbors: [{address: 10.0.0.1, remoteAs: 64512" + more + "}]\n"),
              Texts{"line 4: neighbors[0].address: 10.0.0.1 is the node's own address; write the neighbour's address"});
  }
}

TEST(SpeakerFileProblems, TheSocketOfTheExampleIsTheSpeakers) {
  EXPECT_EQ(below("api: {socket: ''}\n"),
            Texts{"line 4: api.socket: a socket's path has 1 to 107 characters; write for instance "
                  "/run/tern/speaker.sock"});
}

TEST(SpeakerFileProblems, AllAreReportedAtOnceInTheOrderOfLines) {
  auto const found = problems(
      "node: ''\naddress: 10.0.0.0/24\nrouter: {as: 0}\npools: [{cidr: 10.244.0.0/16, vxlans: Always}]\n"
      "podCidrs: [10.244.1.0]\nkernel: {protocol: 4}\ntunnels: {vni: 0}\nneighbors: [{address: 10.0.0.2}]\n");
  ASSERT_EQ(found.size(), 8u);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(found[i].starts_with("line " + std::to_string(i + 1))) << found[i];
  }
}

// Whatever is in the file: values that keep the rules, or problems, each with a remedy and a line that the file has.
RC_GTEST_PROP(SpeakerFileProblems, AnyDamageGivesProblemsOrValues, ()) {
  std::string yaml =
      "node: node1\naddress: [10.0.0.1/24, '2001:db8::1/64']\nrouter: {as: 64512}\npodCidrs: [10.244.1.0/26]\n"
      "pools: [{cidr: 10.244.0.0/16, vxlan: CrossSubnet}, {cidr: 'fd00::/48', vxlan: Always}]\n"
      "kernel: {protocol: 179, adopt: [felix, 12]}\ntunnels: {vni: 4096}\n"
      "neighbors:\n  - address: 10.0.0.100\n    remoteAs: 64512\n";
  auto const edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits; ++i) {
    auto const at = *rc::gen::inRange<std::size_t>(0, yaml.size());
    auto const with =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("{}[]:,-?!&*#|>'\"%\n\t 0a~\xff")));
    yaml.replace(at, *rc::gen::inRange<std::size_t>(0, 8), with);
  }
  auto const lines = std::count(yaml.begin(), yaml.end(), '\n') + 2;
  auto const result = parse_speaker(yaml);
  if (result.ok()) {
    RC_ASSERT(!result->node.name.empty() && !result->node.addresses.empty());
    RC_ASSERT(!result->speaker.router_id.is_unset() && result->speaker.local_as.value != 0);
    RC_ASSERT(result->kernel.protocol > 4);
    return;
  }
  RC_ASSERT(!result.error().empty());
  for (auto const& problem : result.error()) {
    RC_ASSERT(problem.at.line >= 0 && problem.at.line <= lines);
    RC_ASSERT(!problem.what.empty() && !problem.remedy.empty());
  }
}

}  // namespace
}  // namespace tern::config
