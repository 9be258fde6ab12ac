// The vacant slots of a table in the order in which they were emptied, each with the batch that emptied it. A neighbour
// that goes empties one after the other: those in a row are one entry.
#pragma once

#include <cstdint>
#include <deque>

#include "rib/table.h"

namespace bgp::rib {

class VacantSlots {
 public:
  struct Vacant {
    SlotId slot;
    std::uint64_t batch;
  };

  void push_back(Vacant vacant) {
    ++size_;
    if (!rows_.empty() && rows_.back().batch == vacant.batch && rows_.back().end == vacant.slot.value) {
      ++rows_.back().end;
    } else {
      rows_.push_back({vacant.slot.value, vacant.slot.value + 1, vacant.batch});
    }
  }
  [[nodiscard]] Vacant front() const { return {SlotId{rows_.front().begin}, rows_.front().batch}; }
  void pop_front() {
    --size_;
    if (++rows_.front().begin == rows_.front().end) rows_.pop_front();
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Octets.
  [[nodiscard]] std::size_t memory() const { return rows_.size() * sizeof(Row); }

  /// Calls `each(vacant)` for the first `count`.
  template <class Each>
  void for_first(std::size_t count, Each&& each) const {
    for (auto const& row : rows_) {
      for (auto slot = row.begin; slot != row.end; ++slot) {
        if (count-- == 0) return;
        each(Vacant{SlotId{slot}, row.batch});
      }
    }
  }

 private:
  struct Row {
    std::uint32_t begin, end;  // slots
    std::uint64_t batch;
  };
  std::deque<Row> rows_;
  std::size_t size_ = 0;
};

}  // namespace bgp::rib
