#include "engine/ranges.h"

namespace bgp::engine {

Result<void> Ranges::add(RangeConfig config) {
  auto const prefix = config.prefix;
  if (!ranges_.try_emplace(prefix, Range{std::move(config)}).second) {
    return Error{"range " + prefix.text() + " exists already: remove one of the two"};
  }
  return {};
}

Ranges::Range* Ranges::find(IpAddress const& source) {
  Range* longest = nullptr;
  for (auto& [prefix, range] : ranges_) {
    if (!prefix.covers(Prefix(source, 128))) continue;
    if (longest == nullptr || prefix.length() > longest->config.prefix.length()) longest = &range;
  }
  return longest;
}

Ranges::Range* Ranges::find_exactly(Prefix const& prefix) {
  auto const known = ranges_.find(prefix);
  return known == ranges_.end() ? nullptr : &known->second;
}

std::vector<PeerId> Ranges::neighbours_of(Range const& range) const {
  std::vector<PeerId> out;
  for (auto const& [id, own] : range_of_) {
    if (own == &range) out.push_back(id);
  }
  return out;
}

Ranges::Range const* Ranges::range_of(PeerId id) const {
  auto const known = range_of_.find(id);
  return known == range_of_.end() ? nullptr : known->second;
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
