// OPEN checks and what two OPENs add up to (RFC 4271 §6.2, 4760, 5492, 6286, 6793, 9687).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness.h"

namespace bgp::session::test {
namespace {

struct Negotiate : testing::Test {
  Config ours = config(65001_asn, 65002_asn, 10);
  wire::Open theirs = make_open(Lone::mirror(ours));
  Result<Negotiated, wire::Notification> run() { return negotiate(ours, make_open(ours), theirs, false); }
  wire::Notification fault() {
    auto result = run();
    return result ? wire::Notification{} : result.error();
  }
};

TEST_F(Negotiate, AgreesOnTheSmallerHoldTimeAndAThirdForKeepalive) {
  ours.hold_time = 240;
  theirs.hold_time = 30;
  auto const result = run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result.value().hold_time, 30);
  EXPECT_EQ(result.value().keepalive, 10s);
}

TEST_F(Negotiate, HoldTimeZeroTurnsTimersOff) {
  theirs.hold_time = 0;
  auto const result = run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result.value().hold_time, 0);
  EXPECT_EQ(result.value().keepalive, 0s);
  EXPECT_EQ(result.value().send_hold, 0s);
}

TEST_F(Negotiate, SendHoldIsTheLargerOfEightMinutesAndTwiceTheHoldTime) {
  ours.hold_time = theirs.hold_time = 90;
  EXPECT_EQ(run().value().send_hold, 8min);
  ours.hold_time = theirs.hold_time = 300;
  EXPECT_EQ(run().value().send_hold, 600s);
}

TEST_F(Negotiate, HoldTimeOneOrTwoIs2_6) {
  for (auto const offered : std::vector<std::uint16_t>{1, 2}) {
    theirs.hold_time = offered;
    EXPECT_EQ(fault(), (wire::Notification{2, 6, {}}));
  }
}

TEST_F(Negotiate, HoldTimeBelowTheConfiguredFloorIs2_6) {
  ours.min_hold_time = 20;
  theirs.hold_time = 19;
  EXPECT_EQ(fault(), (wire::Notification{2, 6, {}}));
  theirs.hold_time = 20;
  EXPECT_TRUE(run());
}

TEST_F(Negotiate, AnotherAsIs2_2) {
  theirs.as_field = 64999;
  theirs.capabilities.four_octet_as = 64999_asn;
  EXPECT_EQ(fault(), (wire::Notification{2, 2, {}}));
}

TEST_F(Negotiate, AnotherAsInCapability65Is2_2) {
  theirs.capabilities.four_octet_as = 64999_asn;
  EXPECT_EQ(fault(), (wire::Notification{2, 2, {}}));
}

TEST_F(Negotiate, ATwoOctetFieldThatContradictsCapability65Is2_2) {
  theirs.as_field = 64999;
  EXPECT_EQ(fault(), (wire::Notification{2, 2, {}}));
}

TEST_F(Negotiate, AFourOctetAsStandsBehindAsTrans) {
  ours.remote_as = 4200000001_asn;
  theirs.as_field = 23456;
  theirs.capabilities.four_octet_as = 4200000001_asn;
  EXPECT_TRUE(run());
  theirs.capabilities.four_octet_as.reset();
  EXPECT_EQ(fault(), (wire::Notification{2, 2, {}})) << "AS_TRANS alone is nobody";
}

TEST_F(Negotiate, APeerWithoutCapability65IsATwoOctetSession) {
  theirs.capabilities.four_octet_as.reset();
  auto const result = run();
  ASSERT_TRUE(result);
  EXPECT_FALSE(result.value().four_octet_as);
}

TEST_F(Negotiate, IdentifierZeroIs2_3) {
  theirs.router_id = RouterId{0};
  EXPECT_EQ(fault(), (wire::Notification{2, 3, {}}));
}

TEST_F(Negotiate, OurIdentifierIs2_3OnIbgpAndFineOnEbgp) {
  theirs.router_id = ours.router_id;
  EXPECT_TRUE(run());
  ours.remote_as = ours.local_as;
  theirs.as_field = 65001;
  theirs.capabilities.four_octet_as = 65001_asn;
  EXPECT_EQ(fault(), (wire::Notification{2, 3, {}}));
}

TEST_F(Negotiate, FamiliesIntersectInOurOrder) {
  theirs.capabilities.families = {ipv6_unicast, Family{1, 128}};
  auto const result = run();
  ASSERT_TRUE(result);
  EXPECT_EQ(result.value().families, std::vector{ipv6_unicast});
  EXPECT_TRUE(result.value().carries(ipv6_unicast));
  EXPECT_FALSE(result.value().carries(ipv4_unicast));
}

