// Interned attribute sets: canonical octets plus a next hop, once each, with what the decision asks of them decoded
// once. Of families whose NLRI hold more than the route's key (a label), that is a part of the set, too.
// An UPDATE whose attributes are known (their octets are the canonical ones, found valid before in the same
// decoding context) is looked up and not parsed again. A set lives while somebody holds a reference.
#pragma once

#include <new>
#include <optional>

#include "base/hash.h"
#include "rib/block_store.h"
#include "rib/next_hops.h"
#include "rib/segmented_index.h"
#include "wire/update.h"

namespace bgp::rib {

/// An interned set; 0 is none.
struct AttrId {
  std::uint32_t value = 0;
  explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(AttrId, AttrId) = default;
};

/// One block of memory: this, its canonical octets and its NLRI value.
class AttributeSet {
 public:
  wire::AttributeSummary summary;
  NextHopId next_hop;

  [[nodiscard]] Bytes canonical() const { return {octets(), size_}; }
  /// What NLRI of routes with this set hold beside their keys (wire::OtherNlri::value).
  [[nodiscard]] Bytes nlri_value() const { return {octets() + size_, value_size_}; }

 private:
  friend class AttributeTable;
  [[nodiscard]] std::uint8_t const* octets() const { return reinterpret_cast<std::uint8_t const*>(this + 1); }
  /// Of the block.
  [[nodiscard]] std::size_t size() const { return sizeof(AttributeSet) + size_ + value_size_; }

  std::uint32_t references_ = 0;
  std::uint32_t size_ : 18 = 0;
  std::uint32_t value_size_ : 6 = 0;
  std::uint32_t valid_in_ : 8 = 0;  // a bit per DecodeContext::key(): these octets decode to themselves there
};
static_assert(sizeof(AttributeSet) == 44 && alignof(AttributeSet) <= BlockStore::unit);

/// References to sets that are given back together. Those in a row that are to the same set are one entry.
class AttributeReferences {
 public:
  void add(AttrId id) {
    if (!runs_.empty() && runs_.back().id == id) {
      ++runs_.back().count;
    } else {
      runs_.push_back({id, 1});
    }
  }

 private:
  friend class AttributeTable;
  struct Run {
    AttrId id;
    std::uint32_t count;
  };
  std::vector<Run> runs_;
  std::vector<Run> at_hand_;  // of AttributeTable::release()
};

class AttributeTable {
 public:
  static constexpr std::size_t longest_set = (1U << 18) - 1;

  AttributeTable(HashKey key, NextHops& next_hops) : hash_key_(key), next_hops_(next_hops) {}

  /// What a set is found by: views, and their hash.
  struct Key {
    Bytes octets;
    NextHopId next_hop;
    Bytes nlri_value;
    std::uint64_t hash;
  };
  [[nodiscard]] Key key(Bytes octets, NextHopId next_hop, Bytes nlri_value = {}) const {
    return {octets, next_hop, nlri_value, hash(octets, next_hop, nlri_value)};
  }
  /// The set whose canonical octets are exactly the key's, when they are known to mean themselves in `context`.
  [[nodiscard]] std::optional<AttrId> find(Key const& key, wire::DecodeContext const& context) const;
  /// The key's octets are canonical. Throws std::length_error for more than longest_set of them, or an NLRI value of
  /// more than 63: no message makes them.
  AttrId intern(Key const& key, wire::AttributeSummary const& summary);
  AttrId intern(Bytes canonical, NextHopId next_hop, wire::AttributeSummary const& summary, Bytes nlri_value = {}) {
    return intern(key(canonical, next_hop, nlri_value), summary);
  }
  /// The octets of `id` decode to themselves in `context`: find() will know them there from now on.
  void note_canonical(AttrId id, wire::DecodeContext const& context);

  void retain(AttrId id) { ++at(id.value).references_; }
  void release(AttrId id);
  /// Each of them, and leaves none there. One after the other each set that nobody holds any more would wait for memory
  /// twice; here several are on their way at a time.
  void release(AttributeReferences& references);
  /// Of `id`, which is not none. Stays where it is as long as somebody holds it.
  [[nodiscard]] AttributeSet const& operator[](AttrId id) const { return at(id.value); }
  [[nodiscard]] std::size_t size() const { return used_; }
  /// Octets of all sets, with their bookkeeping.
  [[nodiscard]] std::size_t memory() const { return octets_; }
  /// Octets that are allocated, used or not.
  [[nodiscard]] std::size_t allocated() const { return blocks_.memory() + index_.memory(); }

 private:
  [[nodiscard]] AttributeSet& at(std::uint32_t id) const {
    return *std::launder(reinterpret_cast<AttributeSet*>(blocks_[id]));
  }
  [[nodiscard]] std::uint64_t hash(AttributeSet const& set) const {
    return hash(set.canonical(), set.next_hop, set.nlri_value());
  }
  /// Of one that is not in the index any more.
  void remove(std::uint32_t id);
  [[nodiscard]] std::uint64_t hash(Bytes octets, NextHopId next_hop, Bytes nlri_value) const;
  [[nodiscard]] std::optional<std::uint32_t> locate(Key const& key) const;

  HashKey hash_key_;
  NextHops& next_hops_;
  BlockStore blocks_;  // an id is a block
  SegmentedIndex index_;
  std::size_t used_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace bgp::rib
