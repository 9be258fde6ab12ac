// Endless change of a table by one sender, and the state that everyone must have heard in the end. Some routes get a
// new MED (the tag by which a receiver's lag is known), some are withdrawn, and others come that were never there or
// were withdrawn before, so that a daemon which numbers its prefixes reuses numbers. Pure but for the clock in
// sent_at().
#pragma once
#include <cstdint>
#include <vector>

#include "kit/clock.h"
#include "kit/received.h"
#include "kit/table.h"

namespace bench {

class Churn {
 public:
  // Everything but the table's spare groups counts as announced.
  Churn(Table const& table, std::uint64_t seed);

  // `changes` further changes as UPDATEs, stamped with `time`.
  Bytes next(std::uint32_t changes, Nanos time);

  [[nodiscard]] std::uint32_t tag(std::uint32_t slot) const { return tags_[slot]; }  // Received's notation
  [[nodiscard]] std::uint32_t present() const { return static_cast<std::uint32_t>(present_.size()); }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  // When the route with this tag was announced; 0 for a tag of the table itself.
  [[nodiscard]] Nanos sent_at(std::uint32_t tag) const;
  [[nodiscard]] bool matches(Received const& received) const;

 private:
  void announce(Bytes& out, std::uint32_t slot, Nanos time);
  void withdraw(Bytes& out);
  void bring_back(Bytes& out, Nanos time);

  Table const& table_;
  Random random_;
  std::vector<std::uint32_t> tags_;     // by slot
  std::vector<std::uint32_t> present_;  // slots
  std::vector<std::uint32_t> absent_;   // slots
  std::vector<Nanos> sent_at_;          // by tag
  std::uint64_t changes_ = 0;
};

// One route of the table with `tag` for its MED.
Bytes tagged_route(Table const& table, std::uint32_t slot, std::uint32_t tag);
constexpr std::uint32_t kFirstTag = 1'000'000;  // above every MED of a table

}  // namespace bench
