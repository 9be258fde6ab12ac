// Keys of eBGP neighbours (localAs, allowOwnAs, removePrivateAs, role, gracefulShutdown), of what a neighbour has to
// keep to (maximumPrefixes, requiredCapabilities), and keepaliveTime: what they give, and what is wrong with them.
#include <gmock/gmock.h>

#include "config/reflector.h"

namespace tern::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string const router = "router: {as: 65000, id: 10.0.0.1}\n";

bgp::PeerConfig neighbor(std::string const& keys) {
  auto result = parse_reflector(router + "neighbors: [{address: 10.0.0.2, remoteAs: 65001, " + keys + "}]\n");
  if (result.ok()) return result->neighbors.at(0);
  for (auto const& problem : result.error()) ADD_FAILURE() << problem.text();
  return {};
}

std::vector<std::string> problems(std::string const& yaml) {
  auto const result = parse_reflector(router + yaml);
  std::vector<std::string> out;
  if (result.ok()) return out;
  for (auto const& problem : result.error()) out.push_back(problem.text());
  return out;
}
std::vector<std::string> of_neighbor(std::string const& keys, std::string const& as = "65001") {
  return problems("neighbors: [{address: 10.0.0.2, remoteAs: " + as + ", " + keys + "}]\n");
}

TEST(SessionKeys, LocalAsIsANumberOrSaysMore) {
  EXPECT_EQ(neighbor("localAs: 64999").local_as, (bgp::LocalAs{bgp::Asn{64999}, true, false}));
  EXPECT_EQ(neighbor("localAs: {as: 64999, prependReceived: false, replace: true}").local_as,
            (bgp::LocalAs{bgp::Asn{64999}, false, true}));
  EXPECT_THAT(of_neighbor("localAs: {replace: true}"), ElementsAre("line 2: neighbors[0].localAs.as: missing; add it"));
  EXPECT_THAT(of_neighbor("localAs: 65000"), ElementsAre(HasSubstr("is router.as")));
  EXPECT_THAT(of_neighbor("localAs: 65001"), ElementsAre(HasSubstr("the neighbour's own AS")));
  EXPECT_THAT(of_neighbor("localAs: 64999", "65000"), ElementsAre(HasSubstr("localAs: is for eBGP neighbours")));
}

TEST(SessionKeys, ANeighbourIsHeldDownWithOrWithoutAText) {
  EXPECT_EQ(neighbor("shutdown: true").shutdown, "");
  EXPECT_EQ(neighbor("shutdown: back at noon").shutdown, "back at noon");
  EXPECT_EQ(neighbor("shutdown: false").shutdown, std::nullopt);
  for (std::string const no_text : {"no", "FALSE", "Off", "n", "Y", "0", "''"}) {
    EXPECT_THAT(of_neighbor("shutdown: " + no_text), ElementsAre(HasSubstr("would be a text for the neighbour")));
  }
  EXPECT_THAT(of_neighbor("shutdown: " + std::string(256, 'x')), ElementsAre(HasSubstr("longer than 255 octets")));
  EXPECT_THAT(problems("groups: {g: {remoteAs: 65001, shutdown: true}}\nranges: [{prefix: 10.1.0.0/16, group: g}]\n"),
              ElementsAre(HasSubstr("ranges[0].group: group 'g' has shutdown, and a range cannot be held down")));
}

TEST(SessionKeys, AsesInPaths) {
  EXPECT_EQ(neighbor("allowOwnAs: 3").allow_own_as, 3U);
  EXPECT_EQ(neighbor("removePrivateAs: true").private_as, bgp::PrivateAs::remove);
  EXPECT_EQ(neighbor("removePrivateAs: false").private_as, bgp::PrivateAs::keep);
  EXPECT_EQ(neighbor("removePrivateAs: replace").private_as, bgp::PrivateAs::replace);
  EXPECT_THAT(of_neighbor("removePrivateAs: all"), ElementsAre(HasSubstr("neither true, false nor replace")));
  EXPECT_THAT(of_neighbor("removePrivateAs: true", "65000"), ElementsAre(HasSubstr("is for eBGP neighbours")));
}

