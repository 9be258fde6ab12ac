// Each mistake in a file is named with its line, its key and the remedy; all of them at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "config/reflector.h"

namespace tern::config {
namespace {

std::vector<std::string> problems(std::string const& yaml) {
  auto const result = parse_reflector(yaml);
  std::vector<std::string> out;
  if (result.ok()) return out;
  for (auto const& problem : result.error()) out.push_back(problem.text());
  return out;
}

/// What is wrong with one neighbour in line 2 of an otherwise good file.
std::vector<std::string> of_neighbor(std::string const& keys) {
  return problems("router: {as: 65000, id: 10.0.0.1}\nneighbors: [{" + keys + "}]\n");
}

std::vector<std::string> of_router(std::string const& keys) { return problems("router: {" + keys + "}\n"); }

using Texts = std::vector<std::string>;

TEST(ReflectorFileProblems, MisspeltKeyNamesTheRightOne) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\n"
                     "groups:\n"
                     "  clients:\n"
                     "    holdtime: 9\n"),
            Texts{"line 4: groups.clients.holdtime: unknown key; did you mean holdTime?"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remote-as: 65000, remoteAs: 65000"),
            Texts{"line 2: neighbors[0].remote-as: unknown key; did you mean remoteAs?"});
}

TEST(ReflectorFileProblems, WhatIsMisspeltIsNotCalledMissingAsWell) {
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remote-as: 65000"),
            Texts{"line 2: neighbors[0].remote-as: unknown key; did you mean remoteAs?"});
  EXPECT_EQ(of_router("as: 1, Id: 1.1.1.1"), Texts{"line 1: router.Id: unknown key; did you mean id?"});
}

TEST(ReflectorFileProblems, WhatIsNoNumberIsCalledThat) {
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: AS65010"),
            Texts{"line 2: neighbors[0].remoteAs: 'AS65010' is no number; write 65010"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, port: bgp"),
            Texts{"line 2: neighbors[0].port: 'bgp' is no number; write a number from 1 to 65535"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 99999999999999999999999"),
            Texts{"line 2: neighbors[0].remoteAs: '99999999999999999999999' is out of range; write a number from 1 to "
                  "4294967295"});
}

TEST(ReflectorFileProblems, ATabAsIndentationIsNamed) {
  EXPECT_EQ(problems("router:\n  as: 1\n\tid: 1.1.1.1\n"), Texts{"line 3: a tab as indentation; use spaces"});
  EXPECT_EQ(problems("router:\n \tas: 1\n"), Texts{"line 2: a tab as indentation; use spaces"});
}

TEST(ReflectorFileProblems, AFileThatIsNoMapIsOneMistake) {
  for (std::string const yaml : {"- router: {as: 1, id: 1.1.1.1}\n", "router\n"}) {
    EXPECT_EQ(problems(yaml), Texts{"line 1: the file is no map of keys; start with router: {as: ..., id: ...}"});
  }
}

TEST(ReflectorFileProblems, ANeighbourIsSomebodyElse) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlisten: [{address: 10.0.0.1}]\n"
                     "neighbors: [{address: 10.0.0.1, remoteAs: 1}]\n"),
            Texts{"line 3: neighbors[0].address: 10.0.0.1 is our own address under listen; write the neighbour's "
                  "address"});
  for (std::string const other : {"port: 1790", "passive: true"}) {
    EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlisten: [{address: 10.0.0.1}]\n"
                       "neighbors: [{address: 10.0.0.1, remoteAs: 1, " +
                       other + "}]\n"),
              Texts{})
        << "somebody else on this machine";
  }
}

TEST(ReflectorFileProblems, UnknownKeyListsWhatIsPossible) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlog: {colour: red}\n"),
            Texts{"line 2: log.colour: unknown key; remove it; the keys here are level"});
}

TEST(ReflectorFileProblems, FeaturesToComeAreRefusedByName) {
  for (std::string const key : {"tcpAo", "gracefulRestart", "bfd"}) {
    EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, " + key + ": 1"),
              Texts{"line 2: neighbors[0]." + key +
                    ": not supported yet; remove it: this version would not do what it says"});
  }
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, md5: secret"),
            Texts{"line 2: neighbors[0].md5: has another name here; write password, passwordFile or passwordEnv"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, ebgpMultihop: 2"),
            Texts{"line 2: neighbors[0].ebgpMultihop: is not needed: eBGP over several hops is nothing special here; "
                  "remove it; ttl sets the TTL of what we send, ttlSecurity checks that of the neighbour"});
  auto const mvpn = of_neighbor("address: 10.0.0.2, remoteAs: 65000, families: [ipv4-mvpn]");
  ASSERT_EQ(mvpn.size(), 1U);
  EXPECT_THAT(mvpn[0],
              testing::HasSubstr("line 2: neighbors[0].families[0]: family 'ipv4-mvpn' is not supported; write "
                                 "ipv4-unicast, ipv6-unicast, ipv4-multicast"));
}

