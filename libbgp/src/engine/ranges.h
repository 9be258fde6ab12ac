// The ranges that dynamic neighbours come from: which one a source falls into, and how many of its neighbours there
// are. The engine's executor only.
#pragma once

#include <map>

#include "bgp/speaker.h"
#include "session/time.h"

namespace bgp::engine {

class Ranges {
 public:
  struct Range {
    RangeConfig config;
    std::size_t used = 0;
    // What is said of those that are refused.
    std::size_t refused = 0;
    session::Time next_word{};
  };

  /// Error: there is a range of this prefix already.
  Result<void> add(RangeConfig config);
  /// When none of its neighbours is left.
  void remove(Prefix const& prefix) { ranges_.erase(prefix); }
  /// The one with the longest prefix; null when `source` falls into none.
  [[nodiscard]] Range* find(IpAddress const& source);
  /// Null when there is none of this prefix.
  [[nodiscard]] Range* find_exactly(Prefix const& prefix);
  [[nodiscard]] std::vector<PeerId> neighbours_of(Range const& range) const;
  /// The one that made a neighbour; null for others.
  [[nodiscard]] Range const* range_of(PeerId id) const;
  [[nodiscard]] std::map<Prefix, Range> const& all() const { return ranges_; }

  void joined(PeerId id, Range& range);
  /// Nothing happens for one that no range has made.
  void left(PeerId id);

 private:
  std::map<Prefix, Range> ranges_;
  std::map<PeerId, Range*> range_of_;
};

}  // namespace bgp::engine