TEST(SessionKeys, Roles) {
  EXPECT_FALSE(neighbor("passive: true").role);
  EXPECT_EQ(neighbor("role: route-server-client").role, bgp::Role::route_server_client);
  EXPECT_EQ(neighbor("role: peer").role, bgp::Role::peer);
  EXPECT_TRUE(neighbor("role: customer, strictRole: true").strict_role);
  EXPECT_THAT(of_neighbor("role: boss"), ElementsAre(HasSubstr("'boss' is no role")));
  EXPECT_THAT(of_neighbor("strictRole: true"), ElementsAre(HasSubstr("needs a role of our own")));
  EXPECT_THAT(of_neighbor("role: peer", "65000"), ElementsAre(HasSubstr("is for eBGP neighbours (RFC 9234)")));
}

TEST(SessionKeys, GracefulShutdown) {
  EXPECT_FALSE(neighbor("passive: true").graceful_shutdown);
  EXPECT_TRUE(neighbor("passive: true").honour_graceful_shutdown);
  auto const config = neighbor("gracefulShutdown: true, honorGracefulShutdown: false");
  EXPECT_TRUE(config.graceful_shutdown);
  EXPECT_FALSE(config.honour_graceful_shutdown);
}

TEST(SessionKeys, ExtendedMessages) {
  EXPECT_FALSE(neighbor("passive: true").extended_messages);
  EXPECT_TRUE(neighbor("extendedMessages: true").extended_messages);
}

TEST(SessionKeys, AddPath) {
  EXPECT_FALSE(neighbor("passive: true").add_path_receive);
  EXPECT_TRUE(neighbor("addPath: {receive: true}").add_path_receive);
  EXPECT_TRUE(neighbor("addPath: {receive: true, send: false}").add_path_receive);
  EXPECT_FALSE(neighbor("addPath: {send: all}").add_path_receive);
  using Send = bgp::AddPathSend;
  EXPECT_EQ(neighbor("addPath: {receive: true, send: false}").add_path_send, Send{});
  EXPECT_EQ(neighbor("addPath: {send: all}").add_path_send, (Send{Send::Mode::best, 64}));
  EXPECT_EQ(neighbor("addPath: {send: 2}").add_path_send, (Send{Send::Mode::best, 2}));
  EXPECT_EQ(neighbor("addPath: {send: best-of-each-as}").add_path_send, (Send{Send::Mode::best_of_each_as, 64}));
  for (auto const* const wrong : {"1", "65", "some", "true", "[2]"}) {
    EXPECT_THAT(of_neighbor("addPath: {send: " + std::string(wrong) + "}"),
                ElementsAre(HasSubstr("write all, best-of-each-as, false or a number from 2 to 64")));
  }
}

TEST(SessionKeys, NextHops) {
  auto const config = neighbor("nextHopAddresses: [192.0.2.1, 2001:db8::1], extendedNextHop: true");
  EXPECT_EQ(config.own_next_hop_v4.text(), "192.0.2.1");
  EXPECT_EQ(config.own_next_hop_v6.text(), "2001:db8::1");
  EXPECT_TRUE(config.extended_next_hop);
  EXPECT_TRUE(neighbor("passive: true").own_next_hop_v6.is_unset());
  EXPECT_THAT(of_neighbor("nextHopAddresses: [192.0.2.1, 192.0.2.2]"),
              ElementsAre(HasSubstr("nextHopAddresses[1]: a second one of its family, after 192.0.2.1; remove one")));
  EXPECT_THAT(of_neighbor("nextHopAddresses: [\"fe80::1\"]"), ElementsAre(HasSubstr("can be nobody's next hop")));
  EXPECT_THAT(of_neighbor("nextHopAddresses: [127.0.0.1]"), ElementsAre(HasSubstr("can be nobody's next hop")));
  EXPECT_THAT(of_neighbor("nextHopAddresses: []"), ElementsAre(HasSubstr("no address; write for instance")));
  EXPECT_THAT(of_neighbor("families: [ipv6-unicast], extendedNextHop: true"),
              ElementsAre(HasSubstr("is for IPv4 routes (RFC 8950), and the session has none")));
}

