// UPDATEs in, as octets: what stands in the RIB afterwards, and by which rule what does not.
#include "rib/adj_rib_in.h"

#include <gtest/gtest.h>

#include "support.h"

namespace bgp::rib {
namespace {

using testing::best_peer;
using testing::find_path;
using testing::path_of;

Buffer attribute(unsigned flags, unsigned type, Buffer const& value) {
  Buffer out;
  Writer writer(out);
  writer.u8(flags);
  writer.u8(type);
  writer.u8(static_cast<unsigned>(value.size()));
  for (auto const octet : value) writer.u8(octet);
  return out;
}

Buffer nlri(std::initializer_list<Prefix> prefixes) {
  Buffer out;
  for (auto const& prefix : prefixes) wire::encode_nlri(prefix, out);
  return out;
}

/// An UPDATE's body, put together field by field.
struct Update {
  Buffer withdrawn;
  Buffer attributes;
  Buffer announced;

  static Update with(Attributes const& given) {
    Update update;
    wire::encode_canonical(given, update.attributes);
    return update;
  }
  Update& add(Buffer const& octets) {
    attributes.insert(attributes.end(), octets.begin(), octets.end());
    return *this;
  }
  Update& next_hop(IpAddress const& hop) { return add(attribute(0x40, 3, Buffer(hop.data(), hop.data() + 4))); }
  Update& announce(std::initializer_list<Prefix> prefixes) {
    announced = nlri(prefixes);
    return *this;
  }
  Update& withdraw(std::initializer_list<Prefix> prefixes) {
    withdrawn = nlri(prefixes);
    return *this;
  }
  Update& mp_reach(IpAddress const& hop, std::initializer_list<Prefix> prefixes) {
    Buffer value{0, 2, 1, 16};
    value.insert(value.end(), hop.data(), hop.data() + 16);
    value.push_back(0);
    auto const list = nlri(prefixes);
    value.insert(value.end(), list.begin(), list.end());
    return add(attribute(0x80, 14, value));
  }
  Update& mp_unreach(std::initializer_list<Prefix> prefixes) {
    Buffer value{0, 2, 1};
    auto const list = nlri(prefixes);
    value.insert(value.end(), list.begin(), list.end());
    return add(attribute(0x80, 15, value));
  }
  [[nodiscard]] Buffer body() const {
    Buffer out;
    Writer writer(out);
    writer.u16(static_cast<unsigned>(withdrawn.size()));
    writer.bytes(withdrawn);
    writer.u16(static_cast<unsigned>(attributes.size()));
    writer.bytes(attributes);
    writer.bytes(announced);
    return out;
  }
};

Prefix const ten = "10.0.0.0/8"_pfx;
Prefix const doc6 = "2001:db8::/32"_pfx;

class Neighbour {
 public:
  explicit Neighbour(wire::DecodeContext context = {}, FilterPtr filter = accept_all,
                     std::vector<Family> families = {ipv4_unicast, ipv6_unicast})
      : peer(testing::add_ibgp(rib, 2)),
        in(rib, peer, context, policy(std::move(filter)), std::move(families),
           [this](wire::Verdict const& verdict, wire::UpdateParts const*, Bytes body) {
             faults.emplace_back(verdict.rule);
             last_faulty.assign(body.begin(), body.end());
           }) {}

  static ImportPolicy policy(FilterPtr filter) {
    ImportPolicy out;
    out.local_as = Asn{65000};
    out.router_id = RouterId{0x0a000001};
    out.cluster_ids = std::make_shared<std::vector<RouterId>>(std::vector{RouterId{0x01010101}, RouterId{0x02020202}});
    out.local_addresses = {"192.0.2.100"_ip, "2001:db8::100"_ip};
    out.filter = std::move(filter);
    return out;
  }
  std::optional<wire::Notification> receive(Update const& update) { return in.update(update.body()); }
  [[nodiscard]] std::string refused(Prefix const& prefix) const {
    auto const* path = find_path(rib, peer, prefix);
    return path == nullptr ? "no such path" : rib.rules.text(path->rule);
  }
  [[nodiscard]] bool chosen(Prefix const& prefix) const { return best_peer(rib, prefix) == peer; }

