// What leaves to whom: the attributes of RFC 4271 §5.1 octet for octet, well-known communities, next hops of the other
// family, and filters. Read back with the tests' own decoder.
#include "export_fixture.h"
#include "support/adj_rib.h"

namespace bgp::egress {
namespace {

// A route with everything that has a rule of its own.
Attributes rich() {
  Attributes attributes;
  attributes.as_path.segments = {{AsPathSegment::Kind::sequence, {Asn{65001}, Asn{65002}}}};
  attributes.med = 77;
  attributes.local_pref = 250;
  attributes.originator_id = RouterId{0x09090909};
  attributes.cluster_list = {RouterId{0x08080808}};
  return attributes;
}

class Told : public Export {
 protected:
  // The value of one attribute as the group's members get it; nothing when it is not sent.
  std::optional<support::Bytes> value(unsigned code, rib::Path const& path) const {
    for (auto const& one : support::read_attributes(encode(path)))
      if (one.code == code) return one.value;
    return std::nullopt;
  }
};

TEST_F(Told, LocalPrefStaysWithinTheAs) {
  key.kind = Kind::ebgp;
  for (auto const source : {Kind::local, Kind::ebgp, Kind::ibgp})
    EXPECT_EQ(value(support::kLocalPref, route(source, true, rich())), std::nullopt);
  key.kind = Kind::ibgp;
  for (auto const source : {Kind::local, Kind::ebgp, Kind::ibgp})
    EXPECT_EQ(value(support::kLocalPref, route(source, true, rich())), support::u32(250));
  EXPECT_EQ(value(support::kLocalPref, route(Kind::ebgp, false)), support::u32(100));
}

TEST_F(Told, MedOfAnotherAsGoesNoFurtherThanThisAs) {
  key.kind = Kind::ebgp;
  EXPECT_EQ(value(support::kMed, route(Kind::ebgp, false, rich())), std::nullopt);
  EXPECT_EQ(value(support::kMed, route(Kind::ibgp, true, rich())), std::nullopt);
  EXPECT_EQ(value(support::kMed, route(Kind::local, false, rich())), support::u32(77));
  key.kind = Kind::ibgp;
  for (auto const source : {Kind::local, Kind::ebgp, Kind::ibgp})
    EXPECT_EQ(value(support::kMed, route(source, true, rich())), support::u32(77));
}

TEST_F(Told, TheAsIsPrependedOnEbgpAndNotOnIbgp) {
  EXPECT_EQ(value(support::kAsPath, route(Kind::ebgp, false, rich())), support::sequence({65001, 65002}));
  EXPECT_EQ(value(support::kAsPath, route(Kind::local, false)), support::Bytes{});
  key.kind = Kind::ebgp;
  EXPECT_EQ(value(support::kAsPath, route(Kind::ebgp, false, rich())), support::sequence({65000, 65001, 65002}));
  EXPECT_EQ(value(support::kAsPath, route(Kind::local, false)), support::sequence({65000}));
}

TEST_F(Told, ReflectionAttributesGrowWithinTheAsAndDoNotLeaveIt) {
  auto const path = route(Kind::ibgp, true, rich());
  EXPECT_EQ(value(support::kOriginatorId, path), support::ip("9.9.9.9")) << "set once, never changed";
  EXPECT_EQ(value(support::kClusterList, path), support::cat({support::ip("1.1.1.1"), support::ip("8.8.8.8")}));
  EXPECT_EQ(value(support::kOriginatorId, route(Kind::ibgp, true)), support::ip("0.0.0.7"));
  EXPECT_EQ(value(support::kClusterList, route(Kind::ebgp, false)), std::nullopt);
  key.kind = Kind::ebgp;
  EXPECT_EQ(value(support::kOriginatorId, path), std::nullopt);
  EXPECT_EQ(value(support::kClusterList, path), std::nullopt);
}

// RFC 1997: which of the well-known communities hold a route back from whom. There are no confederations, so the
// borders of NO_EXPORT and NO_EXPORT_SUBCONFED are the same.
TEST_F(Told, WellKnownCommunitiesHoldARouteBack) {
  struct Row {
    Community community;
    bool to_ebgp, to_ibgp;
  };
  for (auto const& [community, to_ebgp, to_ibgp] :
       {Row{no_export, false, true}, Row{no_export_subconfed, false, true}, Row{no_advertise, false, false},
        Row{Community{0xffffff00}, true, true}, Row{Community{0xfffeff01}, true, true}})
    for (auto const source : {Kind::local, Kind::ebgp, Kind::ibgp}) {
      Attributes attributes;
      attributes.communities = {Community{1}, community, Community{2}};
      auto const path = route(source, true, attributes);
      key.kind = Kind::ebgp;
      EXPECT_EQ(ask(path).empty(), to_ebgp) << community.text();
      key.kind = Kind::ibgp;
      EXPECT_EQ(ask(path).empty(), to_ibgp) << community.text();
    }
}

TEST_F(Told, WithoutAFilterNothingIsExported) {
  key.filter = nullptr;
  for (auto const kind : {Kind::ebgp, Kind::ibgp}) {
    key.kind = kind;
    for (auto const source : {Kind::local, Kind::ebgp, Kind::ibgp})
      EXPECT_EQ(ask(route(source, true)), "no export filter (RFC 8212)");
  }
}

class Names : public Filter {
 public:
  explicit Names(std::string_view rule) : rule_(rule) {}
  FilterVerdict judge(FilteredRoute const& route) const override {
    return {route.attributes.next_hop == "192.0.2.1"_ip, rule_};
  }
  std::string name() const override { return "names"; }

