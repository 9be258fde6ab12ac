// A hash index of 32-bit ids whose keys live elsewhere. It is cut into segments by the upper bits of the hash and each
// segment grows alone, by a third, so that an insertion moves a sixtieth of the ids at most. A segment is a row of
// buckets, each a cache line: nine ids, and of each 24 bits of its hash, the tag. The upper ones of these, as many as
// that takes, say in which bucket it belongs, so that neither growing nor erasing looks at a key; by the lower 16 those
// of a bucket are told apart, so that hardly ever a wrong key is looked at. What finds its bucket full goes on to the
// next ones, which the full one counts: where it counts none, a search ends. What went astray stays there when room is
// made, so after many erasures a segment is laid out anew.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/prefetch.h"
#include "rib/page_array.h"

namespace bgp::rib {

class SegmentedIndex {
 public:
  static constexpr unsigned segment_bits = 6;

  /// The id for which `same(id)` holds, among those inserted with `hash`.
  template <class Same>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, Same&& same) const {
    if (segments_.empty()) return std::nullopt;
    auto const& segment = segments_[segment_of(hash)];
    if (segment.used == 0) return std::nullopt;
    auto const place = segment.find(tag_of(hash), same);
    if (!place.bucket) return std::nullopt;
    return place.bucket->ids[place.at];
  }
  /// Has what find() looks at first brought into the cache.
  void prefetch(std::uint64_t hash) const {
    if (segments_.empty()) return;
    auto const& segment = segments_[segment_of(hash)];
    if (segment.used != 0) bgp::prefetch(&segment.buckets[segment.home(tag_of(hash))]);
  }

  void insert(std::uint64_t hash, std::uint32_t id) {
    if (segments_.empty()) segments_.resize(1U << segment_bits);
    auto& segment = segments_[segment_of(hash)];
    auto const capacity = segment.size() * per_bucket;
    if ((segment.used + 1) * fullest_share > capacity * (fullest_share - 1)) {
      segment.lay_out(segment.larger_size());
    } else {
      // Where it is crowded, ids go astray soon again.
      auto const crowded = segment.used > capacity / 5 * 4;
      if (segment.erased > capacity / (crowded ? 8 : 2)) {
        segment.lay_out(crowded ? segment.larger_size() : segment.size());
      }
    }
    segment.place(tag_of(hash), id);
  }

  void erase(std::uint64_t hash, std::uint32_t id) {
    if (segments_.empty()) return;
    auto& segment = segments_[segment_of(hash)];
    if (segment.used != 0) segment.erase(tag_of(hash), id);
  }