  Rib rib{{42}, {}};
  PeerId peer;
  std::vector<std::string> faults;
  Buffer last_faulty;
  AdjRibIn in;
};

Attributes ibgp_route(std::uint32_t med = 0) {
  Attributes attributes;
  attributes.as_path = path_of({Asn{65001}, Asn{65002}});
  attributes.local_pref = 100;
  attributes.med = med;
  return attributes;
}

Update good(std::uint32_t med = 0) {
  auto update = Update::with(ibgp_route(med));
  return update.next_hop("192.0.2.1"_ip).announce({ten});
}

TEST(AdjRibIn, AnAnnouncedRouteStandsWithItsAttributesAndGoesWhenItIsWithdrawn) {
  Neighbour from;
  EXPECT_FALSE(from.receive(good(7)));
  ASSERT_TRUE(from.chosen(ten));
  auto const& set = from.rib.attributes[find_path(from.rib, from.peer, ten)->effective];
  EXPECT_EQ(set.summary.med, 7U);
  EXPECT_EQ(from.rib.next_hops[set.next_hop].address, "192.0.2.1"_ip);
  EXPECT_EQ(wire::decode_canonical(set.canonical()), ibgp_route(7));
  EXPECT_FALSE(from.receive(Update{}.withdraw({ten})));
  EXPECT_FALSE(from.chosen(ten));
  EXPECT_EQ(from.rib.attributes.size(), 0U);
}

TEST(AdjRibIn, TheSameAttributesInAnotherOrderAreTheSameSet) {
  Neighbour from;
  from.receive(good(7));
  Update turned;
  turned.next_hop("192.0.2.1"_ip);
  turned.add(attribute(0x40, 5, {0, 0, 0, 100})).add(attribute(0x80, 4, {0, 0, 0, 7}));
  turned.add(attribute(0x40, 2, {2, 2, 0, 0, 0xfd, 0xe9, 0, 0, 0xfd, 0xea})).add(attribute(0x40, 1, {0}));
  turned.announce({"11.0.0.0/8"_pfx});
  for (int again = 0; again < 2; ++again) EXPECT_FALSE(from.receive(turned));
  EXPECT_EQ(from.rib.attributes.size(), 1U);
  EXPECT_TRUE(from.chosen("11.0.0.0/8"_pfx));
}

// What is known from one kind of session must not be taken on trust on another.
TEST(AdjRibIn, AttributesKnownFromIbgpAreJudgedAnewOnEbgp) {
  Neighbour from;
  from.receive(good());
  from.receive(good());
  wire::DecodeContext ebgp;
  ebgp.ebgp = true;
  ebgp.peer_as = Asn{65009};
  AdjRibIn other(from.rib, testing::add_ibgp(from.rib, 3), ebgp, Neighbour::policy(accept_all), {ipv4_unicast}, {});
  EXPECT_FALSE(other.update(good().body()));
  auto const* path = find_path(from.rib, PeerId{2}, ten);
  ASSERT_NE(path, nullptr);
  EXPECT_EQ(from.rib.rules.text(path->rule), "first AS in AS_PATH is not the peer's (RFC 4271 §6.3)");
}

TEST(AdjRibIn, KnownAttributesAreStillAskedForTheFirstAsOfThisPeer) {
  wire::DecodeContext first;
  first.ebgp = true;
  first.peer_as = Asn{65001};
  Neighbour from(first);
  auto attributes = ibgp_route();
  attributes.local_pref.reset();
  auto update = Update::with(attributes);
  update.next_hop("192.0.2.1"_ip).announce({ten});
  from.receive(update);
  from.receive(update);
  EXPECT_EQ(from.refused(ten), "");
  auto second = first;
  second.peer_as = Asn{65002};
  auto const peer = testing::add_ibgp(from.rib, 3);
  AdjRibIn other(from.rib, peer, second, Neighbour::policy(accept_all), {ipv4_unicast}, {});
  EXPECT_FALSE(other.update(update.body()));
  EXPECT_EQ(from.rib.rules.text(find_path(from.rib, peer, ten)->rule),
            "first AS in AS_PATH is not the peer's (RFC 4271 §6.3)");
}

TEST(AdjRibIn, AnUpdateThatCannotBeTakenApartIsToldWithItsOctets) {
  Neighbour from;
  Buffer const body{0, 9, 8, 10, 0, 0};  // nine octets of withdrawn routes, where three follow
  auto const answer = from.in.update(body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, 3U);
  EXPECT_EQ(from.faults, std::vector<std::string>{"withdrawn routes overrun the message (RFC 7606 §3 b)"});
  EXPECT_EQ(from.last_faulty, body);
}

TEST(AdjRibIn, TreatAsWithdrawRemovesTheGoodRouteThatStoodBeforeAndShowsTheRule) {
  Neighbour from;
  from.receive(good());
  ASSERT_TRUE(from.chosen(ten));
  auto bad = good();
  bad.add(attribute(0xc0, 8, {1, 2, 3}));
  EXPECT_FALSE(from.receive(bad));
  EXPECT_FALSE(from.chosen(ten));
  EXPECT_NE(from.refused(ten), "");
  EXPECT_EQ(from.faults, std::vector<std::string>{from.refused(ten)});
  EXPECT_FALSE(from.receive(good()));
  EXPECT_TRUE(from.chosen(ten));
}

TEST(AdjRibIn, AMissingNextHopIsTreatedAsWithdrawAlsoWhenTheAttributesAreKnown) {
  Neighbour from;
  from.receive(good());
  auto missing = Update::with(ibgp_route());
  missing.announce({ten});
  EXPECT_FALSE(from.receive(missing));
  EXPECT_EQ(from.refused(ten), "NEXT_HOP missing (RFC 7606 §3 d)");
  EXPECT_FALSE(from.receive(missing));
  EXPECT_EQ(from.refused(ten), "NEXT_HOP missing (RFC 7606 §3 d)");
}

TEST(AdjRibIn, RoutesWithoutAnyAttributeAreTreatedAsWithdrawn) {
  Neighbour from;
  from.receive(good());
  ASSERT_TRUE(from.chosen(ten));
  EXPECT_FALSE(from.receive(Update{}.announce({ten})));
  EXPECT_FALSE(from.chosen(ten));
  EXPECT_EQ(from.refused(ten), "ORIGIN missing (RFC 7606 §3 d)");
  EXPECT_FALSE(from.receive(Update{}.mp_unreach({doc6}).announce({ten})));
  EXPECT_FALSE(from.chosen(ten));
}

TEST(AdjRibIn, ADiscardedAttributeIsReportedAndTheRouteStands) {
  Neighbour from;
  auto update = good();
  update.add(attribute(0x40, 6, {1}));  // ATOMIC_AGGREGATE with a value
  EXPECT_FALSE(from.receive(update));
  EXPECT_TRUE(from.chosen(ten));
  EXPECT_EQ(from.faults.size(), 1U);
}

TEST(AdjRibIn, OwnAsInThePathIsALoop) {
  Neighbour from;
  auto attributes = ibgp_route();
  attributes.as_path = path_of({Asn{65001}, Asn{65000}});
  from.receive(Update::with(attributes).next_hop("192.0.2.1"_ip).announce({ten}));
  EXPECT_EQ(from.refused(ten), "own AS in AS_PATH (RFC 4271 §9.1.2)");
  EXPECT_FALSE(from.chosen(ten));
}

TEST(AdjRibIn, OwnRouterIdAsOriginatorIsALoop) {
  Neighbour from;
  auto attributes = ibgp_route();
  attributes.originator_id = RouterId{0x0a000001};
  from.receive(Update::with(attributes).next_hop("192.0.2.1"_ip).announce({ten}));
  EXPECT_EQ(from.refused(ten), "own router ID as ORIGINATOR_ID (RFC 4456 §8)");
  attributes.originator_id = RouterId{0x0a000002};
  from.receive(Update::with(attributes).next_hop("192.0.2.1"_ip).announce({ten}));
  EXPECT_EQ(from.refused(ten), "");
}

TEST(AdjRibIn, AnyOfOurClusterIdsInTheClusterListIsALoop) {
  for (std::uint32_t const cluster : {0x01010101U, 0x02020202U, 0x03030303U}) {
    Neighbour from;
    auto attributes = ibgp_route();
    attributes.originator_id = RouterId{0x0a000002};
    attributes.cluster_list = {RouterId{0x09090909}, RouterId{cluster}};
    from.receive(Update::with(attributes).next_hop("192.0.2.1"_ip).announce({ten}));
    EXPECT_EQ(from.refused(ten), cluster == 0x03030303U ? "" : "own cluster ID in CLUSTER_LIST (RFC 4456 §8)");
  }
}

TEST(AdjRibIn, ANextHopThatIsNoUnicastAddressIsRefusedAndTheSessionStays) {
  for (auto const hop : {"0.0.0.0"_ip, "0.1.2.3"_ip, "127.0.0.1"_ip, "224.0.0.1"_ip, "255.255.255.255"_ip}) {
    Neighbour from;
    EXPECT_FALSE(from.receive(Update::with(ibgp_route()).next_hop(hop).announce({ten})));
    EXPECT_EQ(from.refused(ten), "next hop is no unicast address (RFC 4271 §6.3)") << hop.text();
  }
  for (auto const hop : {"::"_ip, "::1"_ip, "ff02::1"_ip}) {
    Neighbour from;
    EXPECT_FALSE(from.receive(Update::with(ibgp_route()).mp_reach(hop, {doc6})));
    EXPECT_EQ(from.refused(doc6), "next hop is no unicast address (RFC 4271 §6.3)") << hop.text();
  }
}

TEST(AdjRibIn, ANextHopThatIsOurselvesIsRefused) {
  Neighbour from;
  EXPECT_FALSE(from.receive(Update::with(ibgp_route()).next_hop("192.0.2.100"_ip).announce({ten})));
  EXPECT_EQ(from.refused(ten), "next hop is this speaker (RFC 4271 §5.1.3)");
  EXPECT_FALSE(from.receive(Update::with(ibgp_route()).mp_reach("2001:db8::100"_ip, {doc6})));
  EXPECT_EQ(from.refused(doc6), "next hop is this speaker (RFC 4271 §5.1.3)");
}

TEST(AdjRibIn, WithoutAFilterNothingPasses) {
  Neighbour from({}, nullptr);
  from.receive(good());
  EXPECT_FALSE(from.chosen(ten));
  EXPECT_EQ(from.refused(ten), "no import filter (RFC 8212)");
}

class OnlyShort : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const& route) const override {
    if (route.attributes.next_hop == "192.0.2.66"_ip) return {false, "evil next hop"};
    if (route.attributes.med == 66U) return {false, "evil MED"};
    return {route.prefix.length() <= 8, "too long"};
  }
  std::string name() const override { return "only short"; }
};

