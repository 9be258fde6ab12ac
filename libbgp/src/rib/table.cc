#include "rib/table.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "wire/other_nlri.h"

namespace bgp::rib {

namespace {
std::size_t key_size(Family family) {
  if (!has_plain_prefixes(family)) return 0;
  return family.afi == ipv4_unicast.afi ? ipv4_key_size : ipv6_key_size;
}

// The sizes that are nearly always asked for are constants, which makes them a few instructions.
bool are_equal(std::uint8_t const* a, std::uint8_t const* b, std::size_t size) {
  if (size == ipv4_key_size) return std::memcmp(a, b, ipv4_key_size) == 0;
  if (size == ipv6_key_size) return std::memcmp(a, b, ipv6_key_size) == 0;
  return std::memcmp(a, b, size) == 0;
}
}  // namespace

Table::Table(Family family, HashKey key)
    : family_(family),
      key_(key),
      key_size_(key_size(family)),
      slots_(key_size_ != 0 ? key_size_ : sizeof(std::uint32_t)) {}

std::uint64_t Table::hash_of(Bytes key) const {
  if (key.size() == ipv4_key_size) return keyed_hash(key_, key.data(), ipv4_key_size);
  return keyed_hash(key_, key);
}

std::uint32_t Table::find(Bytes wanted, std::uint64_t hash) const {
  auto const id = index_.find(hash, [&](std::uint32_t slot) {
    auto const other = key(SlotId{slot});
    return other.size() == wanted.size() && are_equal(other.data(), wanted.data(), other.size());
  });
  return id.value_or(no_slot);
}

std::optional<SlotId> Table::find(RouteKey const& wanted) const {
  auto const id = find(wanted, hash_of(wanted));
  if (id == no_slot) return std::nullopt;
  return SlotId{id};
}

SlotId Table::find_or_insert(RouteKey const& wanted) {
  auto const hash = hash_of(wanted);
  if (auto const known = find(wanted, hash); known != no_slot) return SlotId{known};
  auto const id = slots_.allocate(in_use_flag);
  write_key(id, wanted.octets());
  index_.insert(hash, id);
  return SlotId{id};
}

void Table::write_key(std::uint32_t slot, Bytes octets) {
  if (key_size_ != 0) {
    std::memcpy(slots_.key(slot), octets.data(), key_size_);
    return;
  }
  auto const size = static_cast<LongKeySize>(octets.size());
  auto const block = long_keys_.allocate(sizeof size + size);
  std::memcpy(long_keys_[block], &size, sizeof size);
  std::ranges::copy(octets, long_keys_[block] + sizeof size);
  std::memcpy(slots_.key(slot), &block, sizeof block);
}

std::uint32_t Table::long_key_block(std::uint32_t slot) const {
  std::uint32_t block = 0;
  std::memcpy(&block, slots_.key(slot), sizeof block);
  return block;
}

Bytes Table::long_key(std::uint32_t slot) const {
  auto const* const block = long_keys_[long_key_block(slot)];
  LongKeySize size = 0;
  std::memcpy(&size, block, sizeof size);
  return {block + sizeof size, size};
}

Prefix Table::prefix(Bytes octets) const {
  if (key_size_ == 0) return wire::prefix_of(family_, octets).value_or(Prefix{});
  return {IpAddress::from_bytes(octets.data(), octets.size() - 1), octets.back()};
}

std::uint32_t Table::find_path(SlotId slot, PeerId peer, PathId id) const {
  if ((slots_[slot.value].peers & bit_of(peer)) == 0) return no_path;
  auto const same = [&](std::uint32_t path) { return paths_[path].peer == peer && path_id(path) == id; };
  if (crowded(slot)) return crowd_.find({slot.value, peer.value, id.value}, same).value_or(no_path);
  auto index = first(slot);
  while (index != no_path && !same(index)) index = paths_[index].next;
  return index;
}

std::uint32_t Table::add_path(SlotId slot, PathId id, Path path) {
  auto& entry = slots_[slot.value];
  auto const behind_best = best(slot) != no_path;
  path.next = behind_best ? paths_[entry.first].next : first(slot);
  auto const index = paths_.allocate(path);
  (behind_best ? paths_[entry.first].next : entry.first) = index;
  path_ids_.set(index, id);
  entry.peers |= bit_of(path.peer);
  count_added(slot, index);
  return index;
}

void Table::count_added(SlotId slot, std::uint32_t path) {
  if (crowded(slot)) return crowd_.insert(crowd_key(slot, path), path);
  flags(slot) += one_path;
  if (!crowded(slot)) return;
  for (auto index = first(slot); index != no_path; index = paths_[index].next) {
    crowd_.insert(crowd_key(slot, index), index);
  }
}

void Table::count_removed(SlotId slot, std::uint32_t path) {
  if (crowded(slot)) {
    crowd_.erase(crowd_key(slot, path), path);
  } else {
    flags(slot) -= one_path;
  }
}

void Table::set_best(SlotId slot, std::uint32_t path) {
  with_best_ += static_cast<std::uint64_t>(path != no_path) - static_cast<std::uint64_t>(best(slot) != no_path);
  if (path == no_path) {
    flags(slot) &= static_cast<std::uint8_t>(~best_flag);
    return;
  }
  flags(slot) |= best_flag;
  auto& first = slots_[slot.value].first;
  if (first == path) return;
  auto before = first;
  while (paths_[before].next != path) before = paths_[before].next;
  paths_[before].next = std::exchange(paths_[path].next, first);
  first = path;
}

void Table::set_queued(SlotId slot, bool queued) {
  auto& now = flags(slot);
  now = static_cast<std::uint8_t>(queued ? now | queued_flag : now & ~queued_flag);
}

Table::Memory Table::memory() const {
  return {paths_.memory() + path_ids_.memory(), slots_.memory() + long_keys_.memory(),
          index_.memory() + crowd_.memory()};
}

void Table::release_slot(SlotId slot) {
  index_.erase(hash_of(key(slot)), slot.value);
  flags(slot) = 0;
  if (key_size_ == 0) {
    long_keys_.release(long_key_block(slot.value), sizeof(LongKeySize) + long_key(slot.value).size());
  }
  slots_.release(slot.value);
}

}  // namespace bgp::rib
