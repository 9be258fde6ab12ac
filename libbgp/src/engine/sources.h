// What is remembered of the sources of dynamic neighbours, which are themselves forgotten when their session ends: the
// faults in a row, so that damping goes on (RFC 4271 §8.1.1, IdleHoldTime), and how many lines were logged of each.
// Both bounded: where more sources than that misbehave at once, those forgotten first get off lightly. Pure; the
// engine's executor only.
#pragma once

#include <map>
#include <set>

#include "bgp/types.h"
#include "session/time.h"

namespace bgp::engine {

/// An address, and the scope id of a link-local one.
using Source = std::pair<IpAddress, std::uint32_t>;

class Sources {
 public:
  static constexpr std::size_t most = 4096;
  static constexpr auto memory = std::chrono::minutes(5);  ///< for the faults of one that stays away
  static constexpr auto window = std::chrono::minutes(1);
  static constexpr unsigned lines_each = 20;         ///< in a window
  static constexpr unsigned lines_of_others = 1000;  ///< of all sources that are not among the first `most` of a window

  /// A neighbour is gone that had this many faults in a row; its next connection is refused before `held_until`.
  void note(Source const& source, unsigned faults, session::Time held_until, session::Time now);
  /// Nobody within `range` is held off any more.
  void release(Prefix const& range);
  [[nodiscard]] unsigned faults(Source const& source) const;
  [[nodiscard]] bool held(Source const& source, session::Time now) const;

  enum class Word { say, say_last, keep };
  /// May a line be logged about this source?
  [[nodiscard]] Word ask(Source const& source, session::Time now);

  [[nodiscard]] std::size_t size() const { return records_.size(); }

 private:
  struct Record {
    unsigned faults;
    session::Time held_until;
    session::Time forget_at;
  };
  void forget(Source const& source);

  std::map<Source, Record> records_;
  std::set<std::pair<session::Time, Source>> by_end_;
  std::map<Source, unsigned> lines_;
  unsigned other_lines_ = 0;
  session::Time window_ends_{};
};

}  // namespace bgp::engine