TEST(AdjRibIn, AFilterSeesPrefixAndAttributesAndItsRuleIsShown) {
  Neighbour from({}, std::make_shared<OnlyShort const>());
  auto const longer = "10.1.0.0/16"_pfx;
  from.receive(good().announce({ten, longer}));
  EXPECT_EQ(from.refused(ten), "");
  EXPECT_EQ(from.refused(longer), "too long");
  EXPECT_EQ(best_peer(from.rib, longer), no_peer);
  from.receive(good(66));
  EXPECT_EQ(from.refused(ten), "evil MED");
  from.receive(Update::with(ibgp_route()).next_hop("192.0.2.66"_ip).announce({ten}));
  EXPECT_EQ(from.refused(ten), "evil next hop");
}

// Sets a local preference, and counts how often it is asked.
class Prefers : public Filter {
 public:
  explicit Prefers(bool asks_for_prefix) : asks_for_prefix_(asks_for_prefix) {}
  FilterVerdict judge(FilteredRoute const& route) const override {
    ++asked;
    auto changed = std::make_shared<Attributes>(route.attributes);
    changed->local_pref = 300;
    return {true, {}, changed, "prefers"};
  }
  bool asks_for_prefix() const override { return asks_for_prefix_; }
  std::string name() const override { return "prefers"; }
  mutable unsigned asked = 0;

