// Where the paths of crowded slots are: (slot, peer, path id) -> path. A list of a slot's paths is short for nearly
// every prefix; but one that every node of a cluster announces (a service's range) has thousands, and finding one of
// them, for each of them, must not be quadratic.
#pragma once

#include "base/hash.h"
#include "rib/chunked_array.h"
#include "rib/segmented_index.h"

namespace bgp::rib {

class CrowdIndex {
 public:
  struct Key {
    std::uint32_t slot = 0;
    std::uint32_t peer = 0;
    std::uint32_t path_id = 0;
    friend bool operator==(Key const&, Key const&) = default;
  };

  explicit CrowdIndex(HashKey key) : key_(key) {}

  [[nodiscard]] std::optional<std::uint32_t> find(Key const& key) const {
    auto const entry = locate(key);
    if (!entry) return std::nullopt;
    return entries_[*entry].path;
  }
  void insert(Key const& key, std::uint32_t path) {
    auto const id = entries_.allocate({key, path});
    index_.insert(hash(key), id);
  }
  void erase(Key const& key) {
    auto const entry = locate(key);
    if (!entry) return;
    index_.erase(hash(key), *entry);
    entries_.release(*entry);
  }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return entries_.memory() + index_.memory(); }

 private:
  struct Entry {
    Key key;
    std::uint32_t path = 0;
  };
  [[nodiscard]] std::uint64_t hash(Key const& key) const { return keyed_hash(key_, &key, sizeof key); }
  [[nodiscard]] std::optional<std::uint32_t> locate(Key const& key) const {
    return index_.find(hash(key), [&](std::uint32_t id) { return entries_[id].key == key; });
  }

  HashKey key_;
  Pool<Entry> entries_;
  SegmentedIndex index_;
};

}  // namespace bgp::rib
