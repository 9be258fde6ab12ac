#include "speaker/agent/admission.h"

#include <algorithm>

namespace tern::speaker {

namespace {

using namespace bgp::literals;

struct Special {
  bgp::Prefix prefix;
  char const* what;
};

// Not 0.0.0.0/8: Linux forwards there as anywhere, and real tables hold such routes.
std::vector<Special> const& special() {
  static std::vector<Special> const all = {
      {"127.0.0.0/8"_pfx, "loopback"}, {"169.254.0.0/16"_pfx, "link-local"}, {"224.0.0.0/4"_pfx, "multicast"},
      {"240.0.0.0/4"_pfx, "reserved"}, {"::/128"_pfx, "unspecified"},        {"::1/128"_pfx, "loopback"},
      {"fe80::/10"_pfx, "link-local"}, {"ff00::/8"_pfx, "multicast"},
  };
  return all;
}

}  // namespace

std::string why_refused(bgp::Prefix const& prefix, config::Node const& node) {
  for (auto const& [within, what] : special()) {
    if (within.covers(prefix)) return std::string("these addresses are ") + what;
  }
  auto const single = prefix.length() == prefix.address().size() * 8;
  for (auto const& own : node.addresses) {
    if (single && prefix.address() == own.address) return "it is this node's own address";
  }
  if (is_own_block(prefix, node)) return "it is this node's own block";
  for (auto const& block : node.pod_cidrs) {
    if (block.covers(prefix) && !single) return "it is a part of this node's own block " + block.text();
  }
  return "";
}

bool is_own_block(bgp::Prefix const& prefix, config::Node const& node) {
  return std::ranges::find(node.pod_cidrs, prefix) != node.pod_cidrs.end();
}

}  // namespace tern::speaker
