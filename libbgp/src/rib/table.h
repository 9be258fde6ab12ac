// The table of one family: key -> slot -> paths. The key of a route is a prefix, or what names it in its family. Holds
// Adj-RIB-In (every path, refused ones too, with its verdict) and Loc-RIB (each slot's best) in one place. A slot id
// stays with its key until nobody needs it: an emptied slot is vacant, keeps its key, and is given back by
// release_slot() when its last listener has heard of the withdrawal. Knows storage only: who decides, and who is told,
// is the Rib's business.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "base/hash.h"
#include "base/prefetch.h"
#include "rib/attribute_table.h"
#include "rib/block_store.h"
#include "rib/crowd_index.h"
#include "rib/peer_info.h"
#include "rib/pool.h"
#include "rib/route_key.h"
#include "rib/segmented_index.h"
#include "rib/slot_records.h"
#include "rib/sparse_column.h"

namespace bgp::rib {

struct SlotId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(SlotId, SlotId) = default;
};

/// What was done to a path: an index into the RuleBook.
struct RuleId {
  std::uint16_t value = 0;
  friend constexpr auto operator<=>(RuleId, RuleId) = default;
};
/// No rule: it may be used as it came.
inline constexpr RuleId accepted{0};

/// No path: the end of a slot's list.
inline constexpr std::uint32_t no_path = 0xffffffff;

/// A path without its identifier, for which see Table::path_id().
struct Path {
  PeerId peer;
  RuleId rule;       ///< of import: by which it is refused or, where it may be used, changed
  AttrId received;   ///< none when the attributes could not be decoded
  AttrId effective;  ///< after import policy; none: it is refused
  std::uint32_t next = no_path;

  [[nodiscard]] bool refused() const { return !effective; }
  /// The attributes under which it is shown to people.
  [[nodiscard]] AttrId shown() const { return refused() ? received : effective; }
};
static_assert(sizeof(Path) == 16);

