// Choosing what a group says of a slot, and encoding it: one pass over the changed slots, messages packed by
// (attributes, source), each run kept from its own source.
#include <algorithm>

#include "egress/group.h"

namespace bgp::egress {

using rib::no_path;
using rib::SlotId;

namespace {
constexpr std::size_t run_limit = 8192;  // prefixes of one attribute set in a piece: a segment stays near its size
}

// ---- Choosing

bool Group::exported(SlotId slot, std::uint32_t index) {
  auto const& path = table_.path(index);
  if (path.effective == asked_attributes_ && path.peer == asked_source_) return answer_;
  // Without a filter the prefix is not asked about, and the answer holds for the whole run.
  auto const answer = forbidden(key_, rib_, table_.prefix(slot), path).empty();
  if (!key_.filter || key_.filter->accepts_everything()) {
    asked_attributes_ = path.effective;
    asked_source_ = path.peer;
    answer_ = answer;
  }
  return answer;
}

std::uint64_t& Group::held_from(PeerId source) {
  if (source.value >= held_by_source_.size()) held_by_source_.resize(source.value + 1);
  return held_by_source_[source.value];
}

Group::Item Group::announcement(SlotId slot, std::uint32_t index) const {
  auto const& path = table_.path(index);
  return {slot, index, path.peer, path.effective, false};
}

void Group::choose(rib::Change const& change) {
  auto const best = table_.best(change.slot);
  if (best != no_path && exported(change.slot, best)) {
    auto item = announcement(change.slot, best);
    if (!held_.insert(change.slot)) {
      --held_from(change.prior);
      item.source_held = change.prior != item.source;
    }
    ++held_from(item.source);
    items_.push_back(item);
  } else if (held_.erase(change.slot)) {
    --held_from(change.prior);
    items_.push_back({change.slot, no_path, change.prior, {}, false});
  }
}

void Group::choose_for_walk(SlotId slot) {
  auto const best = table_.best(slot);
  if (best == no_path || !exported(slot, best)) return;
  items_.push_back(announcement(slot, best));
  if (held_.insert(slot)) ++held_from(items_.back().source);
}

void Group::choose_for_laggard(SlotId slot, PeerId laggard) {
  if (!table_.in_use(slot)) return;  // marked with a whole range
  auto const best = table_.best(slot);
  if (best == no_path || !exported(slot, best)) {
    items_.push_back({slot, no_path, rib::no_peer, {}, false});
    return;
  }
  // It may be the first to hear of a slot that the walk has not come to.
  if (held_.insert(slot)) ++held_from(table_.path(best).peer);
  items_.push_back(table_.path(best).peer == laggard ? Item{slot, no_path, rib::no_peer, {}, false}
                                                     : announcement(slot, best));
}

// ---- Encoding

void Group::encode(std::vector<Segment>& out) {
  auto const by_run = [](Item const& a, Item const& b) {
    return std::pair(a.attributes, a.source) < std::pair(b.attributes, b.source);
  };
  if (!std::ranges::is_sorted(items_, by_run)) std::ranges::stable_sort(items_, by_run);
  for (std::size_t at = 0; at < items_.size();) {
    auto const first = at;
    Segment segment;
    octets_.clear();
    while (at < items_.size() && octets_.size() < limits_.segment_octets) at = encode_run(at, segment);
    segment.common = static_cast<std::uint32_t>(octets_.size());
    segment.common_messages = count_messages(octets_);
    encode_for_sources({items_.data() + first, at - first}, segment);
    segment.slots.reserve(at - first);
    for (auto i = first; i < at; ++i) segment.slots.push_back(items_[i].slot);
    segment.octets = std::make_shared<Buffer const>(octets_);
    out.push_back(std::move(segment));
  }
}

// Encodes the run of equal attributes and source that begins at `begin`; returns its end.
std::size_t Group::encode_run(std::size_t begin, Segment& segment) {
  auto const head = items_[begin];
  run_.clear();
  auto end = begin;
  for (; end < items_.size() && run_.size() < run_limit; ++end) {
    if (items_[end].attributes != head.attributes || items_[end].source != head.source) break;
    run_.push_back(items_[end].slot);
  }
  auto const from = static_cast<std::uint32_t>(octets_.size());
  if (head.path == no_path) {
    pack_withdrawals(table_, run_, octets_);
  } else {
    auto const& path = table_.path(head.path);
    wire::ExportEdit edit;
    attributes_.clear();
    // exported() has seen that they fit.
    if (encode_attributes(key_, rib_, path, edit, attributes_)) {
      pack_announcements(key_, rib_, path, attributes_, run_, octets_);
    }
  }
  auto const to = static_cast<std::uint32_t>(octets_.size());
  if (!is_member(head.source)) return end;
  auto const extends_last =
      !segment.pieces.empty() && segment.pieces.back().peer == head.source && segment.pieces.back().end == from;
  if (extends_last) {
    segment.pieces.back().end = to;
  } else {
    segment.pieces.push_back({from, to, head.source, false});
  }
  return end;
}

// The source of a route is not told of it, but of the end of the route that it held before.
void Group::encode_for_sources(std::span<Item const> items, Segment& segment) {
  std::vector<Item> held;
  std::ranges::copy_if(items, std::back_inserter(held),
                       [this](Item const& item) { return item.source_held && is_member(item.source); });
  std::ranges::stable_sort(held, {}, &Item::source);
  for (std::size_t at = 0; at < held.size();) {
    auto const source = held[at].source;
    run_.clear();
    for (; at < held.size() && held[at].source == source; ++at) run_.push_back(held[at].slot);
    auto const from = static_cast<std::uint32_t>(octets_.size());
    pack_withdrawals(table_, run_, octets_);
    segment.pieces.push_back({from, static_cast<std::uint32_t>(octets_.size()), source, true});
  }
}

}  // namespace bgp::egress