TEST(SessionKeys, WhoeverCouldNotBeToldOfAFamilyIsWarnedOf) {
  auto const warnings = [](std::string const& keys, std::string const& as = "65001") {
    auto const result = parse_reflector(router + "neighbors: [{address: 10.0.0.2, remoteAs: " + as +
                                        ", import: accept-all, export: accept-all, " + keys + "}]\n");
    std::vector<std::string> out;
    if (!result.ok()) return out;
    for (auto const& one : result->warnings) out.push_back(one.text());
    return out;
  };
  auto const both = "families: [ipv4-unicast, ipv6-unicast]";
  EXPECT_THAT(warnings(both), ElementsAre(HasSubstr("ipv6-unicast routes cannot be told to 10.0.0.2: there is no next "
                                                    "hop of ours for them; add nextHopAddresses: [an IPv6 address")));
  EXPECT_THAT(warnings(std::string(both) + ", nextHopAddresses: [\"2001:db8::1\"]"), IsEmpty());
  EXPECT_THAT(warnings(std::string(both) + ", nextHopUnchanged: true"), IsEmpty());
  EXPECT_THAT(warnings(both, "65000"), IsEmpty()) << "a reflector leaves next hops alone";
  EXPECT_EQ(warnings(std::string(both) + ", nextHopSelf: true", "65000").size(), 1U);
}

TEST(SessionKeys, KeepaliveTime) {
  EXPECT_EQ(neighbor("keepaliveTime: 5").keepalive, std::chrono::seconds(5));
  EXPECT_THAT(of_neighbor("keepaliveTime: 0"), ElementsAre(HasSubstr("1 to 21845")));
}

TEST(SessionKeys, MaximumPrefixes) {
  auto const config = neighbor(
      "families: [ipv4-unicast, ipv6-unicast], maximumPrefixes: {ipv4-unicast: 1000, ipv6-unicast: {received: 20, "
      "accepted: 10, warnAt: 90, action: warn}, restartAfter: 300}");
  ASSERT_EQ(config.prefix_limits.size(), 2U);
  EXPECT_EQ(config.prefix_limits[0], (bgp::PrefixLimit{bgp::ipv4_unicast, 1000, 0, 75, false}));
  EXPECT_EQ(config.prefix_limits[1], (bgp::PrefixLimit{bgp::ipv6_unicast, 20, 10, 90, true}));
  EXPECT_EQ(config.prefix_limit_restart, std::chrono::seconds(300));
}

TEST(SessionKeys, MaximumPrefixesThatMakeNoSense) {
  EXPECT_THAT(of_neighbor("maximumPrefixes: 1000"),
              ElementsAre("line 2: neighbors[0].maximumPrefixes: is no map of families; write for instance "
                          "{ipv4-unicast: 1000, restartAfter: 300}"));
  EXPECT_THAT(of_neighbor("maximumPrefixes: {restartAfter: 300}"), ElementsAre(HasSubstr("names no family")));
  EXPECT_THAT(of_neighbor("maximumPrefixes: {ipv6-unicast: 5}"),
              ElementsAre(HasSubstr("ipv6-unicast is not among the neighbour's families")));
  EXPECT_THAT(of_neighbor("maximumPrefixes: {ipv4-unicast: {warnAt: 101}}"),
              ElementsAre(HasSubstr("'101' is out of range"), HasSubstr("has neither received nor accepted")));
  EXPECT_THAT(of_neighbor("maximumPrefixes: {ipv4-unicast: {received: 5, action: drop}}"),
              ElementsAre(HasSubstr("neither teardown nor warn")));
  EXPECT_THAT(of_neighbor("maximumPrefixes: {ipv4-unicast: 0}"), ElementsAre(HasSubstr("out of range")));
}

