#include "rib/table.h"

#include <algorithm>
#include <cstring>

#include "wire/other_nlri.h"

namespace bgp::rib {

Table::Table(Family family, HashKey key)
    : family_(family),
      key_(key),
      plain_(has_plain_prefixes(family)),
      stride_(!plain_                          ? 1
              : family.afi == ipv4_unicast.afi ? 6
                                               : 18) {}

std::optional<SlotId> Table::find(RouteKey const& wanted) const {
  auto const octets = wanted.octets();
  auto const id = index_.find(keyed_hash(key_, octets), [&](std::uint32_t slot) {
    auto const other = key(SlotId{slot});
    return other.size() == octets.size() && std::memcmp(other.data(), octets.data(), octets.size()) == 0;
  });
  if (!id) return std::nullopt;
  return SlotId{*id};
}

SlotId Table::find_or_insert(RouteKey const& wanted) {
  if (auto const known = find(wanted)) return *known;
  auto const id = slots_.allocate({});
  if ((id >> chunk_bits) == records_.size()) {
    records_.push_back(std::make_unique<std::uint8_t[]>(stride_ << chunk_bits));
  }
  write_key(id, wanted.octets());
  index_.insert(hash_of(id), id, [this](std::uint32_t slot) { return hash_of(slot); });
  return SlotId{id};
}

void Table::write_key(std::uint32_t slot, Bytes octets) {
  flags(SlotId{slot}) = in_use_flag;
  if (plain_) {
    std::memcpy(record(slot), octets.data(), stride_ - 1);
    return;
  }
  if (slot == long_keys_.size()) long_keys_.push_back({});
  auto& own = long_keys_[slot];
  own = {std::make_unique_for_overwrite<std::uint8_t[]>(octets.size()), static_cast<std::uint32_t>(octets.size())};
  std::ranges::copy(octets, own.octets.get());
  long_key_octets_ += heap_size(octets.size());
}

Prefix Table::prefix(SlotId slot) const {
  auto const octets = key(slot);
  if (!plain_) return wire::prefix_of(family_, octets).value_or(Prefix{});
  return {IpAddress::from_bytes(octets.data(), octets.size() - 1), octets.back()};
}

std::uint32_t Table::find_path(SlotId slot, PeerId peer, PathId id) const {
  if (crowded(slot)) return crowd_.find({slot.value, peer.value, id.value}).value_or(no_path);
  auto index = first(slot);
  while (index != no_path && (paths_[index].peer != peer || paths_[index].id != id)) index = paths_[index].next;
  return index;
}

std::uint32_t Table::add_path(SlotId slot, Path path) {
  if (first(slot) == no_path) slots_[slot.value].best = no_path;
  path.next = slots_[slot.value].first;
  slots_[slot.value].first = paths_.allocate(path);
  count_added(slot, first(slot));
  return first(slot);
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
    crowd_.erase(crowd_key(slot, path));
  } else {
    flags(slot) -= one_path;
  }
}

void Table::set_best(SlotId slot, std::uint32_t path) {
  auto& best = slots_[slot.value].best;
  with_best_ += static_cast<std::uint64_t>(path != no_path) - static_cast<std::uint64_t>(best != no_path);
  best = path;
}

void Table::set_queued(SlotId slot, bool queued) {
  auto& now = flags(slot);
  now = static_cast<std::uint8_t>(queued ? now | queued_flag : now & ~queued_flag);
}

Table::Memory Table::memory() const {
  auto const records = records_.size() * heap_size(stride_ << chunk_bits) + records_.capacity() * sizeof(records_[0]);
  auto const keys = long_keys_.memory() + long_key_octets_;
  return {paths_.memory(), slots_.memory() + records + keys, index_.memory() + crowd_.memory()};
}

void Table::release_slot(SlotId slot) {
  index_.erase(hash_of(slot.value), slot.value, [this](std::uint32_t other) { return hash_of(other); });
  flags(slot) = 0;
  if (!plain_) {
    long_key_octets_ -= heap_size(long_keys_[slot.value].size);
    long_keys_[slot.value] = {};
  }
  slots_.release(slot.value);
}

}  // namespace bgp::rib