 private:
  bool const asks_for_prefix_;
};

TEST(AdjRibIn, AFilterThatDoesNotAskForThePrefixIsAskedOnceForARunOfThem) {
  for (bool const asks_for_prefix : {false, true}) {
    auto const filter = std::make_shared<Prefers const>(asks_for_prefix);
    Neighbour from({}, filter);
    from.receive(good().announce({ten, "10.1.0.0/16"_pfx, "10.2.0.0/16"_pfx}));
    EXPECT_EQ(filter->asked, asks_for_prefix ? 3U : 1U);
  }
}

TEST(AdjRibIn, WhatAFilterChangesStandsBesideWhatWasReceived) {
  Neighbour from({}, std::make_shared<Prefers const>(false));
  from.receive(good().announce({ten}));
  auto const& table = from.rib.table(ipv4_unicast);
  auto const& path = table.path(table.first(*table.find(ten)));
  EXPECT_EQ(from.rib.attributes_of(path.effective).local_pref, 300U);
  EXPECT_NE(from.rib.attributes_of(path.received).local_pref, 300U);
  EXPECT_EQ(from.rib.rules.text(path.rule), "prefers");
  EXPECT_FALSE(path.refused());
}

TEST(AdjRibIn, NothingIsKeptAliveOnceItRests) {
  Neighbour from({}, std::make_shared<Prefers const>(false));
  from.receive(good().announce({ten}));
  EXPECT_EQ(from.rib.attributes.size(), 2U);
  from.rib.withdraw(ipv4_unicast, from.peer, ten, PathId{});
  from.in.rest();
  EXPECT_EQ(from.rib.attributes.size(), 0U);
}

