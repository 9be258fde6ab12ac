// Routes of families with more than plain prefixes: reflected as they came, by their keys. The wire is that of
// wire/other_nlri_test.cc, the real counterparts are in tests/interop/families_test.cc.
#include "scripted.h"

namespace bgp::engine::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Buffer octets_of(std::string_view hex) {
  Buffer out;
  std::string digits;
  for (auto const c : hex) {
    if (c != ' ') digits += c;
  }
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoul(digits.substr(at, 2), nullptr, 16)));
  }
  return out;
}

// 192.0.2.1 (AS 65001) has a client that says what the test says, and one that is a speaker and listens.
class Families : public Scripted {
 protected:
  IpAddress const at_reader = "192.0.2.3"_ip;
  std::unique_ptr<Speaker> reader;
  PeerId reader_at_us, us_at_reader, scripted_at_us;

  [[nodiscard]] PeerConfig client(IpAddress remote, std::vector<Family> const& families) const {
    auto config = peer(here, remote, 65001_asn, true);
    config.reflector_client = true;
    config.families = families;
    return config;
  }
  void start(std::vector<Family> const& families, std::vector<Family> const& of_reader) {
    scripted_at_us = *us.add_peer(client(there, families));
    auto of_ours = client(at_reader, of_reader);
    of_ours.reflector_client = reader_is_client;
    reader_at_us = *us.add_peer(of_ours);
    ASSERT_TRUE(us.start().ok());
    reader = speaker(65001_asn, at_reader);
    auto theirs = peer(at_reader, here, 65001_asn);
    theirs.families = of_reader;
    us_at_reader = *reader->add_peer(theirs);
    ASSERT_TRUE(reader->start().ok());
    run();
    open_as(there, families);
    ASSERT_EQ(us.status().peers_established, 2U);
  }
  // From now on what the test says comes from there.
  void open_as(IpAddress from, std::vector<Family> const& families) {
    auto opened = open();
    opened.as_field = 65001;
    opened.capabilities.four_octet_as = 65001_asn;
    opened.capabilities.families = families;
    opened.router_id = RouterId{from.v4_value()};
    peer_end = connect(from, here);
    ASSERT_TRUE(peer_end);
    ends.push_back(peer_end);
    Buffer octets;
    wire::encode(opened, octets);
    wire::encode_keepalive(octets);
    say(octets);
  }
  // The same for one more neighbour.
  PeerId bring_up(PeerConfig const& config) {
    auto const id = *us.add_peer(config);
    open_as(config.remote, config.families);
    return id;
  }
  void start(std::vector<Family> const& families) { start(families, families); }

  // An UPDATE with ORIGIN, an empty AS_PATH, LOCAL_PREF and whatever else stands in `more`.
  void update(std::string const& attributes) {
    auto const body = octets_of(attributes);
    Buffer octets;
    auto const begin = wire::begin_message(octets, wire::MessageType::update);
    Writer writer(octets);
    writer.u16(0);
    writer.u16(static_cast<unsigned>(body.size()));
    writer.bytes(body);
    wire::finish_message(octets, begin);
    say(octets);
  }
  static std::string const usual;
  void announce(std::string const& reach, std::string const& more = "") {
    update(attribute(0x80, 14, reach) + usual + more);
  }
  void withdraw(std::string const& unreach) { update(attribute(0x80, 15, unreach)); }
  static std::string attribute(unsigned flags, unsigned type, std::string const& value) {
    char head[16];
    std::snprintf(head, sizeof head, "%02x%02x%02x", flags, type, static_cast<unsigned>(octets_of(value).size()));
    return head + value;
  }

