// Places that are named by 32-bit ids and never move. Ids are reused, the last freed first.
#pragma once

#include <cstdint>
#include <vector>

#include "rib/reserved_array.h"

namespace bgp::rib {

template <class T>
class Pool {
 public:
  /// For up to `most`: as much address space is reserved (ReservedArray).
  explicit Pool(std::size_t most) : items_(most) {}

  /// Throws std::bad_alloc.
  std::uint32_t allocate(T const& value) {
    auto id = extent_;
    if (free_.empty()) {
      if (!items_.grow_to(std::size_t{extent_} + 1)) throw std::bad_alloc();
      ++extent_;
    } else {
      id = free_.back();
      free_.pop_back();
    }
    items_[id] = value;
    ++used_;
    return id;
  }
  void release(std::uint32_t id) {
    items_[id] = T{};
    free_.push_back(id);
    --used_;
  }
  T& operator[](std::uint32_t id) { return items_[id]; }
  T const& operator[](std::uint32_t id) const { return items_[id]; }
  /// One past the highest id ever given.
  [[nodiscard]] std::uint32_t extent() const { return extent_; }
  [[nodiscard]] std::uint32_t used() const { return used_; }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return items_.memory() + free_.capacity() * sizeof(free_[0]); }

 private:
  ReservedArray<T> items_;
  std::vector<std::uint32_t> free_;
  std::uint32_t extent_ = 0;
  std::uint32_t used_ = 0;
};

}  // namespace bgp::rib
