// A file of tern-reflector that works gives these values.
#include "config/reflector.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace tern::config {
namespace {

using namespace bgp::literals;

char const* const complete = R"(router: {as: 65000, id: 10.77.0.1, clusterId: 1.1.1.1}
listen: [{address: 10.77.0.1, port: 179}]
api: {socket: /run/tern/reflector.sock}
groups:
  clients: {remoteAs: 65000, reflectorClient: true, passive: true, holdTime: 240, families: [ipv4-unicast, ipv6-unicast]}
ranges: [{prefix: 10.77.0.0/16, group: clients, limit: 5000}]
neighbors:
  - {address: 192.0.2.1, remoteAs: 65010, import: accept-all, export: accept-all}
)";

ReflectorConfig good(std::string const& yaml) {
  auto result = parse_reflector(yaml);
  if (result.ok()) return std::move(*result);
  for (auto const& problem : result.error()) ADD_FAILURE() << problem.text();
  return {};
}

std::string const router = "router: {as: 65000, id: 10.0.0.1}\n";

TEST(ReflectorFile, RouterListenersAndSocketAreTaken) {
  auto const c = good(complete);
  EXPECT_EQ(c.speaker.local_as, 65000_asn);
  EXPECT_EQ(c.speaker.router_id, "10.77.0.1"_ip);
  EXPECT_EQ(c.speaker.cluster_id, bgp::RouterId::parse("1.1.1.1"));
  ASSERT_EQ(c.speaker.listen.size(), 1u);
  EXPECT_EQ(c.speaker.listen[0].address, "10.77.0.1"_ip);
  EXPECT_EQ(c.speaker.listen[0].port, 179);
  EXPECT_EQ(c.api_socket, "/run/tern/reflector.sock");
  EXPECT_TRUE(c.warnings.empty());
}

TEST(ReflectorFile, RangeTakesItsGroup) {
  auto const c = good(complete);
  ASSERT_EQ(c.ranges.size(), 1u);
  auto const& range = c.ranges[0];
  EXPECT_EQ(range.prefix, "10.77.0.0/16"_pfx);
  EXPECT_EQ(range.limit, 5000u);
  EXPECT_EQ(range.peer.group, "clients");
  EXPECT_EQ(range.peer.remote_as, 65000_asn);
  EXPECT_TRUE(range.peer.reflector_client);
  EXPECT_TRUE(range.peer.passive);
  EXPECT_EQ(range.peer.hold_time, std::chrono::seconds(240));
  EXPECT_EQ(range.peer.families, (std::vector{bgp::ipv4_unicast, bgp::ipv6_unicast}));
}

TEST(ReflectorFile, NeighborKeepsTheDefaultsOfTheApi) {
  auto const c = good(complete);
  ASSERT_EQ(c.neighbors.size(), 1u);
  auto const& n = c.neighbors[0];
  bgp::PeerConfig const defaults;
  EXPECT_EQ(n.remote, "192.0.2.1"_ip);
  EXPECT_EQ(n.remote_as, 65010_asn);
  EXPECT_EQ(n.import, bgp::accept_all);
  EXPECT_EQ(n.export_filter, bgp::accept_all);
  EXPECT_EQ(n.remote_port, defaults.remote_port);
  EXPECT_EQ(n.hold_time, defaults.hold_time);
  EXPECT_EQ(n.connect_retry, defaults.connect_retry);
  EXPECT_EQ(n.families, std::vector{bgp::ipv4_unicast});
  EXPECT_EQ(n.check_first_as, defaults.check_first_as);
  EXPECT_FALSE(n.passive);
}

TEST(ReflectorFile, NeighborOverridesItsGroupKeyByKey) {
  auto const c = good(
      "neighbors: [{address: 10.0.0.2, group: core, holdTime: 30, passive: false}]\n"
      "groups: {core: {remoteAs: 65000, holdTime: 9, passive: true, description: from the group, port: 1179}}\n" +
      router);
  ASSERT_EQ(c.neighbors.size(), 1u);
  EXPECT_EQ(c.neighbors[0].hold_time, std::chrono::seconds(30));
  EXPECT_FALSE(c.neighbors[0].passive);
  EXPECT_EQ(c.neighbors[0].description, "from the group");
  EXPECT_EQ(c.neighbors[0].remote_port, 1179);
  EXPECT_EQ(c.neighbors[0].group, "core");
}