  static std::vector<RouteEntry> all(Speaker const& speaker, Family family, RouteQuery query = {}) {
    query.family = family;
    std::vector<RouteEntry> out;
    auto const listing = speaker.routes(std::move(query));
    while (listing->next(100, out)) {
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> at_the_reader(Family family) const {
    std::vector<std::string> out;
    for (auto const& entry : all(*reader, family)) {
      out.push_back(entry.nlri + " by " + entry.attributes.next_hop.text());
    }
    std::ranges::sort(out);
    return out;
  }

  bool reader_is_client = true;
  std::vector<std::shared_ptr<transport::Stream>> ends;  // of all who are scripted: who lets go of one closes it
};
std::string const Families::usual = "400101 00 400200 400504 00000064";

TEST_F(Families, ALabelChangesAndTheRouteStays) {
  start({ipv4_labelled});
  announce("0001 04 04 c0000202 00 30 000641 0a0100 30 000651 0a0200");
  EXPECT_THAT(at_the_reader(ipv4_labelled),
              ElementsAre("10.1.0.0/24 label 100 by 192.0.2.2", "10.2.0.0/24 label 101 by 192.0.2.2"));
  EXPECT_EQ(us.peer(reader_at_us)->families[0].sent, 2U);
  announce("0001 04 04 c0000202 00 30 000661 0a0100");
  EXPECT_THAT(at_the_reader(ipv4_labelled),
              ElementsAre("10.1.0.0/24 label 102 by 192.0.2.2", "10.2.0.0/24 label 101 by 192.0.2.2"));
  EXPECT_EQ(us.status().tables.size(), 3U) << "of unicast, and this one";
  withdraw("0001 04 30 800000 0a0100");
  withdraw("0001 04 30 000000 0a0200");  // as some write it (RFC 8277 §2.4)
  EXPECT_THAT(at_the_reader(ipv4_labelled), IsEmpty());
}

TEST_F(Families, WhatHasOneLabelIsToldTogether) {
  start({ipv4_vpn});
  std::string nlri;
  for (auto const* last : {"01", "02", "03", "04"}) {
    nlri += " 70 000c81 0000fde800000001 0a02" + std::string(last);
  }
  announce("0001 80 0c 0000000000000000c0000202 00" + nlri);
  auto const before = us.peer(reader_at_us)->sent.update;
  EXPECT_THAT(at_the_reader(ipv4_vpn), SizeIs(4));
  announce("0001 80 0c 0000000000000000c0000202 00" + nlri, attribute(0xc0, 8, "fde80001"));
  EXPECT_EQ(us.peer(reader_at_us)->sent.update, before + 1);
}

TEST_F(Families, NextHopsAndReflectionAreThoseOfAReflector) {
  start({ipv6_vpn});
  announce("0002 80 18 0000000000000000 20010db8000000000000000000000002 00 88 000c91 0002000100000005 20010db80002",
           attribute(0xc0, 16, "0002fde800000064"));
  EXPECT_THAT(at_the_reader(ipv6_vpn), ElementsAre("65536:5:2001:db8:2::/48 label 201 by 2001:db8::2"));
  auto const entry = all(*reader, ipv6_vpn).at(0);
  EXPECT_EQ(entry.attributes.originator_id, RouterId{there.v4_value()});
  EXPECT_THAT(entry.attributes.cluster_list, ElementsAre(RouterId{here.v4_value()}));
  EXPECT_THAT(entry.attributes.extended_communities, SizeIs(1));
  EXPECT_EQ(entry.prefix, "2001:db8:2::/48"_pfx);
}

TEST_F(Families, AFlowSpecificationHasNoNextHop) {
  start({ipv4_flow_spec});
  announce("0001 85 00 00 0d 01180a0400 038106 040350c55a");
  EXPECT_THAT(at_the_reader(ipv4_flow_spec),
              ElementsAre("destination 10.4.0.0/24, protocol =6, port >=80&<=90 by unset"));
  withdraw("0001 85 0d 01180a0400 038106 040350c55a");
  EXPECT_THAT(at_the_reader(ipv4_flow_spec), IsEmpty());
}

// RFC 8955 §4: "MUST be ignored on receipt", and none is told.
TEST_F(Families, ANextHopOfAFlowSpecificationIsIgnored) {
  start({ipv4_flow_spec});
  announce("0001 85 04 00000000 00 05 01180a0400");
  announce("0001 85 0c 0000000000000000c0000202 00 05 01180a0500");
  EXPECT_THAT(at_the_reader(ipv4_flow_spec),
              ElementsAre("destination 10.4.0.0/24 by unset", "destination 10.5.0.0/24 by unset"));
}

// Who follows unicast routes is no reason to keep the places of others.
TEST_F(Families, AreNotTheBusinessOfSubscribers) {
  std::vector<std::string> events;
  auto const subscription = us.on_routes([&](std::span<RouteEvent const> batch) {
    for (auto const& event : batch) events.push_back(event.text());
  });
  std::vector<Family> const families{ipv4_multicast, ipv4_labelled, link_state};
  start(families);
  announce("0001 02 04 c0000202 00 18 0a0900");
  announce("0001 04 04 c0000202 00 30 000641 0a0100");
  announce("4004 47 04 c0000202 00 0001 0001 07");
  for (auto const family : families) EXPECT_THAT(all(*reader, family), SizeIs(1)) << family.text();
  withdraw("0001 02 18 0a0900");
  withdraw("0001 04 30 800000 0a0100");
  withdraw("4004 47 0001 0001 07");
  for (auto const& table : us.status().tables) EXPECT_EQ(table.vacant_slots, 0U) << table.family.text();
  EXPECT_THAT(events, ElementsAre("in sync"));
}

TEST_F(Families, AWithdrawalThatIsNotAsItsTypeHasItTakesNothing) {
  start({l2vpn_evpn});
  announce("0019 46 04 c0000202 00 01 19 0000fde800000001 00112233445566778899 00000000 00012c");
  withdraw("0019 46 01 16 0000fde800000001 00112233445566778899 00000000");  // its key, without a label
  EXPECT_THAT(at_the_reader(l2vpn_evpn), SizeIs(1));
  EXPECT_THAT(log, Contains(HasSubstr("EVPN route whose fields do not fit its type")));
}

TEST_F(Families, WhatIsNotAsItsTypeHasItIsLeftOutAndLogged) {
  start({ipv4_flow_spec, l2vpn_evpn});
  announce("0001 85 00 00 03 ff8106 05 01180a0400");
  EXPECT_THAT(at_the_reader(ipv4_flow_spec), ElementsAre("destination 10.4.0.0/24 by unset"))
      << "the others of the message are taken";
  EXPECT_THAT(log, Contains(HasSubstr("component of unknown type (RFC 8955 §4.2)")));
  announce("0019 46 04 c0000202 00 02 00 03 11 0000fde800000001 00000000 20 0a4d0002 4d 01 aa");
  EXPECT_THAT(at_the_reader(l2vpn_evpn),
              ElementsAre("[3]:[65000:1]:[0]:[32]:[10.77.0.2] by 192.0.2.2", "[77]:[0xaa] by 192.0.2.2"))
      << "a type that nobody knows is passed on";
  EXPECT_EQ(us.status().peers_established, 2U);
}

TEST_F(Families, WhatCannotBeCutEndsTheSession) {
  start({l2vpn_evpn});
  announce("0019 46 04 c0000202 00 02 ff 00");
  EXPECT_EQ(us.status().peers_established, 1U);
  EXPECT_THAT(log, Contains(HasSubstr("does not fit the family, or overruns the NLRI (RFC 7606 §5.3)")));
}

TEST_F(Families, ExplainedByKey) {
  start({ipv4_vpn});
  announce("0001 80 0c 0000000000000000c0000202 00 70 000c81 0000fde800000001 0a0200");
  auto const listed = all(us, ipv4_vpn).at(0);
  auto const explanation = us.explain(ipv4_vpn, listed.key);
  ASSERT_THAT(explanation.paths, SizeIs(1));
  EXPECT_EQ(explanation.nlri, "65000:1:10.2.0.0/24");
  EXPECT_EQ(explanation.decided_by, "only path");
  EXPECT_THAT(explanation.exports, SizeIs(2));
  EXPECT_THAT(us.explain(ipv4_vpn, {}).paths, IsEmpty());
  EXPECT_THAT(us.explain(Family{1, 5}, listed.key).paths, IsEmpty());
  RouteQuery query;
  query.prefix = "10.2.0.0/24"_pfx;
  EXPECT_THAT(all(us, ipv4_vpn, query), SizeIs(1)) << "whatever stands before it";
  query.prefix = "10.0.0.0/8"_pfx;
  EXPECT_THAT(all(us, ipv4_vpn, query), IsEmpty());
  query.longer = true;
  EXPECT_THAT(all(us, ipv4_vpn, query), SizeIs(1));
}

// A filter sees the prefix within, the family, and what it changes leaves the label alone.
class OnlyVpn : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const& route) const override {
    if (route.family != ipv4_vpn || !"10.0.0.0/8"_pfx.covers(route.prefix)) return {false, "not of 10.0.0.0/8"};
    auto changed = std::make_shared<Attributes>(route.attributes);
    changed->med = 7;
    return {true, {}, changed, "only VPN"};
  }
  std::string name() const override { return "only VPN"; }
};

