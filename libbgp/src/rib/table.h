// The table of one family: prefix -> slot -> paths. Holds Adj-RIB-In (every path, refused ones too, with its verdict)
// and Loc-RIB (each slot's best) in one place. A slot id stays with its prefix until nobody needs it: an emptied slot
// is vacant, keeps its prefix, and is given back by release_slot() when its last listener has heard of the withdrawal.
// Knows storage only: who decides, and who is told, is the Rib's business.
#pragma once

#include <optional>

#include "base/hash.h"
#include "rib/attribute_table.h"
#include "rib/chunked_array.h"
#include "rib/crowd_index.h"
#include "rib/peer_info.h"
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
  Table(Family family, HashKey key) : family_(family), key_(key), stride_(family == ipv4_unicast ? 6 : 18) {}

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] std::optional<SlotId> find(Prefix const& prefix) const;
  SlotId find_or_insert(Prefix const& prefix);
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
  /// Gives an emptied slot back for another prefix.
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
    std::size_t slots = 0;  ///< with the prefixes
    std::size_t index = 0;  ///< from prefixes to slots, and from neighbours to the paths of crowded slots
  };
  [[nodiscard]] Memory memory() const;

 private:
  struct Slot {
    std::uint32_t first = no_path;
    std::uint32_t best = no_path;  // of a vacant slot: the batch in which it was emptied
  };
  // A slot's key: the address octets of its family, the length, the flags. Above the flags the number of its paths, as
  // long as they are few: once a slot is crowded it stays so until it is empty.
  static constexpr std::uint8_t in_use_flag = 1;
  static constexpr std::uint8_t queued_flag = 2;
  static constexpr std::uint8_t one_path = 4;
  static constexpr std::uint8_t count_mask = 0xfc;
  static constexpr unsigned key_chunk_bits = 12;

  [[nodiscard]] std::uint64_t hash(Prefix const& prefix) const;
  [[nodiscard]] std::uint64_t hash_of(std::uint32_t slot) const;
  [[nodiscard]] std::uint8_t const* key(std::uint32_t slot) const {
    return keys_[slot >> key_chunk_bits].get() + std::size_t{slot & ((1U << key_chunk_bits) - 1)} * stride_;
  }
  [[nodiscard]] std::uint8_t* key(std::uint32_t slot) {
    return const_cast<std::uint8_t*>(std::as_const(*this).key(slot));
  }
  [[nodiscard]] std::uint8_t flags(SlotId slot) const { return key(slot.value)[stride_ - 1]; }
  void write_key(std::uint32_t slot, Prefix const& prefix);
  [[nodiscard]] bool crowded(SlotId slot) const { return (flags(slot) & count_mask) == count_mask; }
  [[nodiscard]] CrowdIndex::Key crowd_key(SlotId slot, std::uint32_t path) const {
    return {slot.value, paths_[path].peer.value, paths_[path].id.value};
  }
  void count_added(SlotId slot, std::uint32_t path);
  void count_removed(SlotId slot, std::uint32_t path);

  Family family_;
  HashKey key_;
  std::size_t stride_;
  Pool<Slot> slots_;
  std::vector<std::unique_ptr<std::uint8_t[]>> keys_;
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
  if (any && first(slot) == no_path) key(slot.value)[stride_ - 1] &= static_cast<std::uint8_t>(~count_mask);
  return any;
}

}  // namespace bgp::rib