TEST(ReflectorFile, EveryKeyOfANeighborArrives) {
  auto const c = good(router + R"(neighbors:
  - address: 10.0.0.2
    remoteAs: 65000
    port: 1179
    localAddress: 10.0.0.1
    description: the other one
    passive: true
    holdTime: 0
    connectRetry: 5
    families: [ipv6-unicast]
    import: reject-all
    export: accept-all
    reflectorClient: true
    clusterId: 9.9.9.9
    nextHopSelf: true
    acceptAsSet: true
  - {address: 10.0.0.3, remoteAs: 65001, nextHopUnchanged: true, checkFirstAs: false}
)");
  ASSERT_EQ(c.neighbors.size(), 2u);
  auto const& n = c.neighbors[0];
  EXPECT_EQ(n.remote_port, 1179);
  EXPECT_EQ(n.local, "10.0.0.1"_ip);
  EXPECT_EQ(n.description, "the other one");
  EXPECT_TRUE(n.passive);
  EXPECT_EQ(n.hold_time, std::chrono::seconds(0));
  EXPECT_EQ(n.connect_retry, std::chrono::seconds(5));
  EXPECT_EQ(n.families, std::vector{bgp::ipv6_unicast});
  EXPECT_EQ(n.import, bgp::reject_all);
  EXPECT_EQ(n.export_filter, bgp::accept_all);
  EXPECT_TRUE(n.reflector_client);
  EXPECT_EQ(n.cluster_id, bgp::RouterId::parse("9.9.9.9"));
  EXPECT_TRUE(n.next_hop_self);
  EXPECT_TRUE(n.accept_as_set);
  EXPECT_TRUE(c.neighbors[1].next_hop_unchanged);
  EXPECT_FALSE(c.neighbors[1].check_first_as);
}

TEST(ReflectorFile, DecisionOptionsArrive) {
  auto const c = good("router: {as: 1, id: 10.0.0.1, clientToClient: false, alwaysCompareMed: true}\n");
  EXPECT_FALSE(c.speaker.client_to_client);
  EXPECT_TRUE(c.speaker.always_compare_med);
  EXPECT_FALSE(c.speaker.cluster_id.has_value());
}

TEST(ReflectorFile, WithoutListenItListensEverywhereOnPort179) {
  auto const c = good(router);
  ASSERT_EQ(c.speaker.listen.size(), 1u);
  EXPECT_TRUE(c.speaker.listen[0].address.is_unset());
  EXPECT_EQ(c.speaker.listen[0].port, 179);
}

TEST(ReflectorFile, AnEmptyListOfListenersMeansNone) {
  EXPECT_TRUE(good(router + "listen: []\n").speaker.listen.empty());
}

TEST(ReflectorFile, FamilyDefaultsToThatOfTheAddress) {
  auto const c = good(router + "neighbors: [{address: '2001:db8::2', remoteAs: 65000}]\n");
  ASSERT_EQ(c.neighbors.size(), 1u);
  EXPECT_EQ(c.neighbors[0].families, std::vector{bgp::ipv6_unicast});
}

TEST(ReflectorFile, ALinkLocalNeighborHasItsInterface) {
  auto const c = good(router + "neighbors: [{address: 'fe80::2%lo', remoteAs: 65000}]\n");
  ASSERT_EQ(c.neighbors.size(), 1u);
  EXPECT_EQ(c.neighbors[0].remote, "fe80::2"_ip);
  EXPECT_NE(c.neighbors[0].scope_id, 0u);
}

TEST(ReflectorFile, EbgpWithoutFiltersIsAWarningNotAnError) {
  auto const c = good(router + "neighbors: [{address: 192.0.2.1, remoteAs: 65010, import: accept-all}]\n");
  ASSERT_EQ(c.warnings.size(), 1u);
  EXPECT_EQ(c.warnings[0].text(),
            "line 2: neighbors[0]: nothing is sent to 192.0.2.1, an eBGP neighbour without 'export' (RFC 8212); write "
            "export: accept-all, or reject-all where nothing is meant");
}

TEST(ReflectorFile, IsReadFromDisk) {
  auto const path = testing::TempDir() + "tern-config-" + std::to_string(getpid()) + ".yaml";
  std::ofstream(path) << complete;
  auto const result = load_reflector(path);
  std::remove(path.c_str());
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->speaker.local_as, 65000_asn);
}

TEST(ReflectorFile, AFileThatCannotBeReadSaysWhy) {
  auto const missing = load_reflector("/nonexistent/tern.yaml");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().at(0).text(),
            "cannot read the file: No such file or directory; check its path and permissions");
  auto const folder = load_reflector("/");
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().at(0).text(), "cannot read the file: Is a directory; check its path and permissions");
}

}  // namespace
}  // namespace tern::config
