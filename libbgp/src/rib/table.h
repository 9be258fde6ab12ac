// The table of one family: key -> slot -> paths. The key of a route is a prefix, or what names it in its family. Holds
// Adj-RIB-In (every path, refused ones too, with its verdict) and Loc-RIB (each slot's best) in one place. A slot id
// stays with its key until nobody needs it: an emptied slot is vacant, keeps its key, and is given back by
// release_slot() when its last listener has heard of the withdrawal. Knows storage only: who decides, and who is told,
// is the Rib's business.
#pragma once

#include <optional>

#include "base/hash.h"
#include "rib/attribute_table.h"
#include "rib/chunked_array.h"
#include "rib/crowd_index.h"
#include "rib/peer_info.h"
#include "rib/route_key.h"
#include "rib/segmented_index.h"

namespace bgp::rib {

struct SlotId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(SlotId, SlotId) = default;
};

/// Why a path may not be used: an index into the RuleBook; 0 means that it may.
struct RuleId {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(RuleId, RuleId) = default;
};
inline constexpr RuleId accepted{0};

/// No path: the end of a slot's list.
inline constexpr std::uint32_t no_path = 0xffffffff;

struct Path {
  PeerId peer;
  PathId id;
  AttrId received;   ///< none when the attributes could not be decoded
  AttrId effective;  ///< after import policy
  std::uint32_t next = no_path;
  RuleId refused_by;   ///< import's verdict
  RuleId filter_rule;  ///< the filter's rule that refused it (then the same) or changed it; none: not the filter
};

