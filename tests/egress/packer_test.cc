// UPDATEs as a black box: cut by their own lengths, read with the tests' own decoder, judged by RFC 4271 §4.3 and
// RFC 7606 §5.1, and by what a neighbour holds in the end.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "../wire/generators.h"
#include "export_fixture.h"
#include "support/adj_rib.h"
#include "wire/nlri.h"

namespace bgp::egress {
namespace {

using wire::testing::any_bool;
using wire::testing::between;

// One message of a sequence, and the field its NLRI is in.
struct Cut {
  std::size_t size = 0;
  support::Bytes body;
  std::vector<support::Attribute> attributes;
  support::Bytes nlri;
};

std::size_t u16_at(support::Bytes const& octets, std::size_t at) {
  return std::size_t{octets.at(at)} << 8 | octets.at(at + 1);
}

support::Bytes part(support::Bytes const& octets, std::size_t from, std::size_t to) {
  return {octets.begin() + long(from), octets.begin() + long(to)};
}

Cut read_body(support::Bytes body) {
  Cut cut;
  cut.size = body.size() + 19;
  auto const withdrawn = u16_at(body, 0);
  auto const block = 4 + withdrawn;
  auto const end = block + u16_at(body, 2 + withdrawn);
  cut.attributes = support::read_attributes(part(body, block, end));
  cut.nlri = withdrawn != 0 ? part(body, 2, 2 + withdrawn) : part(body, end, body.size());
  for (auto const& one : cut.attributes) {
    if (one.code == support::kMpReach) cut.nlri = part(one.value, 5u + one.value.at(3), one.value.size());
    if (one.code == support::kMpUnreach) cut.nlri = part(one.value, 3, one.value.size());
  }
  cut.body = std::move(body);
  return cut;
}

std::vector<Cut> cut_up(Buffer const& octets, std::size_t longest = 4096) {
  std::vector<Cut> cuts;
  support::Bytes const all(octets.begin(), octets.end());
  for (std::size_t at = 0; at < all.size();) {
    auto const length = u16_at(all, at + 16);
    EXPECT_EQ(part(all, at, at + 16), support::fill(16, 0xff));
    EXPECT_EQ(all.at(at + 18), support::kUpdate);
    EXPECT_LE(length, longest);
    cuts.push_back(read_body(part(all, at + 19, at + length)));
    at += length;
  }
  return cuts;
}

// Messages that obey the rules of form; none could have held the first prefix of the next as well.
void expect_form_and_fullness(std::vector<Cut> const& cuts) {
  support::AdjRib reader;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    reader.update(cuts[i].body);
    EXPECT_FALSE(cuts[i].nlri.empty()) << "a message about nothing";
    auto sorted = cuts[i].attributes;
    auto const first = sorted.empty() || sorted[0].code < support::kMpReach || sorted[0].code > support::kMpUnreach;
    EXPECT_TRUE(std::ranges::is_sorted(sorted.begin() + (first ? 0 : 1), sorted.end(), std::ranges::less_equal{},
                                       &support::Attribute::code))
        << "attributes not ascending";
    if (i == 0) continue;
    auto const next_prefix = 1u + (cuts[i].nlri[0] + 7u) / 8u;
    EXPECT_GT(cuts[i - 1].size + next_prefix, 4096U) << "there was room for another prefix";
  }
  EXPECT_TRUE(reader.form_faults().empty()) << reader.form_faults().front();
}

class Packer : public Export {
 public:
  Packer() { use(ipv4_unicast); }
  void use(Family family) {
    key.family = family;
    key.own_next_hop = family == ipv4_unicast ? "192.0.2.1"_ip : "2001:db8::1"_ip;
    hop = rib.next_hops.acquire(family == ipv4_unicast ? "192.0.2.9"_ip : "2001:db8::9"_ip, {});
  }
  // `count` different prefixes; the lengths leave room for that.
  void fill_slots(unsigned count, std::function<int(int longest)> const& length_of) {
    auto const v4 = key.family == ipv4_unicast;
    for (unsigned n = 0; n < count; ++n) {
      auto const length = static_cast<std::uint8_t>(length_of(v4 ? 32 : 128));
      auto const high = static_cast<std::uint8_t>(n >> 8), low = static_cast<std::uint8_t>(n);
      Prefix const prefix(v4 ? IpAddress::v4(n << 16) : IpAddress::v6({high, low}), length);
      nlri.push_back({rib.table(key.family).find_or_insert(prefix)});
      prefixes.push_back(prefix.text());
    }
  }
  std::vector<Cut> announce(rib::Path const& path) {
    Buffer out;
    pack_announcements(key, rib, path, encode(path), nlri, out);
    auto cuts = cut_up(out, key.extended_messages ? 65535 : 4096);
    EXPECT_EQ(count_messages(out), cuts.size());
    return cuts;
  }
  std::vector<Cut> withdraw() {
    Buffer out;
    pack_withdrawals(nlri_form(key, rib), nlri, out);
    return cut_up(out);
  }
  // What stands after all of it.
  static std::size_t held_after(std::vector<std::vector<Cut>> const& all) {
    support::AdjRib reader;
    for (auto const& cuts : all)
      for (auto const& one : cuts) reader.update(one.body);
    return reader.routes().size();
  }

