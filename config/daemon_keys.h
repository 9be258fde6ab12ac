// The keys that the files of all daemons have: router, listen, api, log. Filters, groups, ranges and neighbours are
// kept for neighbors.h, for they can only be read once the rest is known, in whatever order the file has them.
#pragma once

#include <span>
#include <vector>

#include "config/daemon.h"
#include "config/value.h"

namespace tern::config {

/// A daemon's file while it is read.
struct DaemonDraft {
  explicit DaemonDraft(DaemonConfig& out) : config(out) {}

  DaemonConfig& config;
  bool listens = true;
  std::vector<Value> prefix_lists, filters, groups, ranges, neighbors;  ///< none or one of each
};

/// listen, api, log, prefixLists, filters, groups, ranges, neighbors. What the config holds for the socket is the
/// default.
[[nodiscard]] std::span<Key<DaemonDraft> const> daemon_keys();

/// What the key `router` holds.
[[nodiscard]] std::vector<Key<bgp::SpeakerConfig>> router_keys(bool id_required);

/// What holds when the file says nothing about it. `places`: of the keys that it has.
void set_defaults(DaemonDraft& draft, Places const& places);

}  // namespace tern::config
