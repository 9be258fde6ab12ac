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
  /// Null when there is none of this prefix.
  [[nodiscard]] Range* of(Prefix const& prefix);
  /// Its neighbours, for remove() wants them gone.
  [[nodiscard]] std::vector<PeerId> members(Range const& range) const;
  void remove(Prefix const& prefix) { ranges_.erase(prefix); }
  /// The one with the longest prefix; null when `source` falls into none.
  [[nodiscard]] Range* find(IpAddress const& source);
  [[nodiscard]] std::map<Prefix, Range> const& all() const { return ranges_; }

  void joined(PeerId id, Range& range);
  /// Nothing happens for one that no range has made.
  void left(PeerId id);

 private:
  std::map<Prefix, Range> ranges_;
  std::map<PeerId, Range*> range_of_;
};

}  // namespace bgp::engine