  std::vector<Nlri> nlri;
  std::vector<std::string> prefixes;
};

int any_length(int longest) { return between(16, longest); }

// Made anew for each round: rapidcheck calls the body many times within one test.
struct Round : Packer {
  using Export::ask;
  using Export::key;
  using Export::rib;
  using Export::route;
  void TestBody() override {}
};

RC_GTEST_PROP(Packing, AnnouncementsAreFullAndComplete, ()) {
  Round round;
  round.use(any_bool() ? ipv4_unicast : ipv6_unicast);
  round.key.kind = any_bool() ? Kind::ebgp : Kind::ibgp;
  round.key.four_octet_as = any_bool();
  round.fill_slots(static_cast<unsigned>(between(1, 1500)), any_length);
  auto attributes = wire::testing::any_attributes(false);
  auto const source = any_bool() ? Kind::ibgp : Kind::ebgp;
  auto const cuts = round.announce(round.route(source, true, attributes));
  expect_form_and_fullness(cuts);
  support::AdjRib reader;
  for (auto const& one : cuts) reader.update(one.body);
  RC_ASSERT(reader.routes().size() == round.prefixes.size());
  for (auto const& prefix : round.prefixes) RC_ASSERT(reader.announcements(prefix) == 1U);
  RC_ASSERT(!testing::Test::HasFailure());
}

RC_GTEST_PROP(Packing, WithdrawalsAreFullAndComplete, ()) {
  Round round;
  round.use(any_bool() ? ipv4_unicast : ipv6_unicast);
  round.fill_slots(static_cast<unsigned>(between(1, 1500)), any_length);
  auto const announced = round.announce(round.route(Kind::ibgp, true));
  auto const withdrawn = round.withdraw();
  expect_form_and_fullness(withdrawn);
  for (auto const& one : withdrawn)
    for (auto const& attribute : one.attributes) RC_ASSERT(attribute.code == support::kMpUnreach);
  RC_ASSERT(Round::held_after({announced}) == round.prefixes.size());
  RC_ASSERT(Round::held_after({announced, withdrawn}) == 0U);
  RC_ASSERT(!testing::Test::HasFailure());
}

TEST_F(Packer, Ipv4RoutesWithAnIpv6NextHopStandInMpReach) {
  key.extended_next_hop = true;
  auto const by_v6 = route_by("2001:db8::9"_ip, Kind::ibgp, true);
  fill_slots(2000, [](int) { return 24; });
  auto const cuts = announce(by_v6);
  expect_form_and_fullness(cuts);
  for (auto const& one : cuts) EXPECT_EQ(one.attributes.at(0).code, support::kMpReach);
  EXPECT_EQ(held_after({cuts}), 2000U);
  EXPECT_EQ(held_after({cuts, withdraw()}), 0U) << "withdrawn as any IPv4 route";
  for (auto const& one : announce(route(Kind::ibgp, true))) EXPECT_NE(one.attributes.at(0).code, support::kMpReach);
}

// The export rule that says whether a route fits decides mostly without encoding it.
RC_GTEST_PROP(Packing, ARouteIsAllowedExactlyWhenItFits, ()) {
  Round round;
  round.use(any_bool() ? ipv4_unicast : ipv6_unicast);
  round.key.kind = any_bool() ? Kind::ebgp : Kind::ibgp;
  round.key.four_octet_as = any_bool();
  round.key.extended_messages = any_bool();
  round.key.extended_next_hop = round.key.family == ipv4_unicast && any_bool();
  auto attributes = wire::testing::any_attributes(false);
  attributes.communities.resize(static_cast<std::size_t>(between(0, 1010)));
  std::vector<Asn> const ases(static_cast<std::size_t>(between(1, 255)), Asn{70000});
  attributes.as_path.segments.assign(static_cast<std::size_t>(between(0, 4)), {AsPathSegment::Kind::sequence, ases});
  auto const path = round.route(any_bool() ? Kind::ibgp : Kind::ebgp, true, attributes);
  wire::ExportEdit edit;
  Buffer octets;
  auto const fits = encode_attributes(round.key, round.rib, path, edit, octets);
  RC_CLASSIFY(fits);
  RC_ASSERT(round.ask(path) == (fits ? "" : "its attributes do not fit in a message (RFC 8654 §4)"));
}

// Around the longest attributes that fit: a message is never longer than 4096 octets, and the last that fits is sent
// with a host route, the longest prefix there is.
TEST_F(Packer, TheLongestAttributesThatFitLeaveRoomForAHostRoute) {
  for (auto const& [family, send] :
       {std::pair(ipv4_unicast, AddPathSend::Mode::one), std::pair(ipv6_unicast, AddPathSend::Mode::one),
        std::pair(ipv4_unicast, AddPathSend::Mode::best), std::pair(ipv6_unicast, AddPathSend::Mode::best)}) {
    use(family);
    key.add_path.mode = send;
    nlri = {{rib.table(family).find_or_insert(family == ipv4_unicast ? "198.51.100.1/32"_pfx : "2001:db8::1/128"_pfx)}};
    std::size_t fitted = 0;
    for (std::size_t size = 3900; size < 4100; ++size) {
      Attributes attributes;
      attributes.unknown = {{0xc0, 99, std::vector<std::uint8_t>(size)}};
      auto const path = route(Kind::ibgp, true, attributes);
      wire::ExportEdit edit;
      Buffer octets;
      if (!encode_attributes(key, rib, path, edit, octets)) continue;
      EXPECT_EQ(fitted == 0 || fitted == size - 1, true) << "what is longer does not fit where the shorter did not";
      fitted = size;
      auto const cuts = announce(path);
      ASSERT_EQ(cuts.size(), 1U);
      EXPECT_EQ(cuts[0].nlri.size(), (family == ipv4_unicast ? 5U : 17U) + (key.add_path.several() ? 4U : 0U));
    }
    EXPECT_GT(fitted, 3950U) << "room is wasted";
    EXPECT_LT(fitted, 4099U);
  }
}

// RFC 7911 §3
TEST_F(Packer, WithAddPathAnIdentifierStandsInFrontOfEachPrefix) {
  key.add_path.mode = AddPathSend::Mode::best;
  for (auto const family : {ipv4_unicast, ipv6_unicast}) {
    use(family);
    nlri.clear();
    fill_slots(2000, [](int) { return 24; });
    support::Bytes expected;
    for (std::size_t n = 0; n < nlri.size(); ++n) {
      nlri[n].path.value = static_cast<std::uint32_t>(n % 64 + 1);
      Buffer prefix;
      wire::encode_nlri(rib.table(family).prefix(nlri[n].slot), prefix);
      expected.insert(expected.end(), {0, 0, 0, static_cast<std::uint8_t>(n % 64 + 1)});
      expected.insert(expected.end(), prefix.begin(), prefix.end());
    }
    for (auto const& cuts : {announce(route(Kind::ibgp, true)), withdraw()}) {
      support::Bytes found;
      for (auto const& one : cuts) {
        if (&one != &cuts.back()) {
          EXPECT_GT(one.size + 8, 4096U) << "there was room for another one";
        }
        found.insert(found.end(), one.nlri.begin(), one.nlri.end());
      }
      EXPECT_EQ(found, expected);
    }
  }
}

// RFC 8654: a message is longer than 4096 octets only where the attributes need it, and never longer than 65,535.
TEST_F(Packer, OnlyAttributesThatNeedItMakeAnExtendedMessage) {
  key.extended_messages = true;
  for (auto const family : {ipv4_unicast, ipv6_unicast}) {
    use(family);
    fill_slots(3000, [](int longest) { return longest; });
    for (auto const& one : announce(route(Kind::ibgp, true))) EXPECT_LE(one.size, 4096U);
    nlri.resize(40);
    std::size_t fitted = 0;
    for (std::size_t size : {4200U, 60000U, 65420U, 65430U, 65440U, 65450U, 65460U, 65470U, 65480U, 65490U, 65500U}) {
      Attributes attributes;
      attributes.unknown = {{0xc0, 99, std::vector<std::uint8_t>(size)}};
      auto const path = route(Kind::ibgp, true, attributes);
      wire::ExportEdit edit;
      Buffer octets;
      if (!encode_attributes(key, rib, path, edit, octets)) continue;
      fitted = size;
      std::size_t counted = 0;
      for (auto const& one : announce(path)) {
        EXPECT_GT(one.size, 4096U);
        EXPECT_LE(one.size, 65535U);
        counted += one.nlri.size() / wire::nlri_size(rib.table(family).prefix(nlri[0].slot));
      }
      EXPECT_EQ(counted, nlri.size());
    }
    EXPECT_GE(fitted, 65420U) << "room is wasted";
    EXPECT_LT(fitted, 65500U);
  }
}

TEST_F(Packer, ANextHopOfThirtyTwoOctetsIsSentWhole) {
  use(ipv6_unicast);
  hop = rib.next_hops.acquire("2001:db8::9"_ip, "fe80::9"_ip);
  fill_slots(1000, [](int longest) { return longest; });
  auto const cuts = announce(route(Kind::local, false));
  expect_form_and_fullness(cuts);
  for (auto const& one : cuts)
    EXPECT_EQ(part(one.attributes.at(0).value, 4, 36),
              support::cat({support::ip("2001:db8::9"), support::ip("fe80::9")}));
}

TEST_F(Packer, NothingToSayIsNoMessage) {
  EXPECT_TRUE(announce(route(Kind::ibgp, true)).empty());
  EXPECT_TRUE(withdraw().empty());
}

TEST_F(Packer, EndOfRibIsReadAsSuchAndWithdrawsNothing) {
  for (auto const family : {ipv4_unicast, ipv6_unicast}) {
    Buffer out;
    pack_end_of_rib(family, out);
    auto const cuts = cut_up(out);
    ASSERT_EQ(cuts.size(), 1U);
    support::AdjRib reader;
    reader.update(cuts[0].body);
    EXPECT_TRUE(reader.end_of_rib(family.afi, family.safi));
    EXPECT_FALSE(reader.end_of_rib(family == ipv4_unicast ? 2 : 1, 1));
    EXPECT_TRUE(cuts[0].nlri.empty());
  }
}

}  // namespace
}  // namespace bgp::egress