TEST(AdjRibIn, EndOfRibIsKeptByFamily) {
  Neighbour from;
  EXPECT_FALSE(from.in.end_of_rib(ipv4_unicast));
  EXPECT_FALSE(from.receive(Update{}));
  EXPECT_TRUE(from.in.end_of_rib(ipv4_unicast));
  EXPECT_FALSE(from.in.end_of_rib(ipv6_unicast));
  EXPECT_FALSE(from.receive(Update{}.mp_unreach({})));
  EXPECT_TRUE(from.in.end_of_rib(ipv6_unicast));
}

TEST(AdjRibIn, AFamilyThatWasNotNegotiatedIsIgnored) {
  Neighbour only_v4({}, accept_all, {ipv4_unicast});
  EXPECT_FALSE(only_v4.receive(Update::with(ibgp_route()).mp_reach("2001:db8::1"_ip, {doc6})));
  EXPECT_EQ(only_v4.rib.table(ipv6_unicast).paths(), 0U);
  Buffer const of_none_that_has_a_table{0, 25, 65, 4, 192, 0, 2, 1, 0, 8, 10};  // VPLS
  EXPECT_FALSE(only_v4.receive(Update::with(ibgp_route()).add(attribute(0x80, 14, of_none_that_has_a_table))));
  EXPECT_FALSE(only_v4.receive(Update{}.mp_unreach({})));
  EXPECT_FALSE(only_v4.in.end_of_rib(ipv6_unicast));
  Neighbour only_v6({}, accept_all, {ipv6_unicast});
  EXPECT_FALSE(only_v6.receive(good()));
  EXPECT_EQ(only_v6.rib.table(ipv4_unicast).paths(), 0U);
  EXPECT_FALSE(only_v6.receive(Update{}));
  EXPECT_FALSE(only_v6.in.end_of_rib(ipv4_unicast));
  EXPECT_EQ(only_v4.rib.attributes.size() + only_v6.rib.attributes.size(), 0U);
}

