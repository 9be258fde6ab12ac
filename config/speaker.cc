#include "config/speaker.h"

#include <algorithm>

#include "config/document.h"
#include "config/kernel_keys.h"
#include "config/neighbors.h"
#include "config/node_keys.h"

namespace tern::config {

namespace {

constexpr char start_with[] = "node: NAME, address: ADDRESS/LENGTH and router: {as: ...}";

struct Draft : DaemonDraft, NodeDraft {
  explicit Draft(SpeakerFile& out) : DaemonDraft(out), file(out) {}

  SpeakerFile& file;
  Places router;  // the keys within `router`
  Place router_at;
};

void read_router(Value const& value, Draft& draft) {
  using C = bgp::SpeakerConfig;
  static std::vector<Key<C>> const shared = router_keys(false);
  static auto const keys = with_shared(
      std::vector<Key<C>>{{"multipath", [](Value const& v, C& c) { c.multipath = v.number(1, 256).value_or(16); }}},
      std::span(shared));
  draft.router = read_map(value, keys, draft.file.speaker);
  draft.router_at = value.at();
}

std::vector<Key<Draft>> const& root_keys() {
  static std::vector<Key<Draft>> const keys = [] {
    std::vector<Key<Draft>> own = {
        {"router", read_router, true},
        {"kernel", [](Value const& v, Draft& d) { read_kernel(v, d.file.kernel); }},
        {"tunnels", [](Value const& v, Draft& d) { read_tunnels(v, d.file.tunnels); }},
    };
    return with_shared(with_shared(std::move(own), node_keys()), daemon_keys());
  }();
  return keys;
}

/// The node's IPv4 address, where the file says nothing (RFC 4271 §4.2: one of the speaker's addresses).
void default_router_id(Draft& draft, Problems& problems) {
  if (draft.router.contains("id") || draft.router_at.line == 0) return;
  auto const own = address_of(draft.node, true);
  if (!own.is_unset()) {
    draft.file.speaker.router_id = own;
  } else if (draft.addresses_good) {
    problems.add({draft.router_at.line, "router.id"}, "missing, and the node has no IPv4 address to take it from",
                 "add one like 192.0.2.1, which no other router has");
  }
}

bool takes_ipv6_next_hops(DaemonConfig const& config) {
  return std::any_of(config.neighbors.begin(), config.neighbors.end(),
                     [](auto const& p) { return p.extended_next_hop; }) ||
         std::any_of(config.ranges.begin(), config.ranges.end(),
                     [](auto const& r) { return r.peer.extended_next_hop; });
}

void read_root(Value const& root, Draft& draft) {
  set_defaults(draft, read_map(root, root_keys(), draft));
  default_router_id(draft, root.problems());
  NeighborRules rules;
  rules.exports_by_default = true;
  for (auto const& own : draft.node.addresses) {
    rules.own.push_back(own.address);
    if (own.length < own.address.size() * 8) rules.on_subnets.push_back(own.address);
  }
  read_neighbors(draft, rules);
  check_node(draft, takes_ipv6_next_hops(draft.file), root.problems());
}

}  // namespace

SpeakerResult parse_speaker(std::string_view yaml) {
  SpeakerFile file;
  Draft draft(file);
  auto problems = read_document(yaml, start_with, [&](Value const& root) { read_root(root, draft); });
  if (!problems.empty()) return problems;
  file.node = std::move(draft.node);
  file.warnings.insert(file.warnings.end(), draft.warnings.begin(), draft.warnings.end());
  std::stable_sort(file.warnings.begin(), file.warnings.end(),
                   [](Problem const& a, Problem const& b) { return a.at.line < b.at.line; });
  return file;
}

SpeakerResult load_speaker(std::string const& path) {
  auto const text = text_of_file(path);
  if (!text.ok()) return text.error();
  return parse_speaker(*text);
}

}  // namespace tern::config
