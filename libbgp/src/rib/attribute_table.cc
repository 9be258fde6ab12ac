#include "rib/attribute_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace bgp::rib {

std::uint64_t AttributeTable::hash(Bytes octets, NextHopId next_hop, Bytes nlri_value) const {
  auto const hashed = keyed_hash({key_.secret + next_hop.value}, octets);
  return nlri_value.empty() ? hashed : keyed_hash({hashed}, nlri_value);
}

std::optional<std::uint32_t> AttributeTable::locate(std::uint64_t hash, Bytes octets, NextHopId next_hop,
                                                    Bytes nlri_value) const {
  return index_.find(hash, [&](std::uint32_t id) {
    auto const& set = at(id);
    return set.next_hop == next_hop && std::ranges::equal(set.canonical(), octets) &&
           std::ranges::equal(set.nlri_value(), nlri_value);
  });
}

std::optional<AttrId> AttributeTable::find(Bytes octets, NextHopId next_hop, wire::DecodeContext const& context) const {
  auto const id = locate(hash(octets, next_hop, {}), octets, next_hop, {});
  if (!id || (at(*id).valid_in_ & (1U << context.key())) == 0) return std::nullopt;
  return AttrId{*id};
}

AttrId AttributeTable::intern(Bytes canonical, NextHopId next_hop, wire::AttributeSummary const& summary,
                              Bytes nlri_value) {
  auto const hashed = hash(canonical, next_hop, nlri_value);
  if (auto const known = locate(hashed, canonical, next_hop, nlri_value)) {
    ++at(*known).references_;
    return AttrId{*known};
  }
  if (canonical.size() > longest_set || nlri_value.size() >= 1U << 6)
    throw std::length_error("an attribute set too long");
  auto const id = blocks_.allocate(sizeof(AttributeSet) + canonical.size() + nlri_value.size());
  auto& set = *new (blocks_[id]) AttributeSet;
  set.summary = summary;
  set.next_hop = next_hop;
  set.references_ = 1;
  set.size_ = static_cast<std::uint32_t>(canonical.size()) & 0x3ffff;
  set.value_size_ = static_cast<std::uint32_t>(nlri_value.size()) & 0x3f;
  std::ranges::copy(nlri_value, std::ranges::copy(canonical, blocks_[id] + sizeof set).out);
  next_hops_.retain(next_hop);
  index_.insert(hashed, id);
  ++used_;
  octets_ += set.size();
  return AttrId{id};
}

void AttributeTable::note_canonical(AttrId id, wire::DecodeContext const& context) {
  auto& set = at(id.value);
  set.valid_in_ = (set.valid_in_ | 1U << context.key()) & 0xff;
}

void AttributeTable::release(AttrId id) {
  auto& set = at(id.value);
  if (--set.references_ == 0) remove(id.value, hash(set));
}

void AttributeTable::release(References& references) {
  constexpr std::size_t most_ahead = 16;
  for (auto rest = std::span(references.runs_); !rest.empty();) {
    auto const next = rest.first(std::min(rest.size(), most_ahead));
    rest = rest.subspan(next.size());
    for (auto const& run : next) prefetch(blocks_[run.id.value]);
    std::array<std::pair<std::uint32_t, std::uint64_t>, most_ahead> unused;
    std::size_t count = 0;
    for (auto const& run : next) {
      auto& set = at(run.id.value);
      if ((set.references_ -= run.count) != 0) continue;
      auto const hashed = hash(set);
      index_.prefetch(hashed);
      unused[count++] = {run.id.value, hashed};
    }
    for (auto const& [id, hashed] : std::span(unused).first(count)) remove(id, hashed);
  }
  references.runs_.clear();
}

void AttributeTable::remove(std::uint32_t id, std::uint64_t hash) {
  auto const& set = at(id);
  index_.erase(hash, id);
  next_hops_.release(set.next_hop);
  octets_ -= set.size();
  --used_;
  blocks_.release(id, set.size());
}

}  // namespace bgp::rib