TEST_F(Families, FiltersSeeThePrefixAndLeaveTheLabel) {
  start({ipv4_vpn, ipv4_labelled});
  ASSERT_TRUE(us.set_filters(reader_at_us, accept_all, std::make_shared<OnlyVpn const>()).ok());
  ASSERT_TRUE(us.set_filters(scripted_at_us, std::make_shared<OnlyVpn const>(), accept_all).ok());
  run();
  announce(
      "0001 80 0c 0000000000000000c0000202 00 70 000c81 0000fde800000001 0a0200 70 000c91 0000fde800000001 0b0200");
  announce("0001 04 04 c0000202 00 30 000641 0a0100");
  EXPECT_THAT(at_the_reader(ipv4_vpn), ElementsAre("65000:1:10.2.0.0/24 label 200 by 192.0.2.2"));
  EXPECT_EQ(all(*reader, ipv4_vpn).at(0).attributes.med, 7U);
  EXPECT_THAT(at_the_reader(ipv4_labelled), IsEmpty());
  RouteQuery received;
  received.view = RouteQuery::View::received;
  received.peer = scripted_at_us;
  EXPECT_THAT(all(us, ipv4_vpn, received), SizeIs(2)) << "refused ones stay visible";
}

TEST_F(Families, OfAnotherAsFlowSpecificationsAreRefused) {
  auto config = peer(here, there, 65002_asn, true);
  config.families = {ipv4_flow_spec};
  EXPECT_THAT(us.add_peer(config).error().message, HasSubstr("RFC 8955 §6"));
  config.families = {Family{1, 5}};  // which nobody knows
  EXPECT_THAT(us.add_peer(config).error().message, HasSubstr("family 1/5 is not supported"));
}