  /// How many lines a search for what is not there looks at, on average.
  [[nodiscard]] double lines_of_a_miss() const;
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    std::size_t octets = segments_.capacity() * sizeof(Segment);
    for (auto const& segment : segments_) octets += segment.buckets.memory();
    return octets;
  }

 private:
  using Tag = std::uint32_t;
  static constexpr unsigned tag_bits = 24;
  static constexpr std::uint32_t per_bucket = 9;
  static constexpr std::uint32_t fullest_share = 10;  // a segment is full at nine tenths
  static constexpr unsigned many = 15;

  struct alignas(64) Bucket {
    std::uint8_t used : 4;
    std::uint8_t passed : 4;  // ids that belong here, or before, and stand behind; many: or more, and not counted
    std::array<std::uint8_t, per_bucket> tags_high;
    std::array<std::uint16_t, per_bucket> tags_low;
    std::array<std::uint32_t, per_bucket> ids;

    [[nodiscard]] Tag tag(std::uint32_t at) const { return Tag{tags_high[at]} << 16 | tags_low[at]; }
    void set(std::uint32_t at, Tag tag, std::uint32_t id) {
      tags_high[at] = static_cast<std::uint8_t>(tag >> 16);
      tags_low[at] = static_cast<std::uint16_t>(tag);
      ids[at] = id;
    }
    /// A bit for each id with these lower bits of the tag: all compared at once, not one by one with a branch each.
    [[nodiscard]] std::uint32_t alike(Tag tag) const {
      auto const low = static_cast<std::uint16_t>(tag);
      auto found = static_cast<std::uint32_t>(tags_low[8] == low) << 8;
#ifdef __SSE2__
      auto const eight = _mm_loadu_si128(reinterpret_cast<__m128i const*>(tags_low.data()));
      auto const equal = _mm_cmpeq_epi16(eight, _mm_set1_epi16(static_cast<short>(low)));
      found |= static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
#else
      for (std::uint32_t i = 0; i < 8; ++i) found |= static_cast<std::uint32_t>(tags_low[i] == low) << i;
#endif
      return found & ((1U << used) - 1);
    }
    void count_passed() {
      if (passed != many) passed = (passed + 1U) & many;
    }
    void count_not_passed() {
      if (passed != many) passed = (passed - 1U) & many;
    }
  };
  static_assert(sizeof(Bucket) == 64 && per_bucket == 9);
  struct Place {
    Bucket* bucket = nullptr;  // none: it is not there
    std::uint32_t at = 0;
  };

  struct Segment {
    PageArray<Bucket> buckets;
    std::uint32_t used = 0;    // ids
    std::uint32_t erased = 0;  // since it was laid out

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(buckets.size()); }
    // By less it would be laid out so often that a new route took a tenth longer; by more it would be emptier.
    [[nodiscard]] std::uint32_t larger_size() const { return size() + size() / 3 + 1; }

    // Ascending with the tag, whatever the size.
    [[nodiscard]] std::uint32_t home(Tag tag) const {
      return static_cast<std::uint32_t>(std::uint64_t{tag} * size() >> tag_bits);
    }
    [[nodiscard]] std::uint32_t after(std::uint32_t bucket) const { return bucket + 1 == size() ? 0 : bucket + 1; }

    template <class Same>
    [[nodiscard]] Place find(Tag tag, Same&& same) const {
      auto at = home(tag);
      for (auto left = size(); left > 0; --left, at = after(at)) {
        auto& bucket = buckets[at];
        for (auto left_alike = bucket.alike(tag); left_alike != 0; left_alike &= left_alike - 1) {
          auto const i = static_cast<std::uint32_t>(std::countr_zero(left_alike));
          if (same(bucket.ids[i])) return {&bucket, i};
        }
        if (bucket.passed == 0) break;
      }
      return {};
    }

    void place(Tag tag, std::uint32_t id) {
      auto at = home(tag);
      for (; buckets[at].used == per_bucket; at = after(at)) buckets[at].count_passed();
      auto& bucket = buckets[at];
      bucket.set(bucket.used, tag, id);
      bucket.used = (bucket.used + 1U) & 0xf;
      ++used;
    }

    void erase(Tag tag, std::uint32_t id) {
      auto const place = find(tag, [id](std::uint32_t other) { return other == id; });
      if (place.bucket == nullptr) return;
      auto& bucket = *place.bucket;
      for (auto at = home(tag); &buckets[at] != &bucket; at = after(at)) buckets[at].count_not_passed();
      bucket.used = (bucket.used - 1U) & 0xf;
      bucket.set(place.at, bucket.tag(bucket.used), bucket.ids[bucket.used]);
      --used;
      ++erased;
    }

    void lay_out(std::uint32_t new_size) {
      Segment other;
      other.buckets = PageArray<Bucket>(new_size);
      for (std::uint32_t at = 0; at < size(); ++at) {
        auto const& bucket = buckets[at];
        for (std::uint32_t i = 0; i < bucket.used; ++i) other.place(bucket.tag(i), bucket.ids[i]);
      }
      *this = std::move(other);
    }
  };

  static std::size_t segment_of(std::uint64_t hash) { return hash >> (64 - segment_bits); }
  static Tag tag_of(std::uint64_t hash) { return static_cast<Tag>(hash >> 16) & ((1U << tag_bits) - 1); }

  std::vector<Segment> segments_;  // none until the first is inserted: most families have no route
};

inline double SegmentedIndex::lines_of_a_miss() const {
  std::uint64_t lines = 0, homes = 0;
  for (auto const& segment : segments_) {
    homes += segment.size();
    for (std::uint32_t home = 0; home < segment.size(); ++home) {
      auto at = home;
      for (auto left = segment.size(); left > 0; --left, at = segment.after(at)) {
        ++lines;
        if (segment.buckets[at].passed == 0) break;
      }
    }
  }
  return homes == 0 ? 0 : static_cast<double>(lines) / static_cast<double>(homes);
}

}  // namespace bgp::rib
