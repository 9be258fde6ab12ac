#include "rib/attribute_table.h"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <span>
#include <stdexcept>

namespace bgp::rib {

std::uint64_t AttributeTable::hash(Bytes octets, NextHopId next_hop, Bytes nlri_value) const {
  auto const hashed = keyed_hash({hash_key_.secret + next_hop.value}, octets);
  return nlri_value.empty() ? hashed : keyed_hash({hashed}, nlri_value);
}

std::optional<std::uint32_t> AttributeTable::locate(Key const& key) const {
  return index_.find(key.hash, [&](std::uint32_t id) {
    auto const& set = at(id);
    return set.next_hop == key.next_hop && std::ranges::equal(set.canonical(), key.octets) &&
           std::ranges::equal(set.nlri_value(), key.nlri_value);
  });
}

std::optional<AttrId> AttributeTable::find(Key const& key, wire::DecodeContext const& context) const {
  auto const id = locate(key);
  if (!id || (at(*id).valid_in_ & (1U << context.key())) == 0) return std::nullopt;
  return AttrId{*id};
}

AttrId AttributeTable::intern(Key const& key, wire::AttributeSummary const& summary) {
  if (auto const known = locate(key)) {
    ++at(*known).references_;
    return AttrId{*known};
  }
  auto const [canonical, next_hop, nlri_value, hashed] = key;
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
  if (--set.references_ != 0) return;
  index_.erase(hash(set), id.value);
  remove(id.value);
}

// Should whoever hears that a next hop is not used any more throw, against its contract, what was given back by then
// stands neither in the list nor in the index.
void AttributeTable::release(AttributeReferences& references) {
  constexpr std::size_t most_ahead = 16;
  references.at_hand_.clear();
  references.at_hand_.swap(references.runs_);
  for (auto rest = std::span(references.at_hand_); !rest.empty();) {
    auto const next = rest.first(std::min(rest.size(), most_ahead));
    rest = rest.subspan(next.size());
    for (auto const& run : next) prefetch(blocks_[run.id.value]);
    boost::container::static_vector<std::pair<std::uint32_t, std::uint64_t>, most_ahead> unused;
    for (auto const& run : next) {
      auto& set = at(run.id.value);
      if ((set.references_ -= run.count) != 0) continue;
      unused.emplace_back(run.id.value, hash(set));
      index_.prefetch(unused.back().second);
    }
    for (auto const& [id, hashed] : unused) index_.erase(hashed, id);
    for (auto const& [id, hashed] : unused) remove(id);
  }
}

void AttributeTable::remove(std::uint32_t id) {
  auto const& set = at(id);
  auto const next_hop = set.next_hop;
  octets_ -= set.size();
  --used_;
  blocks_.release(id, set.size());
  next_hops_.release(next_hop);
}

}  // namespace bgp::rib