TEST_F(Negotiate, NoMultiprotocolCapabilityMeansIpv4Unicast) {
  theirs.capabilities.families.clear();
  EXPECT_EQ(run().value().families, std::vector{ipv4_unicast});
}

TEST_F(Negotiate, NoCommonFamilyIs2_7WithOurCapabilities) {
  ours.families = {ipv6_unicast};
  theirs.capabilities.families = {ipv4_unicast};
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {1, 4, 0, 2, 0, 1}}));
}

TEST_F(Negotiate, ExtendedMessagesAreTakenByWhoSaysSo) {
  EXPECT_FALSE(make_open(ours).capabilities.extended_messages);
  EXPECT_FALSE(run().value().extended_messages);
  theirs.capabilities.extended_messages = true;
  EXPECT_TRUE(run().value().extended_messages) << "what we take ourselves does not matter for what they take";
  ours.extended_messages = true;
  EXPECT_TRUE(make_open(ours).capabilities.extended_messages);
}

TEST_F(Negotiate, ExtendedNextHopsAreForBothSidesOrForNone) {
  EXPECT_THAT(make_open(ours).capabilities.next_hop_encodings, testing::IsEmpty());
  theirs.capabilities.next_hop_encodings = {{Family{1, 128}, 2}, wire::ipv4_over_ipv6};
  EXPECT_FALSE(run().value().extended_next_hop);
  ours.extended_next_hop = true;
  EXPECT_THAT(make_open(ours).capabilities.next_hop_encodings, testing::ElementsAre(wire::ipv4_over_ipv6));
  EXPECT_TRUE(run().value().extended_next_hop);
  theirs.capabilities.next_hop_encodings = {{Family{1, 128}, 2}};
  EXPECT_FALSE(run().value().extended_next_hop);
}

TEST_F(Negotiate, SeveralPathsAreReceivedWhereWeTakeThemAndTheySendThem) {
  using wire::AddPath;
  ours.families = {ipv4_unicast, ipv6_unicast};
  theirs.capabilities.families = {ipv4_unicast, ipv6_unicast};
  theirs.capabilities.add_paths = {{ipv4_unicast, AddPath::both}, {ipv6_unicast, AddPath::receive}};
  EXPECT_FALSE(run().value().receives_add_path(ipv4_unicast));
  ours.add_path_receive = true;
  EXPECT_THAT(make_open(ours).capabilities.add_paths,
              testing::ElementsAre(AddPath{ipv4_unicast, AddPath::receive}, AddPath{ipv6_unicast, AddPath::receive}));
  EXPECT_TRUE(run().value().receives_add_path(ipv4_unicast));
  EXPECT_FALSE(run().value().receives_add_path(ipv6_unicast)) << "they would only take them";
}

TEST_F(Negotiate, KeepalivesComeAsOftenAsConfiguredButNeverSeldomer) {
  ours.hold_time = theirs.hold_time = 90;
  ours.keepalive = 10s;
  EXPECT_EQ(run().value().keepalive, 10s);
  ours.keepalive = 60s;
  EXPECT_EQ(run().value().keepalive, 30s);
  theirs.hold_time = 0;
  EXPECT_EQ(run().value().keepalive, 0s);
}

TEST_F(Negotiate, WhatIsRequiredAndMissingIs2_7WithIt) {
  ours.required = {.route_refresh = true, .four_octet_as = true, .families = {ipv4_unicast, ipv6_unicast}};
  EXPECT_TRUE(run());
  theirs.capabilities.families = {ipv4_unicast};
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {1, 4, 0, 2, 0, 1}}));
  theirs.capabilities.route_refresh = false;
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {1, 4, 0, 2, 0, 1, 2, 0}}));
  theirs.capabilities.families = ours.families;
  theirs.capabilities.four_octet_as.reset();
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {2, 0, 65, 4, 0, 0, 0xfd, 0xe9}}));
}

TEST_F(Negotiate, EnhancedRefreshAndExtendedMessagesCanBeRequired) {
  ours.required = {.enhanced_refresh = true, .extended_messages = true};
  theirs.capabilities.enhanced_refresh = theirs.capabilities.extended_messages = true;
  EXPECT_TRUE(run());
  theirs.capabilities.enhanced_refresh = false;
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {70, 0}}));
  theirs.capabilities.extended_messages = false;
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {70, 0, 6, 0}}));
}

TEST_F(Negotiate, IPv6NextHopsThatAreRequiredAndMissingAre2_7) {
  ours.extended_next_hop = true;
  ours.required = {.extended_next_hop = true};
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {5, 6, 0, 1, 0, 1, 0, 2}}));
  theirs.capabilities.next_hop_encodings = {wire::ipv4_over_ipv6};
  EXPECT_TRUE(run());
  theirs.capabilities.next_hop_encodings.clear();
  theirs.capabilities.families = {ipv6_unicast};
  EXPECT_TRUE(run()) << "there are no IPv4 routes";
}