class Table {
 public:
  Table(Family family, HashKey key);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] std::optional<SlotId> find(RouteKey const& key) const;
  SlotId find_or_insert(RouteKey const& key);
  [[nodiscard]] Bytes key(SlotId slot) const {
    if (!plain_) return {long_keys_[slot.value].octets.get(), long_keys_[slot.value].size};
    return {record(slot.value), stride_ - 1};
  }
  /// The prefix that the key is, or holds; unset where it holds none.
  [[nodiscard]] Prefix prefix(SlotId slot) const;

  /// The slot's paths: first(), then Path::next, until no_path.
  [[nodiscard]] std::uint32_t first(SlotId slot) const { return slots_[slot.value].first; }
  [[nodiscard]] Path& path(std::uint32_t index) { return paths_[index]; }
  [[nodiscard]] Path const& path(std::uint32_t index) const { return paths_[index]; }
  [[nodiscard]] std::uint32_t find_path(SlotId slot, PeerId peer, PathId id) const;
  std::uint32_t add_path(SlotId slot, Path path);
  /// Removes the paths for which `gone(index)` holds, in one walk over the slot's list. True when there were any.
  template <class Gone>
  bool remove_paths_if(SlotId slot, Gone&& gone);

  /// The best path's index, or no_path.
  [[nodiscard]] std::uint32_t best(SlotId slot) const {
    auto const& entry = slots_[slot.value];
    return entry.first == no_path ? no_path : entry.best;
  }
  void set_best(SlotId slot, std::uint32_t path);

  /// A mark for the Rib: this slot's change is waiting in the present batch.
  [[nodiscard]] bool queued(SlotId slot) const { return (flags(slot) & queued_flag) != 0; }
  void set_queued(SlotId slot, bool queued);

  /// A vacant slot remembers in which batch it was emptied last, so that it is not given back too early.
  void set_vacated_in(SlotId slot, std::uint64_t batch) { slots_[slot.value].best = static_cast<std::uint32_t>(batch); }
  [[nodiscard]] bool vacated_in(SlotId slot, std::uint64_t batch) const {
    return vacant(slot) && slots_[slot.value].best == static_cast<std::uint32_t>(batch);
  }
  /// Gives an emptied slot back for another key.
  void release_slot(SlotId slot);
  [[nodiscard]] bool vacant(SlotId slot) const { return in_use(slot) && first(slot) == no_path; }
  [[nodiscard]] bool in_use(SlotId slot) const { return (flags(slot) & in_use_flag) != 0; }

  /// One past the highest slot id ever given.
  [[nodiscard]] std::uint32_t extent() const { return slots_.extent(); }
  [[nodiscard]] std::uint64_t prefixes() const { return with_best_; }
  [[nodiscard]] std::uint64_t paths() const { return paths_.used(); }

  /// Octets that are allocated, used or not.
  struct Memory {
    std::size_t paths = 0;
    std::size_t slots = 0;  ///< with the keys
    std::size_t index = 0;  ///< from keys to slots, and from neighbours to the paths of crowded slots
  };
  [[nodiscard]] Memory memory() const;

 private:
  struct Slot {
    std::uint32_t first = no_path;
    std::uint32_t best = no_path;  // of a vacant slot: the batch in which it was emptied
  };
  struct LongKey {
    std::unique_ptr<std::uint8_t[]> octets;
    std::uint32_t size = 0;
  };
  // A slot's record: the key where all keys of the family are prefixes, the flags. Above the flags the number of its
  // paths, as long as they are few: once a slot is crowded it stays so until it is empty.
  static constexpr std::uint8_t in_use_flag = 1;
  static constexpr std::uint8_t queued_flag = 2;
  static constexpr std::uint8_t one_path = 4;
  static constexpr std::uint8_t count_mask = 0xfc;
  static constexpr unsigned chunk_bits = 12;

  [[nodiscard]] std::uint64_t hash_of(std::uint32_t slot) const { return keyed_hash(key_, key(SlotId{slot})); }
  [[nodiscard]] std::uint8_t const* record(std::uint32_t slot) const {
    return records_[slot >> chunk_bits].get() + std::size_t{slot & ((1U << chunk_bits) - 1)} * stride_;
  }
  [[nodiscard]] std::uint8_t* record(std::uint32_t slot) {
    return const_cast<std::uint8_t*>(std::as_const(*this).record(slot));
  }
  [[nodiscard]] std::uint8_t flags(SlotId slot) const { return record(slot.value)[stride_ - 1]; }
  [[nodiscard]] std::uint8_t& flags(SlotId slot) { return record(slot.value)[stride_ - 1]; }
  void write_key(std::uint32_t slot, Bytes key);
  [[nodiscard]] bool crowded(SlotId slot) const { return (flags(slot) & count_mask) == count_mask; }
  [[nodiscard]] CrowdIndex::Key crowd_key(SlotId slot, std::uint32_t path) const {
    return {slot.value, paths_[path].peer.value, paths_[path].id.value};
  }
  void count_added(SlotId slot, std::uint32_t path);
  void count_removed(SlotId slot, std::uint32_t path);

  Family family_;
  HashKey key_;
  bool plain_;
  std::size_t stride_;
  Pool<Slot> slots_;
  std::vector<std::unique_ptr<std::uint8_t[]>> records_;
  ChunkedArray<LongKey> long_keys_;  // by slot; none where keys are prefixes
  std::size_t long_key_octets_ = 0;
  Pool<Path> paths_;
  SegmentedIndex index_;
  CrowdIndex crowd_{key_};
  std::uint64_t with_best_ = 0;
};

template <class Gone>
bool Table::remove_paths_if(SlotId slot, Gone&& gone) {
  bool any = false;
  for (auto* link = &slots_[slot.value].first; *link != no_path;) {
    auto const index = *link;
    if (!gone(index)) {
      link = &paths_[index].next;
      continue;
    }
    any = true;
    if (best(slot) == index) set_best(slot, no_path);
    count_removed(slot, index);
    *link = paths_[index].next;
    paths_.release(index);
  }
  if (any && first(slot) == no_path) flags(slot) &= static_cast<std::uint8_t>(~count_mask);
  return any;
}

}  // namespace bgp::rib