// ---- Route targets (RFC 4684)

std::string const target_100 = "0002fde800000064", target_200 = "0002fde8000000c8";

struct Targets : Families {
  // The reader is the one that asks for targets: here it is scripted, and the speaker announces nothing.
  std::string vpn(std::string const& third_octet) const {
    return "0001 80 0c 0000000000000000c0000202 00 70 000c81 0000fde800000001 0a02" + third_octet;
  }
  void want(std::string const& target) {
    announce("0001 84 04 c0000202 00 60 0000fde9" + target);
    pass(100ms);
  }
  void want_no_more(std::string const& target) {
    withdraw("0001 84 60 0000fde9" + target);
    pass(100ms);
  }
  // What the reader has heard of memberships.
  [[nodiscard]] std::set<std::string> heard() const {
    RouteQuery received;
    received.view = RouteQuery::View::received;
    received.peer = us_at_reader;
    std::set<std::string> out;
    for (auto const& entry : all(*reader, rt_membership, received)) {
      out.insert(entry.nlri + " by " + entry.attributes.next_hop.text());
    }
    return out;
  }
  // What the scripted neighbour is told of VPN routes.
  [[nodiscard]] std::vector<std::string> told() const {
    RouteQuery query;
    query.view = RouteQuery::View::sent;
    query.peer = scripted_at_us;
    std::vector<std::string> out;
    for (auto const& entry : all(us, ipv4_vpn, query)) out.push_back(entry.prefix.text());
    std::ranges::sort(out);
    return out;
  }
};

