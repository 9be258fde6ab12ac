// Who hears of a route and how it looks to them, by story.
#include "export_fixture.h"

namespace bgp::egress {
namespace {

TEST_F(Export, BetweenNonClientsNothingIsReflected) {
  EXPECT_EQ(ask(route(Kind::ibgp, false)), "from iBGP to iBGP, neither is a client (RFC 4456 §6)");
  EXPECT_EQ(ask(route(Kind::ibgp, true)), "");
  EXPECT_EQ(ask(route(Kind::ebgp, false)), "");
  key.client = true;
  EXPECT_EQ(ask(route(Kind::ibgp, false)), "");
}

TEST_F(Export, ClientToClientReflectionCanBeTurnedOffWithinACluster) {
  key.client = true;
  key.cluster_id = RouterId{0x01010101};
  EXPECT_EQ(ask(route(Kind::ibgp, true)), "");
  key.client_to_client = false;
  EXPECT_EQ(ask(route(Kind::ibgp, true)), "client-to-client reflection is off (RFC 4456 §5)");
  key.cluster_id = RouterId{0x02020202};
  EXPECT_EQ(ask(route(Kind::ibgp, true)), "");
}

TEST_F(Export, ReflectionNamesTheOriginatorAndTheClientsCluster) {
  auto const edit = export_edit(key, rib, route(Kind::ibgp, true));
  EXPECT_EQ(edit.originator_id, RouterId{7});
  EXPECT_EQ(edit.prepend_cluster, RouterId{0x01010101});
  key.client = true;
  EXPECT_EQ(export_edit(key, rib, route(Kind::ibgp, false)).prepend_cluster, RouterId{0x02020202});
  EXPECT_FALSE(export_edit(key, rib, route(Kind::ebgp, false)).originator_id);
}

TEST_F(Export, TowardsEbgpTheAsIsPrependedAndInnerAttributesStay) {
  key.kind = Kind::ebgp;
  auto const learned = route(Kind::ibgp, true);
  auto const edit = export_edit(key, rib, learned);
  EXPECT_EQ(edit.prepend, Asn{65000});
  EXPECT_TRUE(edit.remove_local_pref && edit.remove_med && edit.remove_reflection);
  EXPECT_FALSE(export_edit(key, rib, route(Kind::local, false)).remove_med);
  EXPECT_EQ(exported_next_hop(key, rib, learned).address, "192.0.2.1"_ip);
  key.next_hop_unchanged = true;
  EXPECT_EQ(exported_next_hop(key, rib, learned).address, "192.0.2.9"_ip);
}

// What a filter leaves alone is no other's next hop, also where `self` means nothing.
TEST_F(Export, ALinkLocalNextHopOfAnotherLinkStaysThereWhateverTheFilterDoes) {
  key.family = ipv6_labelled;
  key.client = true;
  auto const path = route_by("fe80::7"_ip, Kind::ibgp, true);
  auto const forbidden = "its next hop is link-local, and of another link (RFC 2545 §3)";
  EXPECT_EQ(ask(path), forbidden);
  class Sets final : public Filter {
   public:
    explicit Sets(Attributes made) : made_(std::make_shared<Attributes const>(std::move(made))) {}
    FilterVerdict judge(FilteredRoute const&) const override { return {true, "", made_, "sets"}; }
    std::string name() const override { return "sets"; }

   private:
    std::shared_ptr<Attributes const> made_;
  };
  Attributes made;
  made.med = 7;  // and no next hop: self
  key.filter = std::make_shared<Sets>(made);
  EXPECT_EQ(ask(path), forbidden);
  made.next_hop = "2001:db8::9"_ip;
  key.filter = std::make_shared<Sets>(made);
  EXPECT_EQ(ask(path), "");
}

TEST_F(Export, NextHopSelfOnIbgpIsForWhatCameFromOutside) {
  key.next_hop_self = true;
  EXPECT_EQ(exported_next_hop(key, rib, route(Kind::ebgp, false)).address, "192.0.2.1"_ip);
  EXPECT_EQ(exported_next_hop(key, rib, route(Kind::ibgp, true)).address, "192.0.2.9"_ip);
}

TEST_F(Export, NextHopSelfOnEbgpIsForOurOwnRoutesToo) {
  key.kind = Kind::ebgp;
  auto const own = route(Kind::local, false);
  EXPECT_EQ(exported_next_hop(key, rib, own).address, "192.0.2.9"_ip);
  key.next_hop_self = true;
  EXPECT_EQ(exported_next_hop(key, rib, own).address, "192.0.2.1"_ip);
  key.own_next_hop = "2001:db8::1"_ip;
  EXPECT_EQ(exported_next_hop(key, rib, own).address, "192.0.2.9"_ip) << "the session has none of this family";
  key.kind = Kind::ibgp;
  key.own_next_hop = "192.0.2.1"_ip;
  EXPECT_EQ(exported_next_hop(key, rib, own).address, "192.0.2.9"_ip);
}

TEST_F(Export, WellKnownCommunitiesAndAMissingFilterHoldARouteBack) {
  Attributes attributes;
  attributes.communities = {no_export};
  EXPECT_EQ(ask(route(Kind::ebgp, false, attributes)), "");
  attributes.communities = {no_advertise};
  EXPECT_EQ(ask(route(Kind::ebgp, false, attributes)), "community no-advertise (RFC 1997)");
  key.kind = Kind::ebgp;
  attributes.communities = {no_export};
  EXPECT_EQ(ask(route(Kind::ebgp, false, attributes)), "community no-export (RFC 1997)");
  key.filter = nullptr;
  EXPECT_EQ(ask(route(Kind::ebgp, false)), "no export filter (RFC 8212)");
}

TEST(EndOfRib, IsAnEmptyUpdateOrAnEmptyMpUnreach) {
  Buffer v4;
  pack_end_of_rib(ipv4_unicast, v4);
  EXPECT_EQ(v4.size(), 23U);
  Buffer v6;
  pack_end_of_rib(ipv6_unicast, v6);
  EXPECT_EQ(Buffer(v6.begin() + 19, v6.end()), (Buffer{0, 0, 0, 7, 0x90, 15, 0, 3, 0, 2, 1}));
}

// RFC 2545 §3: only who is on the same link can use it, and of a third party that is not known.
TEST_F(Export, SomebodyElsesLinkLocalAddressGoesNoFurther) {
  key.family = ipv6_unicast;
  hop = rib.next_hops.acquire("2001:db8::2"_ip, "fe80::2"_ip);
  auto const told = exported_next_hop(key, rib, route(Kind::ebgp, false));
  EXPECT_EQ(told.address, "2001:db8::2"_ip);
  EXPECT_TRUE(told.link_local.is_unset());
  EXPECT_EQ(exported_next_hop(key, rib, route(Kind::local, false)).link_local, "fe80::2"_ip);
}

// 4096 octets less header, lengths and one prefix: what fits loses nothing, then what a receiver might discard goes,
// then the route (RFC 8654 §4).
TEST_F(Export, AttributesThatAreTooLongLoseWhatMayBeDiscardedFirst) {
  Attributes attributes;
  attributes.aggregator = Aggregator{Asn{65001}, IpAddress::v4(1)};
  auto const encoded = [&](std::size_t communities) {
    attributes.communities.resize(communities);
    wire::ExportEdit edit;
    Buffer octets;
    auto const fits = encode_attributes(key, rib, route(Kind::ebgp, false, attributes), edit, octets);
    EXPECT_EQ(fits, !octets.empty());
    return fits ? std::optional(edit.remove_discardable) : std::nullopt;
  };
  std::size_t communities = 900;
  while (encoded(communities) == false) ++communities;
  auto const first_to_lose = communities;
  while (encoded(communities) == true) ++communities;
  EXPECT_EQ(encoded(communities), std::nullopt);
  EXPECT_GE(communities - first_to_lose, 2U);  // AGGREGATOR took eleven octets
  EXPECT_LE(communities - first_to_lose, 3U);
}

}  // namespace
}  // namespace bgp::egress
