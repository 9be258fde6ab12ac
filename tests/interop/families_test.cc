// Families that are reflected without being looked into, from one real daemon through tern-reflector to others.
#include <gmock/gmock.h>

#include "frr.h"
#include "gobgp_api.h"
#include "interop_test.h"

namespace interop {
namespace {

using support::Arguments;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// What a daemon says, until it is as it should be.
template <class Ask, class Matcher>
testing::AssertionResult comes_to_say(Ask const& ask, Matcher const& matcher) {
  std::string last;
  if (support::eventually(20s, [&] { return testing::Matches(matcher)(last = ask()); })) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "it says:\n" << last;
}

class FamiliesBetweenDaemons : public Interop {
 protected:
  /// Clients at 10.77.0.2, .3 and so on.
  void run_tern(std::string const& families, unsigned clients) {
    std::vector<std::string> neighbours;
    for (unsigned n = 0; n < clients; ++n) {
      neighbours.push_back("address: 10.77.0." + std::to_string(2 + n) +
                           ", remoteAs: 65000, reflectorClient: true, passive: true, families: [" + families + "]");
    }
    tern.emplace(directory_, TernOptions{.neighbours = neighbours});
  }
  void run_gobgps(std::vector<std::string> const& families) {
    from.emplace(directory_,
                 GobgpOptions{.name = "from", .address = "10.77.0.2", .passive = false, .families = families});
    to.emplace(directory_, GobgpOptions{.name = "to", .address = "10.77.0.3", .passive = false, .families = families});
  }
  void run_frr(std::vector<std::string> const& families, std::string const& more = "") {
    std::string file =
        "router bgp 65000\n bgp router-id 10.77.0.4\n no bgp default ipv4-unicast\n"
        " no bgp network import-check\n neighbor 10.77.0.1 remote-as 65000\n"
        " neighbor 10.77.0.1 update-source 10.77.0.4\n neighbor 10.77.0.1 timers connect 1\n";
    for (auto const& family : families) {
      file += " address-family " + family + "\n  neighbor 10.77.0.1 activate\n exit-address-family\n";
    }
    frr.emplace(directory_, FrrOptions{.name = "frr", .configuration = file + more});
  }
  [[nodiscard]] bool all_up(unsigned clients) const {
    return support::eventually(30s, [&] {
      for (unsigned n = 0; n < clients; ++n) {
        if (!tern->established("10.77.0." + std::to_string(2 + n))) return false;
      }
      return true;
    });
  }
  /// The verb is "add" or "del".
  void rib(std::string const& verb, std::string const& family, Arguments const& route) const {
    Arguments arguments = {"global", "rib", verb, "-a", family};
    arguments.insert(arguments.end(), route.begin(), route.end());
    EXPECT_EQ(from->tell(arguments), "");
  }
  void vrf(Arguments const& arguments) const { EXPECT_EQ(to->tell(arguments), ""); }
  [[nodiscard]] auto at_gobgp(std::string const& family) const {
    return [this, family] { return to->tell({"global", "rib", "-a", family}); };
  }
  [[nodiscard]] auto at_frr(std::string const& family) const {
    return [this, family] { return frr->command("show bgp " + family); };
  }
  [[nodiscard]] auto at_tern(std::string const& family) const {
    return [this, family] { return tern->tell({"routes", "--family", family}); };
  }