TEST_F(Targets, OnlyWhatIsAskedForIsTold) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn});
  auto const asker = peer_end;
  auto const source_at_us = bring_up(client("192.0.2.4"_ip, {ipv4_vpn}));
  announce(vpn("01"), attribute(0xc0, 16, target_100));
  announce(vpn("02"), attribute(0xc0, 16, target_200));
  announce(vpn("03"), attribute(0xc0, 16, target_200 + target_100));
  announce(vpn("04"));
  EXPECT_EQ(us.peer(source_at_us)->families[0].accepted, 4U);

  auto const sent = [&] { return us.peer(scripted_at_us)->families[0]; };
  EXPECT_THAT(told(), IsEmpty()) << "it has not said anything yet";
  EXPECT_FALSE(sent().end_of_rib_sent);
  auto const waits = us.explain(ipv4_vpn, all(us, ipv4_vpn).at(0).key).exports;
  EXPECT_TRUE(std::ranges::any_of(waits, [](auto const& to) {
    return to.rule == "it has not yet said which route targets it wants (RFC 4684 §6)";
  }));
  peer_end = asker;
  want(target_100);
  EXPECT_THAT(told(), ElementsAre("10.2.1.0/24", "10.2.3.0/24"));
  EXPECT_EQ(sent().sent, 2U);
  EXPECT_TRUE(sent().end_of_rib_sent);
  auto const before = us.peer(scripted_at_us)->sent.update;
  want(target_200);
  EXPECT_THAT(told(), ElementsAre("10.2.1.0/24", "10.2.2.0/24", "10.2.3.0/24"));
  EXPECT_EQ(sent().sent, 3U);
  EXPECT_EQ(us.peer(scripted_at_us)->sent.update, before + 2) << "its membership, and the route: nothing is told again";
  want_no_more(target_100);
  EXPECT_THAT(told(), ElementsAre("10.2.2.0/24", "10.2.3.0/24"));
  EXPECT_EQ(sent().sent, 2U);
  auto const key = all(us, ipv4_vpn).at(0).key;
  auto const explanation = us.explain(ipv4_vpn, key);
  EXPECT_THAT(explanation.exports, Contains(testing::Field(&Explanation::Export::rule,
                                                           HasSubstr("no route target that the neighbour asks"))));
  EXPECT_EQ(us.peer(reader_at_us)->families[0].sent, 4U) << "who has no say is told all";

  announce("0001 84 04 c0000202 00 00");  // the default
  pass(100ms);
  EXPECT_THAT(told(), SizeIs(4));
}

TEST_F(Targets, OfTargetsAPrefixIsEnough) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn, rt_membership});
  announce("0001 84 04 c0000202 00 50 0000fde9 0002fde80000");  // whatever ends in two octets
  announce(vpn("01"), attribute(0xc0, 16, target_100));
  EXPECT_THAT(heard(), ElementsAre("origin 65001, targets 0x0002fde80000/48 by 192.0.2.1"))
      << "a client is told by us, and nobody asks for every target";
  EXPECT_THAT(at_the_reader(ipv4_vpn), IsEmpty()) << "the reader asks for nothing";
}

