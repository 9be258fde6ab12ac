// What no neighbour can put into a node's kernel.
#include "speaker/agent/admission.h"

#include <gtest/gtest.h>

namespace tern::speaker {
namespace {

using namespace bgp::literals;

std::string why(bgp::Prefix const& prefix) {
  config::Node node;
  node.addresses = {{"10.0.0.1"_ip, 24}, {"fd00::1"_ip, 64}};
  node.pod_cidrs = {"10.244.1.0/26"_pfx, "fd00:244:1::/64"_pfx};
  return why_refused(prefix, node);
}

TEST(Admission, RefusesAddressesThatNobodyRoutes) {
  for (auto const& prefix :
       {"127.0.0.0/8"_pfx, "127.5.0.0/16"_pfx, "169.254.169.254/32"_pfx, "224.0.0.0/4"_pfx, "239.1.0.0/16"_pfx,
        "240.0.0.0/4"_pfx, "255.255.255.255/32"_pfx, "::1/128"_pfx, "fe80::/64"_pfx, "ff02::/16"_pfx}) {
    EXPECT_NE(why(prefix), "") << prefix.text();
  }
  EXPECT_EQ(why("127.5.0.0/16"_pfx), "these addresses are loopback");
}

TEST(Admission, RefusesTheNodesOwnAddressesAndPartsOfItsBlocks) {
  EXPECT_EQ(why("10.0.0.1/32"_pfx), "it is this node's own address");
  EXPECT_EQ(why("fd00::1/128"_pfx), "it is this node's own address");
  EXPECT_EQ(why("10.244.1.0/26"_pfx), "it is this node's own block");
  EXPECT_EQ(why("10.244.1.0/27"_pfx), "it is a part of this node's own block 10.244.1.0/26");
}

TEST(Admission, TakesDefaultsBlocksOfOthersAndPodsThatMoved) {
  for (auto const& prefix : {"0.0.0.0/0"_pfx, "0.0.0.0/32"_pfx, "::/0"_pfx, "10.244.2.0/26"_pfx, "10.244.0.0/16"_pfx,
                             "10.244.1.7/32"_pfx, "10.0.0.0/24"_pfx, "128.0.0.0/1"_pfx}) {
    EXPECT_EQ(why(prefix), "") << prefix.text();
  }
}

}  // namespace
}  // namespace tern::speaker
