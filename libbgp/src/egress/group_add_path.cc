// What a group says of a slot where its members take several paths of a prefix (ADD-PATH, RFC 7911).
#include <algorithm>

#include "egress/group.h"

namespace bgp::egress {

using rib::no_path;
using rib::SlotId;

// The paths that are to be told, into chosen_, with what export makes of them.
void Group::choose_occupants(SlotId slot) {
  chosen_.clear();
  answers_.clear();
  for (auto index = table_.first(slot); index != no_path; index = table_.path(index).next) {
    auto const& path = table_.path(index);
    if (!rib_.usable(path)) continue;
    auto const answer = ask(slot, index);
    if (!answer.exported) continue;
    chosen_.push_back({index, path.peer});
    answers_.push_back(answer);
  }
  auto const one_an_as = key_.add_path.mode == AddPathSend::Mode::best_of_each_as;
  if (!one_an_as && chosen_.size() <= key_.add_path.most) return;
  candidates_.clear();
  for (auto const& one : chosen_) candidates_.push_back(rib_.candidate(table_, one.path));
  rib::choose_several(candidates_, key_.add_path.most, one_an_as, rib_.decision(key_.family), order_);
  // In the order of the list as before, so that each can be moved to where it belongs.
  std::ranges::sort(order_);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    chosen_[i] = chosen_[order_[i]];
    answers_[i] = answers_[order_[i]];
  }
  chosen_.resize(order_.size());
  answers_.resize(order_.size());
}

// Gives the slot's paths their seats; what is new about it is in moves_ then, with chosen_ and answers_.
void Group::settle(SlotId slot, std::span<rib::PathChange const> touched) {
  choose_occupants(slot);
  seats_.assign(slot, touched, chosen_, moves_);
  for (auto const& move : moves_) {
    if (move.before != rib::no_peer) --held_from(move.before);
    if (move.occupant != chosen_.size()) ++held_from(chosen_[move.occupant].source);
  }
  if (seats_.any(slot)) {
    held_.insert(slot);
  } else {
    held_.erase(slot);
  }
}

// Of a crowded slot: a new path that loses to all that are told changes nothing. (Whatever else it beats was not told.)
bool Group::loses_to_all_told(rib::PathChange const& change) const {
  if (!change.is_new || key_.add_path.mode != AddPathSend::Mode::best) return false;
  auto const& path = table_.path(change.path);
  if (!rib_.usable(path)) return true;
  auto const candidate = rib_.candidate(table_, change.path);
  unsigned better = 0;
  seats_.each(change.slot, [&](Seats::Seat const& seat) {
    if (table_.path(seat.path).refused()) return;
    auto const told = rib_.candidate(table_, seat.path);
    if (rib::compare(told, candidate, rib_.decision(key_.family)).first_is_better) ++better;
  });
  return better == key_.add_path.most;
}

void Group::choose_paths(std::span<rib::PathChange const> changes) {
  if (changes.size() == 1 && loses_to_all_told(changes.front())) return;
  auto const slot = changes.front().slot;
  settle(slot, changes);
  for (auto const& move : moves_) {
    if (move.occupant == chosen_.size()) {
      withdraw_path(slot, move.number, move.before);
      continue;
    }
    auto item = announcement(slot, chosen_[move.occupant].path, answers_[move.occupant]);
    item.source_held = move.before != rib::no_peer && move.before != item.source;
    item.path_id = move.number;
    items_.push_back(item);
  }
}

// All that is told of a slot, to those who read it for the first time. `may_hold`: they may hold other paths of it.
template <class OfPath>
void Group::choose_all_paths(SlotId slot, bool may_hold, OfPath&& of_path) {
  if (!seats_.any(slot)) settle(slot, {});
  std::uint64_t taken = 0;
  seats_.each(slot, [&](Seats::Seat const& seat) {
    taken |= std::uint64_t{1} << (seat.number - 1);
    of_path(seat);
  });
  if (!may_hold) return;
  auto const highest = std::max(seats_.highest(slot), highest_of_movers_);
  for (std::uint8_t number = 1; number <= highest; ++number) {
    if ((taken >> (number - 1) & 1) == 0) withdraw_path(slot, number, rib::no_peer);
  }
}

void Group::choose_paths_for_walk(SlotId slot) {
  auto const may_hold = movers_ > 0 && from_elsewhere_.held.contains(slot) && table_.in_use(slot);
  choose_all_paths(slot, may_hold, [&](Seats::Seat const& seat) {
    auto const answer = ask(slot, seat.path);
    // What rules forbid by now keeps its seat until all others are told.
    if (!answer.exported) {
      if (may_hold) withdraw_path(slot, seat.number, rib::no_peer);
      return;
    }
    auto item = announcement(slot, seat.path, answer);
    item.source_held = may_hold;
    item.path_id = seat.number;
    items_.push_back(item);
  });
}

void Group::choose_paths_for_laggard(SlotId slot, PeerId laggard) {
  choose_all_paths(slot, true, [&](Seats::Seat const& seat) {
    auto const answer = ask(slot, seat.path);
    if (seat.source == laggard || !answer.exported) return withdraw_path(slot, seat.number, rib::no_peer);
    auto item = announcement(slot, seat.path, answer);
    item.path_id = seat.number;
    items_.push_back(item);
  });
}

PathId Group::path_told(SlotId slot, std::uint32_t path) const {
  PathId told;
  seats_.each(slot, [&](Seats::Seat const& seat) {
    if (seat.path == path) told.value = seat.number;
  });
  return told;
}

void Group::withdraw_path(SlotId slot, std::uint8_t number, PeerId source) {
  Item item{slot, no_path, source, {}};
  item.path_id = number;
  items_.push_back(item);
}

}  // namespace bgp::egress