  std::optional<Tern> tern;
  std::optional<Gobgp> from, to;
  std::optional<Frr> frr;
  std::optional<Bird> bird;
};

/// A route as GoBGP is told it, and what is seen of it.
struct Route {
  std::string ours, gobgps, frrs;  // the family's names; FRR's is "" where it does not speak it
  Arguments words;
  std::string at_gobgp, at_frr, at_tern;
};

// Next hops are of nobody here: FRR takes none that is an address of its own machine.
std::vector<Route> const routes = {
    {"ipv4-labelled-unicast",
     "ipv4-mpls",
     "",
     {"10.1.0.0/24", "100", "nexthop", "10.99.0.1"},
     "[100]      10.99.0.1",
     "",
     "10.1.0.0/24 label 100  10.99.0.1"},
    {"ipv6-labelled-unicast",
     "ipv6-mpls",
     "ipv6 labeled-unicast",
     {"2001:db8:1::/48", "101", "nexthop", "2001:db8:99::1"},
     "2001:db8:1::/48      [101]",
     "2001:db8:1::/48",
     "2001:db8:1::/48 label 101"},
    {"ipv4-vpn",
     "vpnv4",
     "ipv4 vpn",
     {"10.2.0.0/24", "label", "200", "rd", "65000:1", "rt", "65000:7", "nexthop", "10.99.0.1"},
     "65000:1:10.2.0.0/24  [200]",
     "EC{65000:7} label=200",
     "65000:1:10.2.0.0/24 label 200"},
    {"ipv6-vpn",
     "vpnv6",
     "ipv6 vpn",
     {"2001:db8:2::/48", "label", "201", "rd", "65000:1", "rt", "65000:7", "nexthop", "2001:db8:99::1"},
     "65000:1:2001:db8:2::/48 [201]",
     "EC{65000:7} label=201",
     "65000:1:2001:db8:2::/48 label 201"},
    {"l2vpn-evpn",
     "evpn",
     "l2vpn evpn",
     {"macadv", "aa:bb:cc:dd:ee:04", "10.3.0.1", "etag", "0", "label", "300", "rd", "65000:1", "rt", "65000:7", "encap",
      "vxlan", "nexthop", "10.99.0.1"},
     "[type:macadv][rd:65000:1][etag:0][mac:aa:bb:cc:dd:ee:04][ip:10.3.0.1]",
     "[2]:[0]:[48]:[aa:bb:cc:dd:ee:04]:[32]:[10.3.0.1]",
     "label 18 or VNI 300"},
    {"l2vpn-evpn",
     "evpn",
     "l2vpn evpn",
     {"multicast", "10.3.0.9", "etag", "0", "rd", "65000:1", "rt", "65000:7", "nexthop", "10.99.0.1"},
     "[type:multicast][rd:65000:1][etag:0][ip:10.3.0.9]",
     "[3]:[0]:[32]:[10.3.0.9]",
     "[3]:[65000:1]:[0]:[32]:[10.3.0.9]"},
    {"l2vpn-evpn",
     "evpn",
     "l2vpn evpn",
     {"prefix", "10.4.0.0/24", "etag", "0", "label", "301", "rd", "65000:1", "rt", "65000:7", "gw", "10.3.0.1",
      "nexthop", "10.99.0.1"},
     "[GW: 10.3.0.1]",
     "[5]:[0]:[24]:[10.4.0.0]",
     "[5]:[65000:1]:[0]:[24]:[10.4.0.0]"},
    {"l2vpn-evpn",
     "evpn",
     "l2vpn evpn",
     {"esi", "10.3.0.9", "esi", "ARBITRARY", "11:22:33:44:55:66:77:88:99", "rd", "10.3.0.9:3", "nexthop", "10.99.0.1"},
     "[type:esi][rd:10.3.0.9:3][esi:ESI_ARBITRARY | 11:22:33:44:55:66:77:88:99][ip:10.3.0.9]",
     "[4]:[00:11:22:33:44:55:66:77:88:99]:[32]:[10.3.0.9]",
     "[4]:[10.3.0.9:3]:[00112233445566778899]"},
    {"ipv4-flowspec",
     "ipv4-flowspec",
     "ipv4 flowspec",
     {"match", "destination", "10.5.0.0/24", "protocol", "tcp", "port", ">=80&<=90", "then", "discard"},
     "[destination: 10.5.0.0/24][protocol: ==tcp][port: >=80&<=90] fictitious",
     "to 10.5.0.0/24 proto = 6  port >= 80 , <= 90",
     "destination 10.5.0.0/24, protocol =6, port >=80&<=90"},
    {"ipv6-flowspec",
     "ipv6-flowspec",
     "ipv6 flowspec",
     {"match", "destination", "2001:db8:5::/48", "then", "discard"},
     "2001:db8:5::/48",
     "to 2001:db8:5::/48/off 0",
     "destination 2001:db8:5::/48"},
    {"ipv4-vpn-flowspec",
     "ipv4-l3vpn-flowspec",
     "",
     {"rd", "65000:1", "match", "destination", "10.6.0.0/24", "then", "discard", "rt", "65000:7"},
     "[rd: 65000:1][destination: 10.6.0.0/24]",
     "",
     "65000:1 destination 10.6.0.0/24"},
    {"ipv6-vpn-flowspec",
     "ipv6-l3vpn-flowspec",
     "",
     {"rd", "65000:1", "match", "destination", "2001:db8:6::/48", "then", "discard", "rt", "65000:7"},
     "[rd: 65000:1][destination: 2001:db8:6::/48",
     "",
     "65000:1 destination 2001:db8:6::/48"},
};

TEST_F(FamiliesBetweenDaemons, GobgpsRoutesReachGobgpAndFrr) {
  if (!need({"gobgpd", "gobgp", "/usr/lib/frr/bgpd"})) return;
  run_tern(
      "ipv4-labelled-unicast, ipv6-labelled-unicast, ipv4-vpn, ipv6-vpn, l2vpn-evpn, ipv4-flowspec, "
      "ipv6-flowspec, ipv4-vpn-flowspec, ipv6-vpn-flowspec",
      3);
  run_gobgps({"ipv4-labelled-unicast", "ipv6-labelled-unicast", "l3vpn-ipv4-unicast", "l3vpn-ipv6-unicast",
              "l2vpn-evpn", "ipv4-flowspec", "ipv6-flowspec", "l3vpn-ipv4-flowspec", "l3vpn-ipv6-flowspec"});
  run_frr({"ipv6 labeled-unicast", "ipv4 vpn", "ipv6 vpn", "l2vpn evpn", "ipv4 flowspec", "ipv6 flowspec"});
  ASSERT_TRUE(all_up(3));
  for (auto const& route : routes) rib("add", route.gobgps, route.words);
  for (auto const& route : routes) {
    EXPECT_TRUE(comes_to_say(at_tern(route.ours), HasSubstr(route.at_tern)));
    EXPECT_TRUE(
        comes_to_say(at_gobgp(route.gobgps),
                     AllOf(HasSubstr(route.at_gobgp), HasSubstr("{Originator: 10.77.0.2} {ClusterList: [1.1.1.1]}"))));
    if (route.frrs.empty()) continue;
    EXPECT_TRUE(comes_to_say(at_frr(route.frrs), HasSubstr(route.at_frr)));
  }
  // The same routes with other labels, and gone.
  rib("add", "vpnv4", {"10.2.0.0/24", "label", "222", "rd", "65000:1", "rt", "65000:7", "nexthop", "10.99.0.1"});
  EXPECT_TRUE(comes_to_say(at_gobgp("vpnv4"), AllOf(HasSubstr("[222]"), Not(HasSubstr("[200]")))));
  EXPECT_TRUE(comes_to_say(at_frr("ipv4 vpn"), AllOf(HasSubstr("label=222"), Not(HasSubstr("label=200")))));
  for (auto const& route : routes) rib("del", route.gobgps, route.words);
  for (auto const& route : routes) {
    EXPECT_TRUE(comes_to_say(at_gobgp(route.gobgps), HasSubstr("Network not in table")));
    EXPECT_TRUE(comes_to_say(at_tern(route.ours), HasSubstr("no routes")));
    if (route.frrs.empty()) continue;
    EXPECT_TRUE(comes_to_say(at_frr(route.frrs), Not(HasSubstr(route.at_frr))));
  }
  EXPECT_TRUE(all_up(3));
}

// GoBGP's command line cannot announce these: they are given to it as octets.
TEST_F(FamiliesBetweenDaemons, SrPoliciesAndLinkStateReachGobgp) {
  if (!need({"gobgpd", "gobgp", "curl"})) return;
  run_tern("ipv4-sr-policy, ipv6-sr-policy, link-state", 2);
  run_gobgps({"ipv4-srpolicy", "ipv6-srpolicy", "ls"});
  ASSERT_TRUE(all_up(2));
  auto const reach = [](std::string const& family, std::string const& hop, std::string const& nlri) {
    char head[32];
    std::snprintf(head, sizeof head, "900e%04x", static_cast<unsigned>((family + hop + nlri).size() / 2 + 1));
    return head + family + hop + "00" + nlri;
  };
  struct Raw {
    bgp::Family family;
    std::string name, prefix, nlri, shown;
  };
  // Of a policy: its length in bits, distinguisher, color, endpoint. A node: protocol and identifier, then its AS, its
  // domain and its router ID.
  std::string const node =
      "0001 0025 03 0000000000000000 0100 0018 0200 0004 0000fde8 0201 0004 00000000 0203 0004 0a4d0002";
  std::vector<Raw> const raw = {
      {bgp::ipv4_sr_policy, "ipv4-sr-policy", "000149", "60 00000001 00000064 c0000201",
       "distinguisher 1, color 100, endpoint 192.0.2.1"},
      {bgp::ipv6_sr_policy, "ipv6-sr-policy", "000249", "c0 00000001 00000064 20010db8000000000000000000000001",
       "endpoint 2001:db8::1"},
      {bgp::link_state, "link-state", "400447", node, "node 0x03"},
  };
  auto const path_of = [&](Raw const& one, bool withdrawn) {
    std::string nlri;
    for (auto const c : one.nlri) nlri += c == ' ' ? "" : std::string(1, c);
    return RawPath{one.family, nlri, {"40010100", "400200", reach(one.prefix, "040a630001", nlri)}, withdrawn};
  };
  for (auto const& one : raw) EXPECT_EQ(add_path(directory_, from->api_socket(), path_of(one, false)), "");
  auto const arrived = [&](Raw const& one) { return has_path(directory_, to->api_socket(), one.family, one.nlri); };
  for (auto const& one : raw) {
    EXPECT_TRUE(comes_to_say(at_tern(one.name), HasSubstr(one.shown)));
    EXPECT_TRUE(support::eventually(20s, [&] { return arrived(one); })) << one.shown;
  }
  for (auto const& one : raw) EXPECT_EQ(add_path(directory_, from->api_socket(), path_of(one, true)), "");
  for (auto const& one : raw) EXPECT_TRUE(support::eventually(20s, [&] { return !arrived(one); })) << one.shown;
}

TEST_F(FamiliesBetweenDaemons, BirdAndFrrTellEachOther) {
  if (!need({"bird", "birdc", "/usr/lib/frr/bgpd"})) return;
  run_tern("ipv4-multicast, ipv6-multicast, ipv4-vpn, ipv4-flowspec, ipv6-flowspec", 3);
  bird.emplace(
      directory_,
      BirdOptions{
          .name = "bird",
          .id = "10.77.0.2",
          .sessions =
              {{.local = "10.77.0.2",
                .options =
                    "ipv4 multicast { table mc4; import all; export filter { bgp_next_hop = 10.99.0.1; accept; }; };\n"
                    "ipv6 multicast { table mc6; import all; export all; next hop address 2001:db8:77::2; };\n"
                    "vpn4 mpls { table v4; import all; export all; };\n"
                    "flow4 { table f4; import all; export all; };\n"
                    "flow6 { table f6; import all; export all; };",
                .ipv4 = ""}},
          .extra = "ipv4 table mc4; ipv6 table mc6; vpn4 table v4; flow4 table f4; flow6 table f6;\n"
                   "protocol static { ipv4 { table mc4; }; route 10.9.0.0/24 via 10.77.0.2; }\n"
                   "protocol static s4 { vpn4 { table v4; }; route 65000:8 10.8.0.0/24 via 10.77.0.2 mpls 800 "
                   "{ bgp_ext_community.add((rt,65000,8)); }; }\n"
                   "protocol static { flow4 { table f4; }; route flow4 { dst 10.7.0.0/24; proto = 6; "
                   "dport > 1000 && < 2000; tcp flags 0x02/0x0f; }; }\n"
                   "protocol static { flow6 { table f6; }; route flow6 { dst 2001:db8:7::/48; next header = 17; "
                   "label 5; }; }\n"});
  run_frr({"ipv4 multicast", "ipv6 multicast", "ipv4 vpn", "ipv4 flowspec", "ipv6 flowspec"},
          " address-family ipv4 multicast\n  network 10.6.0.0/24\n exit-address-family\n"
          " address-family ipv6 multicast\n  network 2001:db8:6::/48\n exit-address-family\n"
          " address-family ipv4 vpn\n  network 10.5.0.0/24 rd 65000:5 label 500\n exit-address-family\n");
  ASSERT_TRUE(
      support::eventually(30s, [&] { return tern->established("10.77.0.2") && tern->established("10.77.0.4"); }));
  EXPECT_TRUE(comes_to_say(at_frr("ipv4 vpn"), HasSubstr("label=800")));
  EXPECT_TRUE(
      comes_to_say(at_frr("ipv4 flowspec"), HasSubstr("to 10.7.0.0/24 proto = 6  dstp > 1000 , < 2000  tcp = 2")));
  EXPECT_TRUE(comes_to_say(at_frr("ipv6 flowspec"), HasSubstr("to 2001:db8:7::/48/off 0 proto = 17  flwlbl = 5")));
  EXPECT_TRUE(comes_to_say(at_frr("ipv4 multicast"), HasSubstr("10.9.0.0/24")));
  auto const at_bird = [&](std::string const& what) {
    return [&, what] { return bird->command("show route " + what); };
  };
  EXPECT_TRUE(comes_to_say(at_bird("table mc4"), HasSubstr("10.6.0.0/24")));
  EXPECT_TRUE(comes_to_say(at_bird("table mc6"), HasSubstr("2001:db8:6::/48")));
  EXPECT_TRUE(comes_to_say(at_bird("table v4 all"),
                           AllOf(HasSubstr("65000:5 10.5.0.0/24"), HasSubstr("mpls_label_stack: 500"))));
  bird->command("disable s4");
  EXPECT_TRUE(comes_to_say(at_frr("ipv4 vpn"), Not(HasSubstr("label=800"))));
  frr->commands({"configure terminal", "router bgp 65000", "address-family ipv4 vpn",
                 "no network 10.5.0.0/24 rd 65000:5 label 500"});
  EXPECT_TRUE(comes_to_say(at_bird("table v4"), Not(HasSubstr("10.5.0.0/24"))));
}

// RFC 4684: a GoBGP with VRFs asks for what they import.
TEST_F(FamiliesBetweenDaemons, GobgpIsToldWhatItsVrfsImport) {
  if (!need({"gobgpd", "gobgp"})) return;
  run_tern("ipv4-vpn, route-target", 2);
  run_gobgps({"l3vpn-ipv4-unicast", "rtc"});
  vrf({"vrf", "add", "red", "rd", "65000:3", "rt", "both", "65000:100"});
  ASSERT_TRUE(all_up(2));
  auto const announce = [&](std::string const& prefix, std::string const& target) {
    rib("add", "vpnv4", {prefix, "label", "200", "rd", "65000:1", "rt", target, "nexthop", "10.99.0.1"});
  };
  announce("10.1.0.0/24", "65000:100");
  announce("10.2.0.0/24", "65000:200");
  EXPECT_TRUE(comes_to_say(at_tern("route-target"), HasSubstr("origin 65000, target 65000:100")));
  EXPECT_TRUE(comes_to_say(at_gobgp("vpnv4"), AllOf(HasSubstr("10.1.0.0/24"), Not(HasSubstr("10.2.0.0/24")))));
  EXPECT_THAT(at_tern("ipv4-vpn")(), Not(HasSubstr("10.2.0.0/24")))
      << "the announcer knows from us that nobody wants it";
  vrf({"vrf", "add", "blue", "rd", "65000:4", "rt", "both", "65000:200"});
  EXPECT_TRUE(comes_to_say(at_gobgp("vpnv4"), AllOf(HasSubstr("10.1.0.0/24"), HasSubstr("10.2.0.0/24"))));
  vrf({"vrf", "del", "red"});
  EXPECT_TRUE(comes_to_say(at_gobgp("vpnv4"), AllOf(Not(HasSubstr("10.1.0.0/24")), HasSubstr("10.2.0.0/24"))));
}

}  // namespace
}  // namespace interop
