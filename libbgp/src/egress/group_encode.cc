// Choosing what a group says of a slot, and encoding it: one pass over the changed slots, messages packed by
// (attributes, source), each run kept from its own source.
#include <algorithm>
#include <tuple>

#include "egress/group.h"

namespace bgp::egress {

using rib::no_path;
using rib::SlotId;

namespace {
constexpr std::uint32_t run_limit = 8192;  // prefixes of one attribute set in a piece: a segment stays near its size

// What items that can be told in the same messages have in common.
auto const run_of = [](auto const& item) { return std::tie(item.attributes, item.source, item.edited); };
}  // namespace

// ---- Choosing

void Group::begin_choosing() {
  items_.clear();
  edited_.clear();
  filter_.forget();
  if (their_filter_) their_filter_->forget();
  asked_attributes_ = {};
}

Group::Answer Group::ask(SlotId slot, std::uint32_t index) {
  auto const& path = table_.path(index);
  if (path.effective != asked_attributes_ || path.peer != asked_source_) {
    asked_attributes_ = path.effective;
    asked_source_ = path.peer;
    answer_.reset();
    if (!forbidden_by_rules(key_, rib_, path).empty())
      answer_ = Answer{};
    else if (key_.filter->accepts_everything())
      answer_ = Answer{forbidden_unchanged(key_, rib_, path).empty(), 0};
  }
  if (answer_) return *answer_;
  auto verdict = filter_.judge(table_.prefix(slot), path);
  Answer const answer{verdict.forbidden.empty(), verdict.edited ? edited_.number(std::move(*verdict.edited)) : 0};
  if (!key_.filter->asks_for_prefix()) answer_ = answer;
  return answer;
}

std::uint64_t& Group::held_from(PeerId source) {
  if (source.value >= held_by_source_.size()) held_by_source_.resize(source.value + 1);
  return held_by_source_[source.value];
}

Group::Item Group::announcement(SlotId slot, std::uint32_t index, Answer const& answer) const {
  auto const& path = table_.path(index);
  return {slot,  index, source_of(path.peer), answer.edited == 0 ? path.effective : rib::AttrId{},
          false, 0,     answer.edited};
}

void Group::choose(rib::Change const& change) {
  if (movers_ > 0) from_elsewhere_.unknown.insert(change.slot);
  auto const best = table_.best(change.slot);
  auto const prior = source_of(change.prior);
  auto const answer = best == no_path ? Answer{} : ask(change.slot, best);
  if (answer.exported) {
    auto item = announcement(change.slot, best, answer);
    if (!held_.insert(change.slot)) {
      --held_from(prior);
      item.source_held = prior != item.source;
    }
    ++held_from(item.source);
    items_.push_back(item);
  } else if (held_.erase(change.slot)) {
    --held_from(prior);
    items_.push_back({change.slot, no_path, prior, {}});
  }
}

void Group::choose_for_walk(SlotId slot) {
  if (key_.add_path.several()) return choose_paths_for_walk(slot);
  auto const best = table_.best(slot);
  auto const answer = best == no_path ? Answer{} : ask(slot, best);
  if (!answer.exported) {
    auto const to_take_back = movers_ > 0 && from_elsewhere_.held.contains(slot) && table_.in_use(slot);
    if (to_take_back) items_.push_back({slot, no_path, rib::no_peer, {}});
    return;
  }
  auto item = announcement(slot, best, answer);
  item.source_held = movers_ > 0 && from_elsewhere_.unknown.contains(slot);
  if (held_.insert(slot)) ++held_from(item.source);
  if (!all_know_from_elsewhere(slot, best, answer)) items_.push_back(item);
}

// Those who moved here need not hear again what their old group told them in the same octets.
bool Group::all_know_from_elsewhere(SlotId slot, std::uint32_t index, Answer const& answer) {
  if (!their_filter_ || !only_movers_aboard_) return false;
  if (!from_elsewhere_.held.contains(slot) || from_elsewhere_.unknown.contains(slot)) return false;
  if (from_elsewhere_.key.filter->accepts_everything()) return answer.edited == 0;
  auto const theirs = their_filter_->judge(table_.prefix(slot), table_.path(index));
  if (!theirs.forbidden.empty() || theirs.edited.has_value() != (answer.edited != 0)) return false;
  return !theirs.edited || *theirs.edited == edited_[answer.edited];
}

void Group::choose_for_laggard(SlotId slot, PeerId laggard) {
  if (!table_.in_use(slot)) return;  // marked with a whole range
  if (key_.add_path.several()) return choose_paths_for_laggard(slot, laggard);
  auto const best = table_.best(slot);
  auto const answer = best == no_path ? Answer{} : ask(slot, best);
  if (!answer.exported) {
    items_.push_back({slot, no_path, rib::no_peer, {}});
    return;
  }
  // It may be the first to hear of a slot that the walk has not come to.
  auto const source = source_of(table_.path(best).peer);
  if (held_.insert(slot)) ++held_from(source);
  items_.push_back(source == laggard ? Item{slot, no_path, rib::no_peer, {}} : announcement(slot, best, answer));
}

// ---- Encoding

// Brings the items of a run together, runs ascending, items as they came. New routes come in runs already, those of an
// UPDATE: to sort these is several times less than to sort the items.
void Group::sort_into_runs() {
  runs_.clear();
  for (std::uint32_t at = 0; at < items_.size(); ++at) {
    if (runs_.empty() || run_of(items_[runs_.back().begin]) != run_of(items_[at])) runs_.push_back({at, at});
    runs_.back().end = at + 1;
  }
  auto const key = [this](Run const& run) { return run_of(items_[run.begin]); };
  if (std::ranges::is_sorted(runs_, {}, key)) return;
  std::ranges::stable_sort(runs_, {}, key);
  sorted_.clear();
  std::size_t joined = 0;
  for (auto const run : runs_) {
    auto const begin = static_cast<std::uint32_t>(sorted_.size());
    sorted_.insert(sorted_.end(), items_.begin() + run.begin, items_.begin() + run.end);
    auto const goes_on = joined > 0 && run_of(sorted_[runs_[joined - 1].begin]) == run_of(sorted_[begin]);
    if (!goes_on) runs_[joined++].begin = begin;
    runs_[joined - 1].end = static_cast<std::uint32_t>(sorted_.size());
  }
  runs_.resize(joined);
  items_.swap(sorted_);
}

void Group::encode(std::vector<Segment>& out) {
  sort_into_runs();
  for (std::span<Run> runs = runs_; !runs.empty();) {  // of the first one, what is left
    auto const begin = runs.front().begin;
    auto end = begin;
    Segment segment;
    octets_.clear();
    while (!runs.empty() && octets_.size() < limits_.segment_octets) {
      auto& run = runs.front();
      end = std::min(run.end, run.begin + run_limit);
      encode_run({items_.data() + run.begin, end - run.begin}, segment);
      run.begin = end;
      if (run.begin == run.end) runs = runs.subspan(1);
    }
    std::span<Item const> const items{items_.data() + begin, end - begin};
    segment.common = static_cast<std::uint32_t>(octets_.size());
    segment.common_messages = count_messages(octets_);
    encode_for_sources(items, segment);
    segment.slots.reserve(items.size());
    for (auto const& item : items) segment.slots.push_back(item.slot);
    segment.octets = std::make_shared<Buffer const>(octets_);
    out.push_back(std::move(segment));
  }
}

// Encodes a run, or a part of one.
void Group::encode_run(std::span<Item const> run, Segment& segment) {
  auto const& head = run.front();
  run_.clear();
  for (auto const& item : run) run_.push_back({item.slot, PathId{item.path_id}});
  auto const from = static_cast<std::uint32_t>(octets_.size());
  pack(head);
  auto const to = static_cast<std::uint32_t>(octets_.size());
  if (!is_member(head.source)) return;
  auto const extends_last =
      !segment.pieces.empty() && segment.pieces.back().peer == head.source && segment.pieces.back().end == from;
  if (extends_last) {
    segment.pieces.back().end = to;
  } else {
    segment.pieces.push_back({from, to, head.source, false});
  }
}

// Appends run_, of which `head` is the first.
void Group::pack(Item const& head) {
  if (head.path == no_path) {
    pack_withdrawals(form_, run_, octets_);
    return;
  }
  if (head.edited != 0) {
    auto const& edited = edited_[head.edited];
    pack_announcements(form_, edited.next_hop, edited.octets, edited.nlri_value, run_, octets_);
    return;
  }
  auto const& path = table_.path(head.path);
  wire::ExportEdit edit;
  attributes_.clear();
  // ask() has seen that they fit.
  if (encode_attributes(key_, rib_, path, edit, attributes_)) {
    pack_announcements(key_, rib_, path, attributes_, run_, octets_);
  }
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
    for (; at < held.size() && held[at].source == source; ++at)
      run_.push_back({held[at].slot, PathId{held[at].path_id}});
    auto const from = static_cast<std::uint32_t>(octets_.size());
    pack_withdrawals(form_, run_, octets_);
    segment.pieces.push_back({from, static_cast<std::uint32_t>(octets_.size()), source, true});
  }
}

}  // namespace bgp::egress
