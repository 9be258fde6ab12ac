// Which paths of a prefix a group has told its members, where they take several (ADD-PATH, RFC 7911). A path identifier
// is a seat: a small number from 1 on, a path's own as long as it is told, and another one's afterwards. So nothing is
// said of a path that stays when others come and go, and what somebody may hold of a slot, whatever he missed, is a few
// numbers. Pure.
#pragma once

#include <span>
#include <vector>

#include "rib/rib.h"

namespace bgp::egress {

class Seats {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Seat {
    std::uint32_t path = rib::no_path;
    PeerId source;  ///< of that path
    std::uint32_t next = none;
    std::uint8_t number = 0;
  };
  /// A path that is to be told.
  struct Occupant {
    std::uint32_t path = rib::no_path;
    PeerId source;
  };
  /// A seat about which there is something to say.
  struct Move {
    std::uint8_t number = 0;
    std::size_t occupant = 0;      ///< its index; their number: nobody sits there any more
    PeerId before = rib::no_peer;  ///< the source of the path that was told with this identifier
  };

  /// From now on `occupants` are told of the slot, at most AddPathSend::limit of them; `touched` are those among its
  /// paths that may be others than before, ascending.
  void assign(rib::SlotId slot, std::span<rib::PathChange const> touched, std::span<Occupant const> occupants,
              std::vector<Move>& out);

  [[nodiscard]] bool any(rib::SlotId slot) const { return head(slot) != none; }
  template <class F>
  void each(rib::SlotId slot, F&& f) const {
    for (auto at = head(slot); at != none; at = seats_[at].next) f(seats_[at]);
  }
  /// The highest number that was ever given in the slot, whatever prefix it was for, and in any slot.
  [[nodiscard]] std::uint8_t highest(rib::SlotId slot) const {
    return slot.value < places_.size() ? places_[slot.value].highest : std::uint8_t{0};
  }
  [[nodiscard]] std::uint8_t highest() const { return highest_; }
  /// Over all slots.
  [[nodiscard]] std::uint64_t taken() const { return seats_.used(); }
  [[nodiscard]] std::size_t memory() const {
    return seats_.memory() + places_.capacity() * sizeof(Place) + freed_.capacity() * sizeof(freed_[0]);
  }

 private:
  struct Place {
    std::uint32_t head = none;
    std::uint8_t highest = 0;
  };
  [[nodiscard]] std::uint32_t head(rib::SlotId slot) const {
    return slot.value < places_.size() ? places_[slot.value].head : none;
  }
  std::uint64_t keep_or_free(std::uint32_t head, std::span<rib::PathChange const> touched,
                             std::span<Occupant const> occupants, std::vector<Move>& out);
  void take(rib::SlotId slot, Occupant const& occupant, std::uint8_t number);
  void give_up(rib::SlotId slot, std::uint32_t seat);

  rib::Pool<Seat> seats_{1U << 26};
  std::vector<Place> places_;  // by slot
  std::uint8_t highest_ = 0;
  // Scratch of assign().
  std::vector<bool> seated_;
  std::vector<std::uint32_t> freed_;
};

}  // namespace bgp::egress
