// prefixLists and filters of a file: what they become, and what is said of their mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/reflector.h"

namespace tern::config {
namespace {

using namespace bgp::literals;
using Texts = std::vector<std::string>;

std::string with(std::string const& filters) {
  return "router: {as: 65000, id: 10.0.0.1}\n" + filters +
         "neighbors: [{address: 10.0.0.2, remoteAs: 65010, import: in, export: accept-all}]\n";
}

Texts problems(std::string const& yaml) {
  auto const result = parse_reflector(yaml);
  Texts out;
  if (result.ok()) return out;
  for (auto const& problem : result.error()) out.push_back(problem.text());
  return out;
}
/// Of one rule, in line 2.
Texts of_rule(std::string const& rule) { return problems(with("filters: {in: [{" + rule + "}]}\n")); }

TEST(FiltersOfAFile, ARuleWithEverything) {
  auto const file = parse_reflector(with(
      "prefixLists:\n"
      "  martians: [10.0.0.0/8 le 32, \"fe80::/10 le 128\"]\n"
      "filters:\n"
      "  in:\n"
      "    - {name: no-martians, match: {prefix: martians}, then: reject}\n"
      "    - match: {prefix: [192.0.2.0/24, 198.51.100.0/24 le 26], asPath: [\"65010 *\", \"?\"], peer: 10.0.0.0/8,\n"
      "              community: [65000:1, \"large:65000:1:*\"], nextHop: 192.0.2.0/24, peerAs: 65010, from: ebgp,\n"
      "              med: 0-9, localPref: 100, asPathLength: 1-9, origin: [igp, egp], allCommunities: 65000:1}\n"
      "      set: {localPref: 200, med: 10, nextHop: 192.0.2.7, origin: incomplete, addCommunities: [65000:2],\n"
      "            removeCommunities: [65000:1], prepend: 2}\n"
      "      then: accept\n"));
  ASSERT_TRUE(file.ok()) << file.error()[0].text();
  auto const filter = file->neighbors.at(0).import;
  ASSERT_TRUE(filter);
  EXPECT_EQ(filter->name(), "in");
  bgp::Attributes attributes;
  attributes.as_path.segments = {{bgp::AsPathSegment::Kind::sequence, {65010_asn, 7_asn}}};
  attributes.next_hop = "192.0.2.1"_ip;
  attributes.communities = {*bgp::Community::parse("65000:1")};
  bgp::RouteSource const source{bgp::RouteSource::Kind::ebgp, "10.0.0.2"_ip, 65010_asn};
  auto const martian = filter->judge({"10.1.0.0/16"_pfx, attributes, source, 65010_asn});
  EXPECT_FALSE(martian.accept);
  EXPECT_EQ(martian.rule, "filter in, rule 1 (no-martians)");
  auto const good = filter->judge({"198.51.100.64/26"_pfx, attributes, source, 65010_asn});
  ASSERT_TRUE(good.accept) << good.rule;
  ASSERT_TRUE(good.changed);
  EXPECT_EQ(good.changed->local_pref, 200U);
  EXPECT_EQ(good.changed->med, 10U);
  EXPECT_EQ(good.changed->origin, bgp::Origin::incomplete);
  EXPECT_EQ(good.changed->next_hop, "192.0.2.7"_ip);
  EXPECT_EQ(good.changed->communities, std::vector{*bgp::Community::parse("65000:2")});
  EXPECT_EQ(good.changed->as_path.text(), "65010 65010 65010 7");
  EXPECT_EQ(good.changed_by, "filter in, rule 2");
  EXPECT_FALSE(filter->judge({"203.0.113.0/24"_pfx, attributes, source, 65010_asn}).accept) << "no rule accepts it";
}

TEST(FiltersOfAFile, GroupsNameThemToo) {
  auto const file = parse_reflector(
      "router: {as: 65000, id: 10.0.0.1}\n"
      "groups: {racks: {remoteAs: 65010, import: in, export: out}}\n"
      "neighbors: [{address: 10.0.0.2, group: racks}, {address: 10.0.0.3, group: racks, export: reject-all}]\n"
      "ranges: [{prefix: 10.1.0.0/16, group: racks}]\n"
      "filters: {in: [{then: accept}], out: [{set: {nextHop: self}, then: accept}]}\n");
  ASSERT_TRUE(file.ok()) << file.error()[0].text();
  EXPECT_EQ(file->neighbors[0].import->name(), "in");
  EXPECT_EQ(file->neighbors[0].export_filter, file->ranges[0].peer.export_filter) << "one object: one update group";
  EXPECT_EQ(file->neighbors[1].export_filter, bgp::reject_all);
}

TEST(FiltersOfAFile, UnknownNamesAreSuggested) {
  EXPECT_EQ(problems("router: {as: 65000, id: 10.0.0.1}\nfilters: {customers: [{then: accept}]}\n"
                     "neighbors: [{address: 10.0.0.2, remoteAs: 65000, import: custmers}]\n"),
            Texts{"line 3: neighbors[0].import: there is no filter 'custmers'; did you mean customers?"});
  EXPECT_EQ(
      problems("router: {as: 65000, id: 10.0.0.1}\n"
               "neighbors: [{address: 10.0.0.2, remoteAs: 65000, import: customers}]\n"),
      Texts{"line 2: neighbors[0].import: there is no filter 'customers'; write accept-all or reject-all, or add it "
            "under filters"});
  EXPECT_EQ(
      problems("prefixLists: {pods: [10.0.0.0/8]}\n" + with("filters: {in: [{match: {prefix: pod}, then: accept}]}\n")),
      Texts{"line 3: filters.in[0].match.prefix: there is no prefix list 'pod'; did you mean pods?"});
}

TEST(FiltersOfAFile, EveryMistakeHasItsPlaceAndRemedy) {
  EXPECT_EQ(of_rule("match: {aspath: 1}, then: accept"),
            Texts{"line 2: filters.in[0].match.aspath: unknown key; did you mean asPath?"});
  EXPECT_EQ(of_rule("match: {asPath: '.*'}, then: accept"),
            Texts{"line 2: filters.in[0].match.asPath: '.*' is no part of an AS path; write for instance 65001, "
                  "64512-65534, 65001|65002, 65001+ (once or more), ? (one AS) or * (any number)"});
  EXPECT_EQ(of_rule("match: {prefix: [10.0.0.0/8 le 33]}, then: accept"),
            Texts{"line 2: filters.in[0].match.prefix[0]: '10.0.0.0/8 le 33' asks for no length; write ge and le with "
                  "numbers from 8 to 32, ge first and not above le"});
  EXPECT_EQ(of_rule("match: {community: no-exports}, then: accept").size(), 1U);
  EXPECT_EQ(
      of_rule("match: {from: outside}, then: accept"),
      Texts{"line 2: filters.in[0].match.from: 'outside' is nowhere that routes come from; write local, ebgp or ibgp"});
  EXPECT_EQ(of_rule("match: {peer: node1}, then: accept"),
            Texts{"line 2: filters.in[0].match.peer: 'node1' is no address or prefix; write for instance 192.0.2.1 or "
                  "192.0.2.0/24"});
  EXPECT_EQ(
      of_rule("match: {peer: []}, then: accept"),
      Texts{"line 2: filters.in[0].match.peer: is an empty list, which nothing could match; remove it, or write what "
            "is meant"});
  EXPECT_EQ(of_rule("set: {addCommunities: ['65000:*']}, then: accept"),
            Texts{"line 2: filters.in[0].set.addCommunities[0]: a community with '*' stands for many, which cannot be "
                  "added; write every number of it"});
  EXPECT_EQ(of_rule("set: {origin: bgp}, then: accept"),
            Texts{"line 2: filters.in[0].set.origin: 'bgp' is no origin; write igp, egp or incomplete"});
  EXPECT_EQ(of_rule("set: {prepend: 65}, then: accept"),
            Texts{"line 2: filters.in[0].set.prepend: '65' is out of range; write a number from 1 to 64"});
  EXPECT_EQ(of_rule("set: {med: 1}, then: reject"),
            Texts{"line 2: filters.in[0].set: changes a route that the same rule rejects; remove one of the two"});
  EXPECT_EQ(of_rule("then: drop"),
            Texts{"line 2: filters.in[0].then: 'drop' decides nothing; write accept or reject, or "
                  "remove it to go on with the next rule"});
  EXPECT_EQ(of_rule("name: nothing"),
            Texts{"line 2: filters.in[0]: a rule that does nothing; add set, or then: accept or reject"});
  EXPECT_EQ(of_rule("set: {nextHop: self}, then: accept"),
            Texts{"line 3: neighbors[0].import: filter 'in' sets nextHop: self, which is for export; write an address "
                  "there, or use another filter here"});
  for (auto const* nobody : {"0.0.0.0", "127.0.0.1", "224.0.0.1", "'::'", "'ff02::1'", "'fe80::1'"}) {
    EXPECT_THAT(of_rule("set: {nextHop: " + std::string(nobody) + "}, then: accept"),
                testing::ElementsAre(testing::HasSubstr("can be nobody's next hop; write an address of a router")));
  }
  EXPECT_EQ(problems(with("filters: {in: [{then: accept}], accept-all: [{then: accept}]}\n")),
            Texts{"line 2: filters.accept-all: is built in and always the same; give yours another name"});
}

}  // namespace
}  // namespace tern::config
