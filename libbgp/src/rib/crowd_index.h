// Where the paths of crowded slots are: (slot, peer, path id) -> path. A list of a slot's paths is short for nearly
// every prefix; but a reflector with many full feeds has as many of each, and one that every node of a cluster
// announces (a service's range) has thousands. To find one of them must not be a walk from one to the next.
#pragma once

#include "base/hash.h"
#include "rib/segmented_index.h"
#include "rib/sparse_column.h"

namespace bgp::rib {

class CrowdIndex {
 public:
  struct Key {
    std::uint32_t slot = 0;
    std::uint32_t peer = 0;
    std::uint32_t path_id = 0;
  };

  explicit CrowdIndex(HashKey key) : key_(key) {}

  /// The path of this key. `same(path)`: it has the key's peer and path id.
  template <class Same>
  [[nodiscard]] std::optional<std::uint32_t> find(Key const& key, Same&& same) const {
    return index_.find(hash(key), [&](std::uint32_t path) { return slots_.get(path) == key.slot && same(path); });
  }
  /// Has what find() looks at first brought into the cache.
  void prefetch(Key const& key) const { index_.prefetch(hash(key)); }
  void insert(Key const& key, std::uint32_t path) {
    slots_.set(path, key.slot);
    index_.insert(hash(key), path);
  }
  void erase(Key const& key, std::uint32_t path) { index_.erase(hash(key), path); }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t memory() const { return slots_.memory() + index_.memory(); }

 private:
  [[nodiscard]] std::uint64_t hash(Key const& key) const { return keyed_hash(key_, &key, sizeof key); }

  HashKey key_;
  SegmentedIndex index_;
  // A path does not say of which slot it is. Here the paths in the index do, and others may say what was true once.
  SparseColumn<std::uint32_t, 6> slots_;
};

}  // namespace bgp::rib