// RFC 4684 §3.2
TEST_F(Targets, AClientIsToldOfItsOwnMembershipByUs) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn, rt_membership});
  want(target_100);
  RouteQuery query;
  query.view = RouteQuery::View::sent;
  query.peer = scripted_at_us;
  auto const sent = all(us, rt_membership, query);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].attributes.originator_id, RouterId{here.v4_value()});
  EXPECT_EQ(sent[0].attributes.next_hop, here);
  auto const counts = us.peer(scripted_at_us)->families[1];
  EXPECT_EQ(counts.family, rt_membership);
  EXPECT_EQ(counts.sent, 1U);
  auto const before = us.peer(scripted_at_us)->sent.update;
  want_no_more(target_100);
  EXPECT_EQ(us.peer(scripted_at_us)->sent.update, before + 1) << "and of its end";
  EXPECT_EQ(us.peer(scripted_at_us)->families[1].sent, 0U);
}

// RFC 4684 §3.2: what a non-client prefers would go to no other of its kind, and the client would go without routes.
TEST_F(Targets, ANonClientIsToldOfTheClientsMembership) {
  reader_is_client = false;
  start({ipv4_vpn, rt_membership}, {ipv4_vpn, rt_membership});
  auto const scripted_client = peer_end;
  auto other = client("192.0.2.4"_ip, {ipv4_vpn, rt_membership});
  other.reflector_client = false;
  (void)bring_up(other);
  auto const preferred = attribute(0x80, 14, "0001 84 04 c0000204 00 60 0000fde9" + target_100) +
                         "400101 00 400200 400504 000000c8";  // LOCAL_PREF 200
  update(preferred);
  EXPECT_THAT(heard(), IsEmpty());
  peer_end = scripted_client;
  want(target_100);
  EXPECT_THAT(heard(), ElementsAre("origin 65001, target 65000:100 by 192.0.2.2"));
  auto const explanation = us.explain(rt_membership, all(us, rt_membership).at(0).key);
  EXPECT_EQ(explanation.decided_by, "from a client");
  want_no_more(target_100);
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(Targets, WhereSomeCannotAskWeAskForAll) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn, rt_membership});
  EXPECT_THAT(heard(), IsEmpty());
  auto const legacy = "192.0.2.4"_ip;
  ASSERT_TRUE(us.add_peer(client(legacy, {ipv4_vpn})).ok());
  auto const third = speaker(65001_asn, legacy);
  auto theirs = peer(legacy, here, 65001_asn);
  theirs.families = {ipv4_vpn};
  ASSERT_TRUE(third->add_peer(theirs).ok());
  ASSERT_TRUE(third->start().ok());
  run();
  EXPECT_THAT(heard(), ElementsAre("every target by 192.0.2.1"));
}

// It carries the family, and waits for us as we do for it.
TEST_F(Targets, ARefreshMayComeBeforeTheFirstMembership) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn});
  announce(vpn("01"));
  announce(vpn("02"));
  auto const refresh = [&](std::uint8_t subtype) {
    Buffer octets;
    wire::encode(wire::RouteRefresh{ipv4_vpn, subtype}, octets);
    say(octets);
  };
  refresh(wire::RouteRefresh::begin);
  announce(vpn("02"));
  refresh(wire::RouteRefresh::end);
  EXPECT_THAT(at_the_reader(ipv4_vpn), SizeIs(1)) << "what was not announced again is gone";
}

TEST_F(Targets, WhoSaysNothingIsWaitedForForAMinute) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn});
  auto const done = [&] { return us.peer(scripted_at_us)->families[0].end_of_rib_sent; };
  pass(59s);
  EXPECT_FALSE(done());
  pass(2s);
  EXPECT_TRUE(done());
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Targets, AnEndOfRibIsAnAnswer) {
  start({ipv4_vpn, rt_membership}, {ipv4_vpn});
  withdraw("0001 84");
  EXPECT_TRUE(us.peer(scripted_at_us)->families[0].end_of_rib_sent);
}

}  // namespace
}  // namespace bgp::engine::test
