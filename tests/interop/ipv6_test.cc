// IPv6 unicast between BIRDs through tern-reflector: over sessions of its own family and over IPv4 sessions.
#include "interop_test.h"

namespace interop {
namespace {

auto const prefix = "2001:db8:1::/48";
auto const outer_prefix = "2001:db8:2::/48";
auto const next_hop = "2001:db8:77::2";

std::string route(std::string const& to) { return "route " + to + " blackhole { " + usual_in_bird + " };"; }

std::string channel_with_next_hop(std::string const& address) {
  return "import all; export where source = RTS_STATIC; next hop address " + address + ";";
}

Shown announced_outside(std::string const& hop) {
  auto route = usual(hop);
  route["as_path"] = "65010 64512 64513";
  route["local_pref"] = "100";
  route.erase("med");  // BIRD sends none to another AS
  return route;
}

/// As an eBGP neighbour of AS 65000 is told.
Shown outside(std::string const& hop) {
  auto route = usual(hop);
  route["as_path"] = "65000 64512 64513";
  route.erase("med");
  // BIRD gives what comes by eBGP a preference of its own and shows it.
  route["local_pref"] = "100";
  return route;
}

/// BIRD `sender` and `receiver` as clients, `external` in AS 65010.
struct Ipv6 : Interop {
  void start(TernOptions const& options, std::vector<BirdSession> const& sessions) {
    tern.emplace(directory_, options);
    sender.emplace(directory_, BirdOptions{.name = "sender",
                                           .id = "10.77.0.2",
                                           .sessions = {sessions.at(0)},
                                           .routes = route("203.0.113.0/24"),
                                           .routes6 = route(prefix)});
    receiver.emplace(directory_, BirdOptions{.name = "receiver", .id = "10.77.0.3", .sessions = {sessions.at(1)}});
    external.emplace(
        directory_,
        BirdOptions{
            .name = "external", .id = "10.77.0.4", .sessions = {sessions.at(2)}, .routes6 = route(outer_prefix)});
  }
  static auto at(std::optional<Bird>& bird, std::string const& to) {
    return [&bird, to] { return bird->route(to); };
  }
  void withdraw() {
    sender->command("disable routes6");
    EXPECT_TRUE(comes_to_show(at(receiver, prefix), std::nullopt));
    EXPECT_TRUE(comes_to_show(at(external, prefix), std::nullopt));
    sender->command("enable routes6");
  }

  std::optional<Tern> tern;
  std::optional<Bird> sender, receiver, external;
};

TEST_F(Ipv6, PassesOverIpv6Sessions) {
  if (!need({"bird"})) return;
  auto const channel = "import all; export where source = RTS_STATIC; next hop self;";
  auto session = [&](std::string const& last, std::uint32_t as) {
    return BirdSession{
        .local = "2001:db8:77::" + last, .as = as, .neighbour = "2001:db8:77::1", .ipv4 = "", .ipv6 = channel};
  };
  start({.addresses = {"2001:db8:77::1"},
         .neighbours = {"address: \"2001:db8:77::2\", remoteAs: 65000, reflectorClient: true, passive: true",
                        "address: \"2001:db8:77::3\", remoteAs: 65000, reflectorClient: true, passive: true",
                        "address: \"2001:db8:77::4\", remoteAs: 65010, passive: true, import: accept-all, "
                        "export: accept-all"}},
        {session("2", 65000), session("3", 65000), session("4", 65010)});
  auto const reflection = reflected(usual(next_hop), "10.77.0.2", "1.1.1.1");
  EXPECT_TRUE(comes_to_show(at(receiver, prefix), reflection));
  EXPECT_TRUE(comes_to_show(at(receiver, outer_prefix), announced_outside("2001:db8:77::4")));
  EXPECT_TRUE(comes_to_show(at(external, prefix), outside("2001:db8:77::1")));
  withdraw();
  EXPECT_TRUE(comes_to_show(at(receiver, prefix), reflection));
  sender->kill();
  EXPECT_TRUE(comes_to_show(at(receiver, prefix), std::nullopt));
  EXPECT_TRUE(comes_to_show(at(external, prefix), std::nullopt));
}

struct Ipv6OverIpv4 : Ipv6 {
  void start_over_ipv4(std::string const& external_options, std::string const& ipv4_next_hop) {
    std::string const both = "families: [ipv4-unicast, ipv6-unicast], passive: true, ";
    auto session = [&](std::string const& last, std::uint32_t as) {
      return BirdSession{.local = "10.77.0." + last, .as = as, .ipv6 = channel_with_next_hop("2001:db8:77::" + last)};
    };
    start({.neighbours = {both + "address: 10.77.0.2, remoteAs: 65000, reflectorClient: true",
                          both + "address: 10.77.0.3, remoteAs: 65000, reflectorClient: true",
                          both + "address: 10.77.0.4, remoteAs: 65010, import: accept-all, export: accept-all" +
                              external_options}},
          {session("2", 65000), session("3", 65000), session("4", 65010)});
    EXPECT_TRUE(comes_to_show(at(receiver, prefix), reflected(usual(next_hop), "10.77.0.2", "1.1.1.1")));
    EXPECT_TRUE(comes_to_show(at(receiver, outer_prefix), announced_outside("2001:db8:77::4")));
    EXPECT_TRUE(comes_to_show(at(external, "203.0.113.0/24"), outside(ipv4_next_hop)));
  }
};

TEST_F(Ipv6OverIpv4, ReachesClientsButNoExternalNeighbourForWantOfANextHop) {
  if (!need({"bird"})) return;
  start_over_ipv4("", "10.77.0.1");
  auto const explanation = tern->tell({"explain", prefix});
  EXPECT_NE(explanation.find("not sent to 10.77.0.4: no next hop of this family on this session"), std::string::npos)
      << explanation;
  EXPECT_FALSE(external->route(prefix));
  withdraw();
  EXPECT_TRUE(external->established());
}

TEST_F(Ipv6OverIpv4, ReachesAnExternalNeighbourThatGetsTheThirdPartysNextHop) {
  if (!need({"bird"})) return;
  start_over_ipv4(", nextHopUnchanged: true", "10.77.0.2");
  EXPECT_TRUE(comes_to_show(at(external, prefix), outside(next_hop)));
  withdraw();
  EXPECT_TRUE(comes_to_show(at(external, prefix), outside(next_hop)));
}

}  // namespace
}  // namespace interop
