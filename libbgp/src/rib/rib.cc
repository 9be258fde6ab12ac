#include "rib/rib.h"

#include <algorithm>
#include <cassert>

#include "wire/attributes.h"

namespace bgp::rib {

namespace {
template <class PerFamily, std::size_t... Indices>
std::array<PerFamily, sizeof...(Indices)> make_tables(HashKey key, std::index_sequence<Indices...>) {
  return {PerFamily(all_families[Indices], key)...};
}
}  // namespace

Rib::Rib(HashKey key, DecisionOptions decision)
    : attributes(key, next_hops),
      decision_(decision),
      tables_(make_tables<PerFamily>(key, std::make_index_sequence<all_families.size()>())) {
  peers_.allocate({});                     // local_peer
  families_.reserve(all_families.size());  // who goes through them may come upon another one
}

PeerInfo& Rib::add_peer(PeerInfo info) {
  auto const id = peers_.allocate(info);
  peers_[id].id = PeerId{static_cast<std::uint16_t>(id)};
  return peers_[id];
}

void Rib::forget_peer(PeerId id) {
  assert(std::ranges::all_of(peer(id).counts, [](auto const& counts) { return counts.received == 0; }));
  peers_.release(id.value);
}

Attributes Rib::attributes_of(AttrId id) const {
  if (!id) return {};
  auto const& set = attributes[id];
  auto values = wire::decode_canonical(set.canonical());
  values.next_hop = next_hops[set.next_hop].address;
  values.link_local_next_hop = next_hops[set.next_hop].link_local;
  return values;
}

// A route of our own may well name our own address, to which there is no way and need be none.
bool Rib::usable(Path const& path) const {
  if (path.refused()) return false;
  if (next_hops.all_reachable() || path.peer == local_peer) return true;
  return next_hops[attributes[path.effective].next_hop].state.reachable;
}

Candidate Rib::candidate(Table const& table, std::uint32_t index) const {
  auto const& path = table.path(index);
  auto const& set = attributes[path.effective];
  return {&set.summary, &peers_[path.peer.value], next_hops[set.next_hop].state.cost, table.path_id(index)};
}

void Rib::collect_usable(Table const& table, SlotId slot, std::vector<Candidate>& candidates,
                         std::vector<std::uint32_t>& paths) const {
  candidates.clear();
  paths.clear();
  for (auto index = table.first(slot); index != no_path; index = table.path(index).next) {
    if (!usable(table.path(index))) continue;
    candidates.push_back(candidate(table, index));
    paths.push_back(index);
  }
}

Choice Rib::choose_among(Table const& table, SlotId slot, std::vector<Candidate>& candidates,
                         std::vector<std::uint32_t>& paths) const {
  collect_usable(table, slot, candidates, paths);
  return choose(candidates, decision(table.family()));
}

void Rib::note_change(PerFamily& in, SlotId slot, std::uint32_t old_best) {
  if (in.table.queued(slot)) return;
  in.table.set_queued(slot, true);
  in.changes.push_back({slot, old_best == no_path ? no_peer : in.table.path(old_best).peer});
}

void Rib::note_path(PerFamily& in, SlotId slot, std::uint32_t path, bool is_new) {
  if (in.paths_tracked) in.path_changes.push_back({slot, path, is_new});
}

// `touched` is a path that is new or has new attributes.
void Rib::decide(PerFamily& in, SlotId slot, std::uint32_t touched) {
  auto const old_best = in.table.best(slot);
  auto best = no_path;
  auto const first = in.table.first(slot);
  if (first != no_path && in.table.path(first).next == no_path) {
    if (usable(in.table.path(first))) best = first;
  } else {
    collect_usable(in.table, slot, candidates_, candidate_paths_);
    if (!candidates_.empty()) best = candidate_paths_[choose_best(candidates_, decision(in.table.family()))];
  }
  if (best == old_best && (best == no_path || best != touched)) return;
  note_change(in, slot, old_best);
  in.table.set_best(slot, best);
}

void Rib::count(Path const& path, Family family, int sign) {
  auto& counts = counts_of(path, family);
  counts.received += static_cast<std::uint64_t>(sign);
  if (!path.refused()) counts.accepted += static_cast<std::uint64_t>(sign);
}

SlotId Rib::announce(Family family, PeerId peer, RouteKey const& key, PathId id, AttrId received,
                     Import const& import) {
  auto& in = tables_[family_index(family)];
  if (in.table.extent() == 0) families_.push_back(family);
  auto const slot = in.table.find_or_insert(key);
  auto index = in.table.find_path(slot, peer, id);
  retain(received, import);
  before_change_of_use(in, slot);
  if (index == no_path) {
    index = in.table.add_path(slot, id, {peer, import.rule, received, import.effective});
    count(in.table.path(index), family, +1);
    if (import.effective) note_path(in, slot, index, true);
    place_new(in, slot, index);
  } else if (change_path(in, slot, index, received, import)) {
    decide(in, slot, index);
  }
  after_change_of_use(in, slot);
  return slot;
}

void Rib::retain(AttrId received, Import const& import) {
  if (received) attributes.retain(received);
  if (import.effective) attributes.retain(import.effective);
}

void Rib::release(Path const& path) {
  if (path.received) attributes.release(path.received);
  if (path.effective) attributes.release(path.effective);
}

// False when it stays as it was for the decision. Takes over the references to both sets.
bool Rib::change_path(PerFamily& in, SlotId slot, std::uint32_t index, AttrId received, Import const& import) {
  auto& path = in.table.path(index);
  auto const same = path.effective == import.effective;
  if (!same) {
    note_path(in, slot, index);
    if (path.refused()) ++counts_of(path, in.table.family()).accepted;
    if (!import.effective) --counts_of(path, in.table.family()).accepted;
  }
  release(path);
  path.received = received;
  path.effective = import.effective;
  path.rule = import.rule;
  return !same;
}

// A new path that loses to the best changes nothing: whatever else it beats had lost to the best before, also where MED
// is compared within a neighbouring AS only. (A path that changes may have kept others of its AS down until now.) One
// that beats the best is the best, unless that is a matter of MEDs that others would not be compared by: where all that
// is asked before MED decides, or MED plays no part between the two, it beats whatever the best beats.
void Rib::place_new(PerFamily& in, SlotId slot, std::uint32_t index) {
  auto const best = in.table.best(slot);
  if (best == no_path || !usable(in.table.path(best))) return decide(in, slot, index);
  if (!usable(in.table.path(index))) return;
  auto const options = decision(in.table.family());
  auto const present = candidate(in.table, best), rival = candidate(in.table, index);
  auto const result = compare(present, rival, options);
  if (result.first_is_better) return;
  auto const same_med =
      neighbouring_as(present) == neighbouring_as(rival) && present.attributes->med == rival.attributes->med;
  if (result.rung >= Rung::med && !same_med && !options.always_compare_med) return decide(in, slot, index);
  note_change(in, slot, best);
  in.table.set_best(slot, index);
}

template <class Gone>
void Rib::drop_paths(PerFamily& in, SlotId slot, Gone&& gone) {
  bool first = true;
  auto const noted = in.path_changes.size();
  auto const any = in.table.remove_paths_if(slot, [&](std::uint32_t index) {
    if (!gone(index)) return false;
    if (std::exchange(first, false)) before_change_of_use(in, slot);
    auto const& path = in.table.path(index);
    if (in.table.best(slot) == index) note_change(in, slot, index);
    if (!path.refused()) note_path(in, slot, index);
    count(path, in.table.family(), -1);
    if (path.received) to_release_.add(path.received);
    if (path.effective) to_release_.add(path.effective);
    return true;
  });
  if (!any) return;
  if (in.table.first(slot) != no_path) {
    decide(in, slot, no_path);
    after_change_of_use(in, slot);
    return;
  }
  // Without a change in this batch (a refused path went) nobody will hear of it: the last change was in an earlier one.
  auto const batch = in.table.queued(slot) || in.path_changes.size() != noted ? in.batch : in.batch - 1;
  in.table.set_vacated_in(slot, batch);
  in.vacant.push_back({slot, batch});
}

bool Rib::would_exceed(std::size_t most, Family family, PeerId peer, RouteKey const& key, PathId path) const {
  auto const& table = tables_[family_index(family)].table;
  auto const slot = table.find(key);
  if (!slot || table.find_path(*slot, peer, path) != no_path) return false;
  std::size_t count = 0;
  for (auto index = table.first(*slot); index != no_path && count < most; index = table.path(index).next) {
    if (table.path(index).peer == peer) ++count;
  }
  return count == most;
}

bool Rib::withdraw(Family family, PeerId peer, RouteKey const& key, PathId id) {
  auto& in = tables_[family_index(family)];
  auto const slot = in.table.find(key);
  if (!slot) return false;
  auto const index = in.table.find_path(*slot, peer, id);
  if (index == no_path) return false;
  drop_paths(in, *slot, [index](std::uint32_t other) { return other == index; });
  attributes.release(to_release_);
  return true;
}

bool Rib::remove_paths(Family family, std::uint32_t& cursor, std::uint32_t budget, IsGone const& gone) {
  auto& in = tables_[family_index(family)];
  for (; budget > 0 && cursor < in.table.extent(); --budget, ++cursor) {
    if (!in.table.in_use(SlotId{cursor})) continue;
    SlotId const slot{cursor};
    drop_paths(in, slot,
               [&](std::uint32_t index) { return gone(slot, in.table.path(index).peer, in.table.path_id(index)); });
  }
  attributes.release(to_release_);
  return cursor >= in.table.extent();
}

bool Rib::import_again(Family family, std::uint32_t& cursor, std::uint32_t& budget, Judge const& judge) {
  constexpr std::uint32_t cost_of_judging = 16;  // in slots that are only looked at
  auto& in = tables_[family_index(family)];
  for (; budget > 0 && cursor < in.table.extent(); --budget, ++cursor) {
    SlotId const slot{cursor};
    importing_.clear();
    for (auto index = in.table.first(slot); index != no_path; index = in.table.path(index).next) {
      importing_.push_back(index);
    }
    for (auto const index : importing_) {
      auto const received = in.table.path(index).received;
      auto const import = judge(slot, in.table.path(index));
      if (!import) continue;
      retain(received, *import);
      before_change_of_use(in, slot);
      auto const changed = change_path(in, slot, index, received, *import);
      if (!changed && import->told_again) note_path(in, slot, index);
      if (changed || import->told_again) decide(in, slot, index);
      after_change_of_use(in, slot);
      budget -= std::min(budget - 1, cost_of_judging);
    }
  }
  return cursor >= in.table.extent();
}

bool Rib::decide_again(Family family, std::uint32_t& cursor, std::uint32_t budget) {
  auto& in = tables_[family_index(family)];
  if (cursor == 0) in.settling = next_hops.changes();
  for (; budget > 0 && cursor < in.table.extent(); --budget, ++cursor) {
    SlotId const slot{cursor};
    if (in.table.first(slot) == no_path) continue;
    decide(in, slot, no_path);
    if (use_unsettled(in, slot)) in.use_changes.push_back(slot);
    if (in.paths_tracked) note_unsettled_paths(in, slot);
  }
  if (cursor < in.table.extent()) return false;
  in.settled = in.settling;
  return true;
}

std::uint64_t Rib::take_changes(Family family, std::vector<Change>& out) {
  auto& in = tables_[family_index(family)];
  out.clear();
  out.swap(in.changes);
  for (auto const& change : out) in.table.set_queued(change.slot, false);
  return in.batch++;
}

void Rib::take_path_changes(Family family, std::vector<PathChange>& out) {
  out.clear();
  out.swap(tables_[family_index(family)].path_changes);
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
}

// Whoever is told of the slot between the answer of the resolver and now is told what can be used since then. A path
// that can be used again is noted by itself, so that the others hear of it, too.
void Rib::note_unsettled_paths(PerFamily& in, SlotId slot) const {
  auto unsettled = false;
  for (auto index = in.table.first(slot); index != no_path; index = in.table.path(index).next) {
    auto const& path = in.table.path(index);
    if (path.refused()) continue;
    auto const& hop = next_hop(path);
    unsettled |= hop.changed_in > in.settled;
    if (hop.came_in > in.settled) note_path(in, slot, index);
  }
  if (unsettled) note_path(in, slot, no_path);
}

void Rib::take_use_changes(Family family, std::vector<SlotId>& out) {
  out.clear();
  out.swap(tables_[family_index(family)].use_changes);
}

// ---- What is used beside the best

void Rib::collect_next_hops(PerFamily const& in, SlotId slot, std::vector<IpAddress>& out) {
  out.clear();
  for (auto const path : in_use_.of(*this, in.table, slot)) out.push_back(next_hop(in.table.path(path)).address);
}

void Rib::before_change_of_use(PerFamily const& in, SlotId slot) {
  if (!multipath()) return;
  unsettled_before_ = use_unsettled(in, slot);
  collect_next_hops(in, slot, next_hops_before_);
}

void Rib::after_change_of_use(PerFamily& in, SlotId slot) {
  if (!multipath() || in.table.queued(slot)) return;  // who hears of the best path hears of the others
  collect_next_hops(in, slot, next_hops_after_);
  if (unsettled_before_ || next_hops_before_ != next_hops_after_) in.use_changes.push_back(slot);
}

// After an answer of the resolver changed, and until the pass that decides again is over, what was told of a slot may
// be older than what its paths say now. Then it is told again, be it superfluous: nobody remembers what was told. Only
// paths that are equal down to the origin matter: cost and kind decide below it, and a MED may keep others out.
bool Rib::use_unsettled(PerFamily const& in, SlotId slot) const {
  if (!multipath() || next_hops.changes() == in.settled) return false;
  auto const best = in.table.best(slot);
  if (best == no_path) return false;
  auto const changed = [&](Path const& path) { return next_hop(path).changed_in > in.settled; };
  auto const best_changed = changed(in.table.path(best));
  auto const options = decision(in.table.family());
  for (auto index = in.table.first(slot); index != no_path; index = in.table.path(index).next) {
    auto const& path = in.table.path(index);
    if (index == best || path.refused() || !(best_changed || changed(path))) continue;
    if (compare(candidate(in.table, best), candidate(in.table, index), options).rung > Rung::origin) return true;
  }
  return false;
}

// To give a slot back is a visit to the index: they wait together. A slot that was emptied twice stands there twice,
// and has no key any more when the second comes.
void Rib::look_ahead(PerFamily const& in, std::size_t count) {
  in.vacant.for_first(count, [&in](VacantSlots::Vacant const& entry) {
    if (in.table.vacated_in(entry.slot, entry.batch)) in.table.prefetch(entry.slot);
  });
}

std::size_t Rib::reclaim(Family family, std::uint64_t passed, std::function<bool(SlotId)> const& needed,
                         std::size_t budget) {
  auto& in = tables_[family_index(family)];
  for (budget = std::min(budget, in.vacant.size()); budget > 0; --budget) {
    if (budget % Table::most_ahead == 0) look_ahead(in, std::min(budget, Table::most_ahead));
    auto const entry = in.vacant.front();
    if (entry.batch >= passed) break;
    in.vacant.pop_front();
    if (!in.table.vacated_in(entry.slot, entry.batch)) continue;  // in use again, or emptied again later
    if (needed(entry.slot)) {
      in.vacant.push_back(entry);
    } else {
      in.table.release_slot(entry.slot);
    }
  }
  return in.vacant.size();
}

}  // namespace bgp::rib