TEST(ReflectorFileProblems, FlowSpecificationsOfAnotherAsAreRefused) {
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, families: [ipv4-flowspec, l2vpn-evpn]"), Texts{});
  auto const external = of_neighbor("address: 10.0.0.2, remoteAs: 65001, families: [ipv4-flowspec]");
  ASSERT_FALSE(external.empty());
  EXPECT_THAT(external[0], testing::HasSubstr("RFC 8955 §6"));
}

TEST(ReflectorFileProblems, WrongTypesAreNamed) {
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, passive: yes"),
            Texts{"line 2: neighbors[0].passive: 'yes' is neither true nor false; write true or false"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, families: ipv4-unicast"),
            Texts{"line 2: neighbors[0].families: is no list; write [...], or one line with '- ' an element"});
  EXPECT_EQ(of_neighbor("address: [10.0.0.2], remoteAs: 65000"),
            Texts{"line 2: neighbors[0].address: is a list; write a text"});
  EXPECT_EQ(problems("router: 65000\n"),
            (Texts{"line 1: router: is no map; write {key: value, ...}, or one line 'key: value' a key",
                   "line 1: router.as: missing; add it", "line 1: router.id: missing; add it"}));
}

TEST(ReflectorFileProblems, ValuesOutOfRangeAreNamed) {
  EXPECT_EQ(
      of_neighbor("address: 10.0.0.2, remoteAs: 65000, holdTime: 2"),
      Texts{"line 2: neighbors[0].holdTime: a hold time of 2 s is forbidden (RFC 4271 §4.2); write 0 for none, or "
            "3 to 65535 seconds"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, holdTime: -1"),
            Texts{"line 2: neighbors[0].holdTime: '-1' is out of range; write a number from 0 to 65535"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, port: 65536"),
            Texts{"line 2: neighbors[0].port: '65536' is out of range; write a number from 1 to 65535"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 0"),
            Texts{"line 2: neighbors[0].remoteAs: '0' is out of range; write a number from 1 to 4294967295"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, families: []").size(), 1u);
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, families: [ipv4-unicast, ipv4-unicast]").size(), 1u);
  EXPECT_EQ(of_router("as: 23456, id: 10.0.0.1").size(), 1u);
  EXPECT_EQ(of_router("as: 1, id: 0.0.0.0").size(), 1u);
  EXPECT_EQ(of_router("as: 1, id: 2001:db8::1").size(), 1u);
  EXPECT_EQ(of_router("as: 1, id: 1.1.1.1, clusterId: 7"),
            Texts{"line 1: router.clusterId: '7' is no identifier; write it like an IPv4 address, for instance "
                  "192.0.2.1"});
}

TEST(ReflectorFileProblems, AddressesThatAreNoNeighborsAreRefused) {
  for (std::string const address : {"0.0.0.0", "224.0.0.5", "ff02::1", "example.net", "10.0.0", "10.0.0.2/32",
                                    "fe80::1", "10.0.0.2%lo", "fe80::1%no-such-interface"}) {
    EXPECT_EQ(of_neighbor("address: '" + address + "', remoteAs: 65000").size(), 1u) << address;
  }
}

TEST(ReflectorFileProblems, LocalAddressMustBeOfTheNeighborsFamily) {
  EXPECT_EQ(
      of_neighbor("address: 10.0.0.2, remoteAs: 65000, localAddress: '::1'"),
      Texts{"line 2: neighbors[0].localAddress: ::1 and the neighbour's 10.0.0.2 are of different families; write "
            "an IPv4 address of this router"});
}

TEST(ReflectorFileProblems, PrefixWithHostBitsIsCorrected) {
  std::string const head = "router: {as: 1, id: 1.1.1.1}\ngroups: {g: {remoteAs: 1}}\n";
  EXPECT_EQ(problems(head + "ranges: [{prefix: 10.77.1.0/16, group: g}]\n"),
            Texts{"line 3: ranges[0].prefix: '10.77.1.0/16' has bits set past its length; write 10.77.0.0/16"});
  EXPECT_EQ(problems(head + "ranges: [{prefix: 10.77.0.1, group: g}]\n"),
            Texts{"line 3: ranges[0].prefix: '10.77.0.1' has no length; write 10.77.0.1/32"});
  EXPECT_EQ(problems(head + "ranges: [{prefix: 10.77.0.0/33, group: g}]\n").size(), 1u);
  EXPECT_EQ(problems(head + "ranges: [{prefix: 10.77.0.0/16, group: g, limit: 0}]\n"),
            Texts{"line 3: ranges[0].limit: '0' is out of range; write a number from 1 to 1000000"});
}

TEST(ReflectorFileProblems, DuplicatesAreNamed) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nneighbors:\n"
                     "  - {address: 10.0.0.2, remoteAs: 1}\n"
                     "  - {address: 10.0.0.2, remoteAs: 2}\n"),
            Texts{"line 4: neighbors[1].address: 10.0.0.2 is given twice, first in line 3; remove one of the two"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\ngroups: {g: {remoteAs: 1}}\n"
                     "ranges: [{prefix: 10.0.0.0/8, group: g}, {prefix: 10.0.0.0/8, group: g}]\n"),
            Texts{"line 3: ranges[1].prefix: 10.0.0.0/8 is given twice, first in line 3; remove one of the two"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlisten: [{port: 179}, {}]\n"),
            Texts{"line 2: listen[1]: the same address and port as a listener above; remove one of the two"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlog: {level: info}\nlog: {level: debug}\n"),
            Texts{"line 3: log: given twice, first in line 2; remove one of the two"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 1, remoteAs: 65000"),
            Texts{"line 2: neighbors[0].remoteAs: given twice, first in line 2; remove one of the two"});
}

TEST(ReflectorFileProblems, GroupsMustExist) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\ngroups: {clients: {remoteAs: 1}}\n"
                     "ranges: [{prefix: 10.0.0.0/8, group: client}]\n"),
            Texts{"line 3: ranges[0].group: there is no group 'client'; did you mean clients?"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, group: core"),
            Texts{"line 2: neighbors[0].group: there is no group 'core'; add it under groups"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nranges: [{prefix: 10.0.0.0/8}]\n"),
            Texts{"line 2: ranges[0].group: missing; add it"});
}

TEST(ReflectorFileProblems, RangeNeedsTheGroupsAs) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\ngroups: {g: {passive: true}}\n"
                     "ranges: [{prefix: 10.0.0.0/8, group: g}]\n"),
            Texts{"line 3: ranges[0].group: group 'g' has no remoteAs, which a range needs; add it to the group"});
}

TEST(ReflectorFileProblems, ReflectorClientMustBeIbgp) {
  EXPECT_EQ(
      problems("router: {as: 65000, id: 1.1.1.1}\ngroups: {g: {remoteAs: 65001, reflectorClient: true}}\n"
               "neighbors: [{address: 10.0.0.2, group: g}]\n"),
      Texts{"line 2: groups.g.reflectorClient: an eBGP neighbour cannot be a reflector client (router.as is 65000, "
            "remoteAs 65001); remove it, or correct the AS numbers"});
  EXPECT_EQ(problems("router: {as: 65000, id: 1.1.1.1}\ngroups: {g: {reflectorClient: true, clusterId: 1.1.1.1}}\n"
                     "neighbors: [{address: 10.0.0.2, group: g, remoteAs: 65001}]\n")
                .size(),
            2u);
}

TEST(ReflectorFileProblems, KeysWithoutEffectOnThisKindOfNeighbourAreRefused) {
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65001, nextHopSelf: true"),
            Texts{"line 2: neighbors[0].nextHopSelf: for iBGP neighbours: an eBGP one gets our own next hop anyhow "
                  "(router.as is 65000, "
                  "remoteAs 65001); remove it, or correct the AS numbers"});
  EXPECT_EQ(
      of_neighbor("address: 10.0.0.2, remoteAs: 65000, nextHopUnchanged: true"),
      Texts{"line 2: neighbors[0].nextHopUnchanged: for eBGP neighbours: an iBGP one gets next hops unchanged anyhow "
            "(router.as is 65000, remoteAs 65000); remove it, or correct the AS numbers"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, checkFirstAs: false"),
            Texts{"line 2: neighbors[0].checkFirstAs: for eBGP neighbours: the first AS of paths from iBGP is not "
                  "checked anyhow "
                  "(router.as is 65000, remoteAs 65000); remove it, or correct the AS numbers"});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65000, nextHopSelf: true"), Texts{});
  EXPECT_EQ(of_neighbor("address: 10.0.0.2, remoteAs: 65001, nextHopUnchanged: true, checkFirstAs: false"), Texts{});
  EXPECT_EQ(problems("router: {as: 65000, id: 1.1.1.1}\ngroups: {g: {nextHopSelf: true}}\n"
                     "neighbors: [{address: 10.0.0.2, group: g, remoteAs: 65000},\n"
                     "            {address: 10.0.0.3, group: g, remoteAs: 65001}]\n")
                .size(),
            1u)
      << "for the one neighbour only, and at the group's line";
}

TEST(ReflectorFileProblems, NothingListensOnALinkLocalAddress) {
  for (std::string const address : {"fe80::1", "fe80::1%lo"}) {
    EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlisten: [{address: '" + address + "'}]\n"),
              Texts{"line 2: listen[0].address: a listener cannot be bound to a link-local address; write '::', which "
                    "also takes neighbours that dial " +
                    address});
  }
}

