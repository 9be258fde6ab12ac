#include "engine/ranges.h"

#include <algorithm>

namespace bgp::engine {

Result<void> Ranges::add(RangeConfig config) {
  auto const same = [&](Range const& range) { return range.config.prefix == config.prefix; };
  if (std::ranges::any_of(ranges_, same)) {
    return Error{"range " + config.prefix.text() + " exists already: remove one of the two"};
  }
  ranges_.push_back({std::move(config)});
  return {};
}

Ranges::Range* Ranges::find(IpAddress const& source) {
  Range* longest = nullptr;
  for (auto& range : ranges_) {
    auto const& prefix = range.config.prefix;
    if (!prefix.covers(Prefix(source, 128))) continue;
    if (longest == nullptr || prefix.length() > longest->config.prefix.length()) longest = &range;
  }
  return longest;
}

void Ranges::joined(PeerId id, Range& range) {
  ++range.used;
  range_of_[id] = &range;
}

void Ranges::left(PeerId id) {
  auto const range = range_of_.find(id);
  if (range == range_of_.end()) return;
  --range->second->used;
  range_of_.erase(range);
}

}  // namespace bgp::engine