TEST_F(Negotiate, AddPathThatIsRequiredIsSoInEachDirectionAndFamily) {
  using wire::AddPath;
  ours.add_path_receive = true;
  ours.required = {.add_path = true};
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {69, 4, 0, 1, 1, 1, 69, 4, 0, 2, 1, 1}}));
  theirs.capabilities.add_paths = {{ipv4_unicast, AddPath::both}, {ipv6_unicast, AddPath::receive}};
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {69, 4, 0, 2, 1, 1}}));
  theirs.capabilities.add_paths = {{ipv4_unicast, AddPath::send}, {ipv6_unicast, AddPath::send}};
  EXPECT_TRUE(run());
  ours.add_path_send = true;
  EXPECT_EQ(fault(), (wire::Notification{2, 7, {69, 4, 0, 1, 1, 3, 69, 4, 0, 2, 1, 3}}));
  theirs.capabilities.families = {ipv4_unicast};
  theirs.capabilities.add_paths = {{ipv4_unicast, AddPath::both}};
  EXPECT_TRUE(run()) << "of families in common";
}

// RFC 9234 §4.2, table 2: of all pairs these alone.
TEST_F(Negotiate, RolesThatDoNotFaceEachOtherAre2_11) {
  using enum Role;
  auto const code = [](Role role) { return static_cast<std::uint8_t>(role); };
  std::set<std::pair<Role, std::uint8_t>> const allowed{{provider, code(customer)},
                                                        {customer, code(provider)},
                                                        {route_server, code(route_server_client)},
                                                        {route_server_client, code(route_server)},
                                                        {peer, code(peer)}};
  for (auto const role : {provider, route_server, route_server_client, customer, peer}) {
    for (std::uint8_t theirs_is = 0; theirs_is <= 5; ++theirs_is) {
      ours.role = role;
      theirs.capabilities.roles = {theirs_is};
      EXPECT_EQ(run().ok(), allowed.contains({role, theirs_is})) << int(code(role)) << " " << int(theirs_is);
      if (!run()) {
        EXPECT_EQ(fault(), (wire::Notification{2, 11, {}}));
      }
    }
  }
}

TEST_F(Negotiate, ARoleThatIsNotToldIsRefusedOnlyByTheStrict) {
  theirs.capabilities.roles.clear();
  ours.role = Role::provider;
  EXPECT_TRUE(run());
  ours.strict_role = true;
  EXPECT_EQ(fault(), (wire::Notification{2, 11, {}}));
  theirs.capabilities.roles = {3};
  EXPECT_TRUE(run());
  theirs.capabilities.roles = {3, 1};
  EXPECT_EQ(fault(), (wire::Notification{2, 11, {}}));
}

TEST_F(Negotiate, RolesThatDifferAreRefusedEvenByWhoHasNone) {
  theirs.capabilities.roles = {3, 4};
  EXPECT_EQ(fault(), (wire::Notification{2, 11, {}}));
}

TEST_F(Negotiate, RolesAreForEbgpAndForThoseThatHaveOne) {
  theirs.capabilities.roles = {0};
  EXPECT_TRUE(run()) << "we have none";
  EXPECT_THAT(make_open(ours).capabilities.roles, testing::IsEmpty());
  ours.role = Role::provider;
  EXPECT_THAT(make_open(ours).capabilities.roles, testing::ElementsAre(0));
  ours.remote_as = ours.local_as;
  EXPECT_THAT(make_open(ours).capabilities.roles, testing::IsEmpty());
}

TEST_F(Negotiate, OpenShowsAsTransForAFourOctetAs) {
  ours.local_as = 4200000001_asn;
  auto const open = make_open(ours);
  EXPECT_EQ(open.as_field, 23456);
  EXPECT_EQ(open.as(), 4200000001_asn);
}

TEST(Collision, HigherIdentifierKeepsWhatItOpened) {
  EXPECT_TRUE(keeps_outgoing(RouterId{0x80000000}, 1_asn, RouterId{0x7fffffff}, 2_asn)) << "unsigned";
  EXPECT_FALSE(keeps_outgoing(RouterId{1}, 9_asn, RouterId{2}, 1_asn));
}

TEST(Collision, EqualIdentifiersAreDecidedByTheLargerAs) {
  EXPECT_TRUE(keeps_outgoing(RouterId{1}, 9_asn, RouterId{1}, 1_asn));
  EXPECT_FALSE(keeps_outgoing(RouterId{1}, 1_asn, RouterId{1}, 9_asn));
}

}  // namespace
}  // namespace bgp::session::test