TEST(ReflectorFileProblems, WhoWaitsToBeDialledNeedsAListener) {
  EXPECT_EQ(problems("router: {as: 65000, id: 1.1.1.1}\nlisten: []\n"
                     "neighbors: [{address: 10.0.0.2, remoteAs: 65000, passive: true}]\n"),
            Texts{"line 3: neighbors[0]: waits to be dialled, but nothing listens; add an address under listen"});
}

TEST(ReflectorFileProblems, MissingKeysAreNamed) {
  EXPECT_EQ(problems("log: {level: info}\n"), Texts{"line 1: router: missing; add it"});
  EXPECT_EQ(of_router("as: 1"), Texts{"line 1: router.id: missing; add it"});
  EXPECT_EQ(of_neighbor("description: nobody"),
            (Texts{"line 2: neighbors[0].address: missing; add it", "line 2: neighbors[0].remoteAs: missing; add it"}));
}

TEST(ReflectorFileProblems, SocketPathAndLogLevelAreChecked) {
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\napi: {socket: /" + std::string(107, 'x') + "}\n"),
            Texts{"line 2: api.socket: a socket's path has 1 to 107 characters; write for instance "
                  "/run/tern/reflector.sock"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\nlog: {level: loud}\n"),
            Texts{"line 2: log.level: 'loud' is no level; write debug, info, warning or error"});
}