TEST(SessionKeys, MaximumPrefixesOfARangeNeedARestart) {
  auto const range = [](std::string const& limits) {
    return problems("listen: [{address: 10.0.0.1}]\ngroups: {g: {remoteAs: 65000, maximumPrefixes: " + limits +
                    "}}\nranges: [{prefix: 10.1.0.0/16, group: g}]\n");
  };
  EXPECT_THAT(range("{ipv4-unicast: 5}"),
              ElementsAre(HasSubstr("line 3: groups.g.maximumPrefixes: has no restartAfter")));
  EXPECT_THAT(range("{ipv4-unicast: 5, restartAfter: 60}"), IsEmpty());
  EXPECT_THAT(range("{ipv4-unicast: {received: 5, action: warn}}"), IsEmpty());
}

TEST(SessionKeys, RequiredCapabilities) {
  auto const required = neighbor("requiredCapabilities: [route-refresh, four-octet-as, ipv4-unicast]").required;
  EXPECT_TRUE(required.route_refresh);
  EXPECT_TRUE(required.four_octet_as);
  EXPECT_THAT(required.families, ElementsAre(bgp::ipv4_unicast));
  EXPECT_TRUE(neighbor("addPath: {send: all}, requiredCapabilities: [add-path]").required.add_path);
  EXPECT_TRUE(neighbor("extendedNextHop: true, requiredCapabilities: [extended-next-hop]").required.extended_next_hop);
  auto const more =
      neighbor("extendedMessages: true, requiredCapabilities: [enhanced-route-refresh, extended-messages]").required;
  EXPECT_TRUE(more.enhanced_refresh && more.extended_messages);
  EXPECT_THAT(of_neighbor("requiredCapabilities: [extended-messages]"),
              ElementsAre(HasSubstr("extended-messages is required, but not offered; add extendedMessages: true")));
  EXPECT_THAT(of_neighbor("requiredCapabilities: [add-path]"),
              ElementsAre(HasSubstr("add-path is required, but not offered")));
  EXPECT_THAT(of_neighbor("requiredCapabilities: [extended-next-hop]"),
              ElementsAre(HasSubstr("extended-next-hop is required, but not offered")));
  EXPECT_THAT(of_neighbor("requiredCapabilities: [add-paths]"),
              ElementsAre(HasSubstr("'add-paths' cannot be required")));
  EXPECT_THAT(of_neighbor("requiredCapabilities: [ipv6-unicast]"),
              ElementsAre(HasSubstr("ipv6-unicast is not among the neighbour's families")));
}

TEST(SessionKeys, ANeighbourReplacesWhatItsGroupSays) {
  auto const result = parse_reflector(
      router +
      "groups: {g: {remoteAs: 65001, maximumPrefixes: {ipv4-unicast: 5, restartAfter: 60}, "
      "localAs: {as: 64999, replace: true}}}\n"
      "neighbors: [{address: 10.0.0.2, group: g, maximumPrefixes: {ipv4-unicast: 9}, localAs: 64998}]\n");
  ASSERT_TRUE(result.ok());
  auto const& config = result->neighbors.at(0);
  ASSERT_EQ(config.prefix_limits.size(), 1U);
  EXPECT_EQ(config.prefix_limits[0].received, 9U);
  EXPECT_EQ(config.prefix_limit_restart.count(), 0);
  EXPECT_EQ(config.local_as, (bgp::LocalAs{bgp::Asn{64998}, true, false}));
}

}  // namespace
}  // namespace tern::config
