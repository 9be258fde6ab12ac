#include "rib/attribute_table.h"

#include <algorithm>

namespace bgp::rib {

std::uint64_t AttributeTable::hash(Bytes octets, NextHopId next_hop, Bytes nlri_value) const {
  auto const hashed = keyed_hash({key_.secret + next_hop.value}, octets);
  return nlri_value.empty() ? hashed : keyed_hash({hashed}, nlri_value);
}

std::optional<std::uint32_t> AttributeTable::locate(std::uint64_t hash, Bytes octets, NextHopId next_hop,
                                                    Bytes nlri_value) const {
  return index_.find(hash, [&](std::uint32_t id) {
    auto const& set = sets_[id];
    return set.hash_ == hash && set.next_hop == next_hop && std::ranges::equal(set.canonical(), octets) &&
           std::ranges::equal(set.nlri_value(), nlri_value);
  });
}

std::optional<AttrId> AttributeTable::find(Bytes octets, NextHopId next_hop, wire::DecodeContext const& context) const {
  auto const id = locate(hash(octets, next_hop, {}), octets, next_hop, {});
  if (!id || (sets_[*id].valid_in_ & (1U << context.key())) == 0) return std::nullopt;
  return AttrId{*id};
}

AttrId AttributeTable::intern(Bytes canonical, NextHopId next_hop, wire::AttributeSummary const& summary,
                              Bytes nlri_value) {
  auto const hashed = hash(canonical, next_hop, nlri_value);
  if (auto const known = locate(hashed, canonical, next_hop, nlri_value)) {
    ++sets_[*known].references_;
    return AttrId{*known};
  }
  auto id = sets_.size();
  if (free_.empty()) {
    sets_.push_back({});
  } else {
    id = free_.back();
    free_.pop_back();
  }
  auto& set = sets_[id];
  set.summary = summary;
  set.next_hop = next_hop;
  set.octets_ = std::make_unique_for_overwrite<std::uint8_t[]>(canonical.size() + nlri_value.size());
  set.size_ = static_cast<std::uint32_t>(canonical.size());
  set.value_size_ = static_cast<std::uint32_t>(nlri_value.size());
  std::ranges::copy(nlri_value, std::ranges::copy(canonical, set.octets_.get()).out);
  set.references_ = 1;
  set.hash_ = hashed;
  set.valid_in_ = 0;
  next_hops_.retain(next_hop);
  index_.insert(hashed, id);
  ++used_;
  octets_ += set.octets();
  blocks_ += heap_size(set.octets());
  return AttrId{id};
}

void AttributeTable::note_canonical(AttrId id, wire::DecodeContext const& context) {
  sets_[id.value].valid_in_ |= static_cast<std::uint8_t>(1U << context.key());
}

void AttributeTable::release(AttrId id) {
  auto& set = sets_[id.value];
  if (--set.references_ != 0) return;
  index_.erase(set.hash_, id.value);
  next_hops_.release(set.next_hop);
  octets_ -= set.octets();
  blocks_ -= heap_size(set.octets());
  --used_;
  set.octets_.reset();
  set.size_ = set.value_size_ = 0;
  free_.push_back(id.value);
}

}  // namespace bgp::rib
