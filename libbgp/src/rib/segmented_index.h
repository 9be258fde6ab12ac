// A hash index of 32-bit ids whose keys live elsewhere. It is cut into segments by the upper bits of the hash and each
// segment grows alone, by a fifth, so that an insertion moves a sixtieth of the ids at most. A segment is a row of
// buckets, each a cache line: ten ids, and of each 16 bits of its hash. These also say in which bucket it belongs, so
// that neither growing nor erasing looks at a key. What finds its bucket full goes on to the next ones, which the
// full one counts: where it counts none, a search ends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

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
    if ((segment.used + 1) * fullest_share > segment.size() * per_bucket * (fullest_share - 1)) segment.grow();
    segment.place(tag_of(hash), id);
  }

  void erase(std::uint64_t hash, std::uint32_t id) {
    if (segments_.empty()) return;
    auto& segment = segments_[segment_of(hash)];
    if (segment.used != 0) segment.erase(tag_of(hash), id);
  }

  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const {
    std::size_t octets = segments_.capacity() * sizeof(Segment);
    for (auto const& segment : segments_) octets += segment.buckets.memory();
    return octets;
  }

 private:
  static constexpr std::uint32_t per_bucket = 10;
  static constexpr std::uint32_t fullest_share = 6;  // a segment is full at five sixths

  struct alignas(64) Bucket {
    std::uint32_t used : 4;
    std::uint32_t passed : 28;  // ids that belong here, or before, and stand behind
    std::array<std::uint16_t, per_bucket> tags;
    std::array<std::uint32_t, per_bucket> ids;
  };
  struct Place {
    Bucket* bucket = nullptr;  // none: it is not there
    std::uint32_t at = 0;
  };

  struct Segment {
    PageArray<Bucket> buckets;
    std::uint32_t used = 0;  // ids

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(buckets.size()); }

    // Ascending with the tag, whatever the size.
    [[nodiscard]] std::uint32_t home(std::uint16_t tag) const {
      return static_cast<std::uint32_t>(std::uint64_t{tag} * size() >> 16);
    }
    [[nodiscard]] std::uint32_t after(std::uint32_t bucket) const { return bucket + 1 == size() ? 0 : bucket + 1; }

    template <class Same>
    [[nodiscard]] Place find(std::uint16_t tag, Same&& same) const {
      auto at = home(tag);
      for (auto left = size(); left > 0; --left, at = after(at)) {
        auto& bucket = buckets[at];
        for (std::uint32_t i = 0; i < bucket.used; ++i) {
          if (bucket.tags[i] == tag && same(bucket.ids[i])) return {&bucket, i};
        }
        if (bucket.passed == 0) break;
      }
      return {};
    }

    void place(std::uint16_t tag, std::uint32_t id) {
      auto at = home(tag);
      for (; buckets[at].used == per_bucket; at = after(at)) ++buckets[at].passed;
      auto& bucket = buckets[at];
      bucket.tags[bucket.used] = tag;
      bucket.ids[bucket.used] = id;
      ++bucket.used;
      ++used;
    }

    void erase(std::uint16_t tag, std::uint32_t id) {
      auto const place = find(tag, [id](std::uint32_t other) { return other == id; });
      if (place.bucket == nullptr) return;
      auto& bucket = *place.bucket;
      for (auto at = home(tag); &buckets[at] != &bucket; at = after(at)) --buckets[at].passed;
      --bucket.used;
      bucket.tags[place.at] = bucket.tags[bucket.used];
      bucket.ids[place.at] = bucket.ids[bucket.used];
      --used;
    }

    void grow() {
      Segment larger;
      larger.buckets = PageArray<Bucket>(size() + size() / 5 + 1);
      for (std::uint32_t at = 0; at < size(); ++at) {
        auto const& bucket = buckets[at];
        for (std::uint32_t i = 0; i < bucket.used; ++i) larger.place(bucket.tags[i], bucket.ids[i]);
      }
      *this = std::move(larger);
    }
  };

  static std::size_t segment_of(std::uint64_t hash) { return hash >> (64 - segment_bits); }
  static std::uint16_t tag_of(std::uint64_t hash) { return static_cast<std::uint16_t>(hash >> 16); }

  std::vector<Segment> segments_;  // none until the first is inserted: most families have no route
};

}  // namespace bgp::rib
