#include "egress/seats.h"

#include <algorithm>
#include <bit>

namespace bgp::egress {

void Seats::assign(rib::SlotId slot, std::span<rib::PathChange const> touched, std::span<Occupant const> occupants,
                   std::vector<Move>& out) {
  out.clear();
  auto numbers = keep_or_free(head(slot), touched, occupants, out);
  for (std::size_t i = 0; i < occupants.size(); ++i) {
    if (seated_[i]) continue;
    auto const [path, source] = occupants[i];
    if (!freed_.empty()) {  // one message instead of two
      auto& seat = seats_[freed_.back()];
      freed_.pop_back();
      out.push_back({seat.number, i, std::exchange(seat.source, source)});
      seat.path = path;
      continue;
    }
    auto const free = std::countr_one(numbers);
    numbers |= std::uint64_t{1} << free;
    auto const number = static_cast<std::uint8_t>(free + 1);
    out.push_back({number, i, rib::no_peer});
    take(slot, occupants[i], number);
  }
  for (auto const at : freed_) {
    out.push_back({seats_[at].number, occupants.size(), seats_[at].source});
    give_up(slot, at);
  }
}

// Fills seated_ and freed_. Returns the numbers that are taken as bits, those of freed_ among them.
std::uint64_t Seats::keep_or_free(std::uint32_t head, std::span<rib::PathChange const> touched,
                                  std::span<Occupant const> occupants, std::vector<Move>& out) {
  std::uint64_t numbers = 0;
  seated_.assign(occupants.size(), false);
  freed_.clear();
  for (auto at = head; at != none; at = seats_[at].next) {
    auto& seat = seats_[at];
    numbers |= std::uint64_t{1} << (seat.number - 1);
    auto const i =
        static_cast<std::size_t>(std::ranges::find(occupants, seat.path, &Occupant::path) - occupants.begin());
    if (i == occupants.size()) {
      freed_.push_back(at);
      continue;
    }
    seated_[i] = true;
    if (!std::ranges::binary_search(touched, seat.path, {}, &rib::PathChange::path)) continue;
    out.push_back({seat.number, i, std::exchange(seat.source, occupants[i].source)});
  }
  return numbers;
}

void Seats::take(rib::SlotId slot, Occupant const& occupant, std::uint8_t number) {
  if (slot.value >= places_.size()) places_.resize(slot.value + 1);
  auto& place = places_[slot.value];
  place.head = seats_.allocate({occupant.path, occupant.source, place.head, number});
  place.highest = std::max(place.highest, number);
  highest_ = std::max(highest_, number);
}

void Seats::give_up(rib::SlotId slot, std::uint32_t seat) {
  auto* link = &places_[slot.value].head;
  while (*link != seat) link = &seats_[*link].next;
  *link = seats_[seat].next;
  seats_.release(seat);
}

}  // namespace bgp::egress