class Table {
 public:
  Table(Family family, HashKey key);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] std::optional<SlotId> find(RouteKey const& key) const;
  SlotId find_or_insert(RouteKey const& key);
  /// Has what find() looks at first brought into the cache.
  void prefetch(RouteKey const& key) const { index_.prefetch(hash_of(key.octets())); }
  /// The same for release_slot().
  void prefetch(SlotId slot) const { index_.prefetch(hash_of(key(slot))); }
  /// Finds the next `count` keys, at most most_ahead, ahead of who asks for them, and brings their best paths into the
  /// cache. One after the other each would wait for memory three times; the processor has several on their way at a
  /// time. `route_of(i)` has a RouteKey `key` and a PathId `path`; `peer` announces or withdraws them.
  template <class RouteOf>
  void look_ahead(PeerId peer, std::size_t count, RouteOf&& route_of) const;
  static constexpr std::size_t most_ahead = 16;
  /// Of a slot in use.
  [[nodiscard]] Bytes key(SlotId slot) const {
    assert(in_use(slot));
    if (key_size_ == 0) return long_key(slot.value);
    return {slots_.key(slot.value), key_size_};
  }
  /// The prefix that the key is, or holds; unset where it holds none.
  [[nodiscard]] Prefix prefix(SlotId slot) const { return prefix(key(slot)); }
  [[nodiscard]] Prefix prefix(Bytes key) const;

  /// The slot's paths: first(), then Path::next, until no_path. The best one comes first.
  [[nodiscard]] std::uint32_t first(SlotId slot) const { return empty(slot) ? no_path : slots_[slot.value].first; }
  [[nodiscard]] Path& path(std::uint32_t index) { return paths_[index]; }
  [[nodiscard]] Path const& path(std::uint32_t index) const { return paths_[index]; }
  [[nodiscard]] PathId path_id(std::uint32_t index) const { return path_ids_.get(index); }
  [[nodiscard]] std::uint32_t find_path(SlotId slot, PeerId peer, PathId id) const;
  std::uint32_t add_path(SlotId slot, PathId id, Path path);
  /// Removes the paths for which `gone(index)` holds, in one walk over the slot's list. True when there were any.
  template <class Gone>
  bool remove_paths_if(SlotId slot, Gone&& gone);

  /// The best path's index, or no_path.
  [[nodiscard]] std::uint32_t best(SlotId slot) const {
    return (flags(slot) & best_flag) != 0 ? slots_[slot.value].first : no_path;
  }
  /// It becomes the first.
  void set_best(SlotId slot, std::uint32_t path);

  /// A mark for the Rib: this slot's change is waiting in the present batch.
  [[nodiscard]] bool queued(SlotId slot) const { return (flags(slot) & queued_flag) != 0; }
  void set_queued(SlotId slot, bool queued);

  /// A vacant slot remembers in which batch it was emptied last, so that it is not given back too early.
  void set_vacated_in(SlotId slot, std::uint64_t batch) {
    slots_[slot.value].first = static_cast<std::uint32_t>(batch);
  }
  [[nodiscard]] bool vacated_in(SlotId slot, std::uint64_t batch) const {
    return vacant(slot) && slots_[slot.value].first == static_cast<std::uint32_t>(batch);
  }
  /// Gives an emptied slot back for another key.
  void release_slot(SlotId slot);
  [[nodiscard]] bool vacant(SlotId slot) const { return in_use(slot) && empty(slot); }
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
  static constexpr std::uint32_t no_slot = RouteKey::Ahead::no_slot;
  // `first` of a vacant slot is the batch in which it was emptied. Above its flags stands the number of its paths, as
  // long as they are few: once a slot is crowded it stays so until it is empty.
  static constexpr std::uint8_t in_use_flag = 1;
  static constexpr std::uint8_t queued_flag = 2;
  static constexpr std::uint8_t best_flag = 4;
  static constexpr std::uint8_t one_path = 8;
  static constexpr std::uint8_t count_mask = 0xf8;

  [[nodiscard]] std::uint64_t hash_of(Bytes key) const;
  // A number, or no_slot: an optional slot would go through memory, whole tables pass here.
  [[nodiscard]] std::uint32_t find(Bytes key, std::uint64_t hash) const;
  [[nodiscard]] std::uint64_t hash_of(RouteKey const& key) const {
    return key.ahead_.was_looked_for ? key.ahead_.hash : hash_of(key.octets());
  }
  [[nodiscard]] std::uint32_t find(RouteKey const& wanted, std::uint64_t hash) const {
    auto const ahead = wanted.ahead_.slot;
    if (ahead == no_slot) return find(wanted.octets(), hash);  // there may have been another like it since
    assert(in_use(SlotId{ahead}) && std::ranges::equal(key(SlotId{ahead}), wanted.octets()));
    return ahead;
  }
  [[nodiscard]] std::uint8_t flags(SlotId slot) const { return slots_[slot.value].flags; }
  [[nodiscard]] std::uint8_t& flags(SlotId slot) { return slots_[slot.value].flags; }
  [[nodiscard]] static std::uint16_t bit_of(PeerId peer) { return static_cast<std::uint16_t>(1U << (peer.value % 16)); }
  void write_key(std::uint32_t slot, Bytes key);
  // Where keys differ in size, a slot's record has the number of a block instead, with the size and the key in it.
  using LongKeySize = std::uint16_t;
  [[nodiscard]] std::uint32_t long_key_block(std::uint32_t slot) const;
  [[nodiscard]] Bytes long_key(std::uint32_t slot) const;
  [[nodiscard]] bool empty(SlotId slot) const { return (flags(slot) & count_mask) == 0; }
  [[nodiscard]] bool crowded(SlotId slot) const { return (flags(slot) & count_mask) == count_mask; }
  [[nodiscard]] CrowdIndex::Key crowd_key(SlotId slot, std::uint32_t path) const {
    return {slot.value, paths_[path].peer.value, path_id(path).value};
  }
  void count_added(SlotId slot, std::uint32_t path);
  void count_removed(SlotId slot, std::uint32_t path);

  Family family_;
  HashKey key_;
  std::size_t key_size_;  // octets; 0: they differ
  SlotRecords slots_;
  BlockStore long_keys_;
  Pool<Path> paths_{std::size_t{1} << 30};
  SparseColumn<PathId> path_ids_;  // by path: no octet where nobody sends identifiers
  SegmentedIndex index_;
  CrowdIndex crowd_{key_};
  std::uint64_t with_best_ = 0;
};

template <class Gone>
bool Table::remove_paths_if(SlotId slot, Gone&& gone) {
  if (empty(slot)) return false;
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
  if (any && slots_[slot.value].first == no_path) {
    flags(slot) &= static_cast<std::uint8_t>(~count_mask);
    slots_[slot.value].peers = 0;
  }
  return any;
}

template <class RouteOf>
void Table::look_ahead(PeerId peer, std::size_t count, RouteOf&& route_of) const {
  for (std::size_t i = 0; i < count; ++i) {
    RouteKey& key = route_of(i).key;
    key.ahead_ = {hash_of(key.octets()), no_slot, true};
    index_.prefetch(key.ahead_.hash);
  }
  for (std::size_t i = 0; i < count; ++i) {
    auto& route = route_of(i);
    SlotId const slot{find(route.key.octets(), route.key.ahead_.hash)};
    route.key.ahead_.slot = slot.value;
    if (slot.value == no_slot || empty(slot)) continue;
    bgp::prefetch(&paths_[first(slot)]);
    if (crowded(slot)) crowd_.prefetch({slot.value, peer.value, route.path.value});
  }
}

}  // namespace bgp::rib
