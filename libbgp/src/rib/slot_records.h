// The slots of a table. What is asked of a slot stands together in a record, so that it is one visit to memory: its
// first path, flags and, where all keys of the family have one size, the key: 12 octets for IPv4, 24 for IPv6. Ids are
// reused, the last freed first; a record never moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "rib/reserved_array.h"

namespace bgp::rib {

class SlotRecords {
 public:
  struct Slot {
    std::uint32_t first = 0;
    std::uint16_t peers = 0;  ///< a bit for each that has a path here, or had since the slot was empty
    std::uint8_t flags = 0;
    // The key begins in what would be padding: to write a slot as a whole would write over it.
    Slot& operator=(Slot const&) = delete;
  };

  /// `key_size` in octets.
  explicit SlotRecords(std::size_t key_size) : size_((key_at + key_size + step - 1) / step * step) {}

  [[nodiscard]] Slot& operator[](std::uint32_t id) { return *std::launder(reinterpret_cast<Slot*>(record(id))); }
  [[nodiscard]] Slot const& operator[](std::uint32_t id) const {
    return *std::launder(reinterpret_cast<Slot const*>(record(id)));
  }
  [[nodiscard]] std::uint8_t* key(std::uint32_t id) { return record(id) + key_at; }
  [[nodiscard]] std::uint8_t const* key(std::uint32_t id) const { return record(id) + key_at; }

  /// The key is to be written after this. Throws std::bad_alloc, at a thousand million slots for one.
  std::uint32_t allocate(std::uint8_t flags) {
    auto id = extent_;
    if (free_.empty()) {
      if (!octets_.grow_to(size_ * (std::size_t{extent_} + 1))) throw std::bad_alloc();
      ++extent_;
    } else {
      id = free_.back();
      free_.pop_back();
    }
    new (record(id)) Slot{.flags = flags};
    return id;
  }
  void release(std::uint32_t id) { free_.push_back(id); }

  /// One past the highest id ever given.
  [[nodiscard]] std::uint32_t extent() const { return extent_; }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return octets_.memory() + free_.capacity() * sizeof(free_[0]); }

 private:
  static constexpr std::size_t key_at = offsetof(Slot, flags) + 1;
  static constexpr std::size_t step = alignof(Slot);

  [[nodiscard]] std::uint8_t* record(std::uint32_t id) const { return &octets_[id * size_]; }

  static constexpr std::size_t most = std::size_t{1} << 30;

  std::size_t size_;
  ReservedArray<std::uint8_t> octets_{most * size_};  // arrays of octets are what objects may begin to live in
  std::vector<std::uint32_t> free_;
  std::uint32_t extent_ = 0;
};

}  // namespace bgp::rib