TEST(AdjRibIn, APrefixWithdrawnAndAnnouncedInOneUpdateStands) {
  Neighbour from;
  from.receive(good(1));
  from.receive(good(2).withdraw({ten, "11.0.0.0/8"_pfx}));
  ASSERT_TRUE(from.chosen(ten));
  EXPECT_EQ(from.rib.attributes[find_path(from.rib, from.peer, ten)->effective].summary.med, 2U);
}

// What is found out about an NLRI ahead may be true no more when its turn comes.
TEST(AdjRibIn, APrefixThatStandsTwiceInOneUpdateIsOne) {
  Neighbour from;
  auto const eleven = "11.0.0.0/8"_pfx;
  from.receive(good().announce({ten, ten, eleven, ten}));
  EXPECT_EQ(from.rib.table(ipv4_unicast).extent(), 2U);
  EXPECT_EQ(from.rib.table(ipv4_unicast).paths(), 2U);
  from.receive(good(7).announce({eleven, eleven}));
  EXPECT_EQ(from.rib.table(ipv4_unicast).paths(), 2U);
  from.receive(Update{}.withdraw({ten, ten, eleven}));
  EXPECT_EQ(from.rib.table(ipv4_unicast).paths(), 0U);
  EXPECT_EQ(from.rib.attributes.size(), 0U);
}

TEST(AdjRibIn, ClassicAndMpRoutesInOneUpdateHaveEachTheirNextHop) {
  Neighbour from;
  auto update = good(3);
  update.mp_reach("2001:db8::1"_ip, {doc6});
  EXPECT_FALSE(from.receive(update));
  auto const hop_of = [&](Prefix const& prefix) {
    auto const& set = from.rib.attributes[find_path(from.rib, from.peer, prefix)->effective];
    EXPECT_EQ(set.summary.med, 3U);
    return from.rib.next_hops[set.next_hop].address;
  };
  EXPECT_EQ(hop_of(ten), "192.0.2.1"_ip);
  EXPECT_EQ(hop_of(doc6), "2001:db8::1"_ip);
  EXPECT_FALSE(from.receive(Update{}.withdraw({ten}).mp_unreach({doc6})));
  EXPECT_EQ(from.rib.attributes.size(), 0U);
}

TEST(AdjRibIn, WhatCannotBeCutResetsTheSession) {
  Neighbour from;
  from.receive(good());
  auto bad = good();
  bad.announced = {33, 1, 2, 3, 4, 5};
  auto const notification = from.receive(bad);
  ASSERT_TRUE(notification);
  EXPECT_EQ(notification->code, 3);
  EXPECT_EQ(notification->subcode, 10);
  EXPECT_TRUE(from.chosen(ten)) << "it is the session's end that takes the routes";
}

TEST(AdjRibIn, AnUnknownWellKnownAttributeResetsTheSessionAndLeavesNothingBehind) {
  Neighbour from;
  auto bad = good();
  bad.add(attribute(0x40, 200, {1}));
  auto const notification = from.receive(bad);
  ASSERT_TRUE(notification);
  EXPECT_EQ(notification->code, 3);
  EXPECT_EQ(notification->subcode, 2);
  EXPECT_EQ(notification->data, (Buffer{0x40, 200, 1, 1}));
  EXPECT_EQ(from.rib.attributes.size(), 0U);
  EXPECT_EQ(from.rib.table(ipv4_unicast).paths(), 0U);
}

}  // namespace
}  // namespace bgp::rib