 private:
  std::string_view rule_;
};

TEST_F(Told, AFilterIsAskedAboutTheNextHopThatWouldBeSentAndItsRuleIsShown) {
  key.kind = Kind::ebgp;
  key.filter = std::make_shared<Names>("only by way of us");
  EXPECT_EQ(ask(route(Kind::ebgp, false)), "");
  key.next_hop_unchanged = true;
  EXPECT_EQ(ask(route(Kind::ebgp, false)), "only by way of us");
  key.filter = std::make_shared<Names>("");
  EXPECT_EQ(ask(route(Kind::ebgp, false)), "export filter");
  key.filter = reject_all;
  EXPECT_NE(ask(route(Kind::local, false)), "");
}

// A session over IPv4 carries IPv6 routes only with a next hop that somebody else gave (RFC 2545 §2), and the other way
// round: our own address there is of the wrong family (RFC 8950 has not been agreed on).
TEST_F(Told, OurAddressIsNoNextHopForTheOtherFamily) {
  auto const v4 = "192.0.2.9"_ip;
  auto const v6 = "2001:db8::9"_ip;
  for (auto const family : {ipv4_unicast, ipv6_unicast}) {
    key.family = family;
    auto const& hop_of_family = family == ipv4_unicast ? v4 : v6;
    key.own_next_hop = family == ipv4_unicast ? "2001:db8::1"_ip : "192.0.2.1"_ip;
    auto const none = "no next hop of this family on this session";
    key.kind = Kind::ibgp;
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ibgp, true)), "");
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ebgp, false)), "");
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::local, false)), "") << "originated with a next hop";
    EXPECT_EQ(ask(route_by(IpAddress{}, Kind::local, false)), none) << "originated without";
    key.next_hop_self = true;
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ebgp, false)), none);
    key.next_hop_self = false;
    key.kind = Kind::ebgp;
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ibgp, true)), none);
    key.next_hop_unchanged = true;
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ibgp, true)), "");
    key.next_hop_unchanged = false;
    key.own_next_hop = family == ipv4_unicast ? "192.0.2.1"_ip : "2001:db8::1"_ip;
    EXPECT_EQ(ask(route_by(hop_of_family, Kind::ibgp, true)), "");
    EXPECT_EQ(ask(route_by(IpAddress{}, Kind::local, false)), "");
    EXPECT_EQ(exported_next_hop(key, rib, route_by(IpAddress{}, Kind::local, false)).address, key.own_next_hop);
  }
}

TEST_F(Told, ALinkLocalNextHopOfOthersStaysOnItsLink) {
  key.family = ipv6_unicast;
  key.own_next_hop = "2001:db8::1"_ip;
  EXPECT_EQ(ask(route_by("fe80::9"_ip, Kind::ibgp, true)),
            "its next hop is link-local, and of another link (RFC 2545 §3)");
  key.kind = Kind::ebgp;
  EXPECT_EQ(ask(route_by("fe80::9"_ip, Kind::ibgp, true)), "") << "it gets ours";
}

TEST_F(Told, Ipv4RoutesHaveIpv6NextHopsWhereMembersTakeThem) {
  auto const v6 = route_by("2001:db8::9"_ip, Kind::ibgp, true);
  EXPECT_EQ(ask(v6), "its next hop is IPv6, which this session does not carry for IPv4 routes (RFC 8950)");
  key.extended_next_hop = true;
  EXPECT_EQ(ask(v6), "");
  EXPECT_EQ(value(support::kNextHop, v6), std::nullopt) << "it stands in MP_REACH";
  EXPECT_EQ(value(support::kNextHop, route(Kind::ibgp, true)), support::ip("192.0.2.9")) << "IPv4 stays as it was";
  key.own_next_hop = "2001:db8::1"_ip;
  EXPECT_EQ(ask(route_by(IpAddress{}, Kind::local, false)), "") << "our own address will do";
}

}  // namespace
}  // namespace bgp::egress
