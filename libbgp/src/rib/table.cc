#include "rib/table.h"

#include <cstring>

namespace bgp::rib {

std::uint64_t Table::hash(Prefix const& prefix) const {
  std::uint8_t octets[17];
  auto const size = prefix.address().size();
  std::memcpy(octets, prefix.address().data(), size);
  octets[size] = static_cast<std::uint8_t>(prefix.length());
  return keyed_hash(key_, octets, size + 1);
}

std::uint64_t Table::hash_of(std::uint32_t slot) const { return keyed_hash(key_, key(slot), stride_ - 1); }

std::optional<SlotId> Table::find(Prefix const& prefix) const {
  auto const id = index_.find(hash(prefix), [&](std::uint32_t slot) {
    auto const* octets = key(slot);
    return octets[stride_ - 2] == prefix.length() && std::memcmp(octets, prefix.address().data(), stride_ - 2) == 0;
  });
  if (!id) return std::nullopt;
  return SlotId{*id};
}

SlotId Table::find_or_insert(Prefix const& prefix) {
  if (auto const known = find(prefix)) return *known;
  auto const id = slots_.allocate({});
  if ((id >> key_chunk_bits) == keys_.size()) {
    keys_.push_back(std::make_unique<std::uint8_t[]>(stride_ << key_chunk_bits));
  }
  write_key(id, prefix);
  index_.insert(hash(prefix), id, [this](std::uint32_t slot) { return hash_of(slot); });
  return SlotId{id};
}

void Table::write_key(std::uint32_t slot, Prefix const& prefix) {
  auto* octets = key(slot);
  std::memcpy(octets, prefix.address().data(), stride_ - 2);
  octets[stride_ - 2] = static_cast<std::uint8_t>(prefix.length());
  octets[stride_ - 1] = in_use_flag;
}

Prefix Table::prefix(SlotId slot) const {
  auto const* octets = key(slot.value);
  return {IpAddress::from_bytes(octets, stride_ - 2), octets[stride_ - 2]};
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
  key(slot.value)[stride_ - 1] += one_path;
  if (!crowded(slot)) return;
  for (auto index = first(slot); index != no_path; index = paths_[index].next) {
    crowd_.insert(crowd_key(slot, index), index);
  }
}

void Table::count_removed(SlotId slot, std::uint32_t path) {
  if (crowded(slot)) {
    crowd_.erase(crowd_key(slot, path));
  } else {
    key(slot.value)[stride_ - 1] -= one_path;
  }
}

void Table::set_best(SlotId slot, std::uint32_t path) {
  auto& best = slots_[slot.value].best;
  with_best_ += static_cast<std::uint64_t>(path != no_path) - static_cast<std::uint64_t>(best != no_path);
  best = path;
}

void Table::set_queued(SlotId slot, bool queued) {
  auto& flags = key(slot.value)[stride_ - 1];
  flags = static_cast<std::uint8_t>(queued ? flags | queued_flag : flags & ~queued_flag);
}

Table::Memory Table::memory() const {
  auto const keys = keys_.size() * heap_size(stride_ << key_chunk_bits) + keys_.capacity() * sizeof(keys_[0]);
  return {paths_.memory(), slots_.memory() + keys, index_.memory() + crowd_.memory()};
}

void Table::release_slot(SlotId slot) {
  index_.erase(hash_of(slot.value), slot.value, [this](std::uint32_t other) { return hash_of(other); });
  key(slot.value)[stride_ - 1] = 0;
  slots_.release(slot.value);
}

}  // namespace bgp::rib
