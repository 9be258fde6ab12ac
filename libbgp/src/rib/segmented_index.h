// A hash index of 32-bit ids whose keys live elsewhere. It is cut into segments by the upper bits of the hash and each
// segment grows alone, so that no insertion rehashes more than a few thousand ids. Open addressing, linear probing,
// deletion by shifting back; one octet of the hash beside each id spares most visits to the keys.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "rib/heap_size.h"

namespace bgp::rib {

class SegmentedIndex {
 public:
  static constexpr unsigned segment_bits = 10;

  /// The id for which `same(id)` holds, among those inserted with `hash`.
  template <class Same>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, Same&& same) const {
    if (segments_.empty()) return std::nullopt;
    auto const& segment = segments_[hash >> (64 - segment_bits)];
    if (segment.used == 0) return std::nullopt;
    auto const mask = segment.capacity - 1;
    for (auto at = home(hash) & mask; segment.tags[at] != 0; at = (at + 1) & mask) {
      if (segment.tags[at] == tag(hash) && same(segment.ids[at])) return segment.ids[at];
    }
    return std::nullopt;
  }

  /// `hash_of(id)` gives the hash again, for the ids that move when the segment grows.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t id, HashOf&& hash_of) {
    if (segments_.empty()) segments_.resize(1U << segment_bits);
    auto& segment = segments_[hash >> (64 - segment_bits)];
    if ((segment.used + 1) * 4 > segment.capacity * 3) grow(segment, hash_of);
    place(segment, hash, id);
  }

  template <class HashOf>
  void erase(std::uint64_t hash, std::uint32_t id, HashOf&& hash_of) {
    if (segments_.empty()) return;
    auto& segment = segments_[hash >> (64 - segment_bits)];
    if (segment.used == 0) return;
    auto const mask = segment.capacity - 1;
    auto hole = home(hash) & mask;
    while (segment.tags[hole] != 0 && segment.ids[hole] != id) hole = (hole + 1) & mask;
    if (segment.tags[hole] == 0) return;
    // Knuth's algorithm R: pull back whatever may not stay behind a hole.
    for (auto at = (hole + 1) & mask; segment.tags[at] != 0; at = (at + 1) & mask) {
      auto const wanted = home(hash_of(segment.ids[at])) & mask;
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
      segment.ids[hole] = segment.ids[at];
      segment.tags[hole] = segment.tags[at];
      hole = at;
    }
    segment.tags[hole] = 0;
    --segment.used;
  }

  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    std::size_t octets = segments_.capacity() * sizeof(Segment);
    for (auto const& segment : segments_) {
      octets += heap_size(segment.capacity * sizeof(std::uint32_t)) + heap_size(segment.capacity);
    }
    return octets;
  }

 private:
  struct Segment {
    std::unique_ptr<std::uint32_t[]> ids;
    std::unique_ptr<std::uint8_t[]> tags;  // 0: free
    std::uint32_t capacity = 0;            // a power of two
    std::uint32_t used = 0;
  };

  static std::uint32_t home(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 8); }
  static std::uint8_t tag(std::uint64_t hash) { return static_cast<std::uint8_t>(hash | 1); }

  static void place(Segment& segment, std::uint64_t hash, std::uint32_t id) {
    auto const mask = segment.capacity - 1;
    auto at = home(hash) & mask;
    while (segment.tags[at] != 0) at = (at + 1) & mask;
    segment.ids[at] = id;
    segment.tags[at] = tag(hash);
    ++segment.used;
  }

  template <class HashOf>
  static void grow(Segment& segment, HashOf& hash_of) {
    Segment larger;
    larger.capacity = segment.capacity == 0 ? 8 : segment.capacity * 2;
    larger.ids = std::make_unique<std::uint32_t[]>(larger.capacity);
    larger.tags = std::make_unique<std::uint8_t[]>(larger.capacity);
    for (std::uint32_t at = 0; at < segment.capacity; ++at) {
      if (segment.tags[at] != 0) place(larger, hash_of(segment.ids[at]), segment.ids[at]);
    }
    segment = std::move(larger);
  }

  std::vector<Segment> segments_;  // none until the first is inserted: most families have no route
};

}  // namespace bgp::rib
