#include "egress/route_targets.h"

#include <gtest/gtest.h>

#include "bgp/attributes.h"
#include "wire/attributes.h"

namespace bgp::egress {
namespace {

Buffer set_of(std::vector<ExtendedCommunity> const& communities) {
  Attributes attributes;
  attributes.extended_communities = communities;
  Buffer out;
  wire::encode_canonical(attributes, out);
  return out;
}

constexpr ExtendedCommunity rt_100{0, 2, 0xfd, 0xe8, 0, 0, 0, 100}, rt_200{0, 2, 0xfd, 0xe8, 0, 0, 0, 200};
constexpr ExtendedCommunity origin_100{0, 3, 0xfd, 0xe8, 0, 0, 0, 100};
constexpr ExtendedCommunity of_address{1, 2, 192, 0, 2, 1, 0, 7};
constexpr ExtendedCommunity of_wide_as{2, 2, 0, 1, 0, 0, 0, 7};
constexpr ExtendedCommunity es_import{6, 2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 4};  // RFC 7432 §7.6

// A membership of AS 65001 in the first `bits` of a target.
RouteTargets membership(ExtendedCommunity const& target, unsigned bits = 64) {
  Buffer key{static_cast<std::uint8_t>(32 + bits), 0, 0, 0xfd, 0xe9};
  for (unsigned i = 0; i < (bits + 7) / 8; ++i) key.push_back(target[i]);
  RouteTargets out;
  out.insert(key);
  return out;
}

TEST(RouteTargets, OneOfTheRoutesIsEnough) {
  EXPECT_TRUE(membership(rt_100).wants(set_of({rt_100})));
  EXPECT_TRUE(membership(rt_100).wants(set_of({origin_100, rt_200, rt_100})));
  EXPECT_FALSE(membership(rt_100).wants(set_of({rt_200})));
  EXPECT_FALSE(membership(rt_100).wants(set_of({})));
  EXPECT_FALSE(RouteTargets().wants(set_of({rt_100})));
}

TEST(RouteTargets, OfAllForms) {
  for (auto const& target : {of_address, of_wide_as, es_import}) {
    EXPECT_TRUE(membership(target).wants(set_of({target})));
    EXPECT_FALSE(membership(target).wants(set_of({rt_100})));
  }
  EXPECT_FALSE(membership(origin_100).wants(set_of({origin_100}))) << "a site of origin is no target";
}

TEST(RouteTargets, ThoseThatBeginLikeIt) {
  EXPECT_TRUE(membership(rt_100, 32).wants(set_of({rt_200})));
  EXPECT_FALSE(membership(rt_100, 32).wants(set_of({of_address})));
  EXPECT_TRUE(membership(rt_100, 57).wants(set_of({rt_100})))
      << "0x64 and 0xc8 differ in the first bit of the last octet";
  EXPECT_FALSE(membership(rt_100, 57).wants(set_of({rt_200})));
  EXPECT_TRUE(membership(rt_100, 56).wants(set_of({rt_200})));
}

TEST(RouteTargets, AllOfThem) {
  RouteTargets default_membership;
  default_membership.insert(Buffer{0});
  EXPECT_TRUE(default_membership.wants(set_of({})));
  EXPECT_TRUE(membership(rt_100, 0).wants(set_of({}))) << "an origin AS alone";
}

}  // namespace
}  // namespace bgp::egress