TEST(ReflectorFileProblems, AllAreReportedAtOnceInTheOrderOfLines) {
  auto const found = problems(
      "router: {as: 0, id: 1.1.1.1}\n"
      "neighbors:\n"
      "  - {address: 10.0.0.2, remoteAs: 1, holdTime: 1, port: 0}\n"
      "groups: {g: {remotAs: 1}}\n"
      "ranges: [{prefix: 10.0.0.1/8, group: h}]\n");
  ASSERT_EQ(found.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(found[i].starts_with("line " + std::to_string(std::array{1, 3, 3, 4, 5}[i]))) << found[i];
  }
}

TEST(ReflectorFileProblems, BrokenYamlNamesTheLine) {
  auto const found = problems("router: {as: 1, id: 1.1.1.1}\nlisten: [{port: 179}\nlog: {level: info}\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].starts_with("line ")) << found[0];
  EXPECT_NE(found[0].find("this is not YAML"), std::string::npos) << found[0];
  EXPECT_EQ(problems(""), Texts{"the file is empty; start with router: {as: ..., id: ...}"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\n---\na: b\n"),
            Texts{"line 2: a second document starts here; remove what ends the first one, for instance '---'"});
  EXPECT_EQ(problems("router: {as: 1, id: 1.1.1.1}\n]\n").size(), 1u);
}

// Whatever is in the file: values or problems, each with a remedy and a line that the file has.
RC_GTEST_PROP(ReflectorFileProblems, AnyDamageGivesProblemsOrValues, ()) {
  std::string yaml =
      "router: {as: 65000, id: 10.77.0.1}\nlisten: [{address: 10.77.0.1, port: 179}]\n"
      "groups:\n  g: {remoteAs: 65000, passive: true, families: [ipv4-unicast]}\n"
      "ranges: [{prefix: 10.77.0.0/16, group: g}]\nneighbors:\n  - address: 192.0.2.1\n    remoteAs: 65010\n";
  auto const edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits; ++i) {
    auto const at = *rc::gen::inRange<std::size_t>(0, yaml.size());
    auto const with =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("{}[]:,-?!&*#|>'\"%\n\t 0a~\xff")));
    yaml.replace(at, *rc::gen::inRange<std::size_t>(0, 8), with);
  }
  auto const lines = std::count(yaml.begin(), yaml.end(), '\n') + 2;
  auto const result = parse_reflector(yaml);
  if (result.ok()) return;
  RC_ASSERT(!result.error().empty());
  for (auto const& problem : result.error()) {
    RC_ASSERT(problem.at.line >= 0 && problem.at.line <= lines);
    RC_ASSERT(!problem.what.empty() && !problem.remedy.empty());
  }
}

}  // namespace
}  // namespace tern::config
