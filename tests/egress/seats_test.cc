// Path identifiers as seats (RFC 7911): who keeps one, who gets one, and what there is to say about it.
#include "egress/seats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bgp::egress {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SeatsOfASlot : public testing::Test {
 protected:
  // "path 8 gets 1", "1 is free": what is new when these paths are told, of the neighbours of the same numbers.
  std::vector<std::string> assign(std::vector<std::uint32_t> const& paths, std::vector<std::uint32_t> const& touched) {
    std::vector<Seats::Occupant> occupants;
    for (auto const path : paths) occupants.push_back({path, PeerId{static_cast<std::uint16_t>(path)}});
    std::vector<rib::PathChange> changes;
    for (auto const path : touched) changes.push_back({slot, path});
    std::vector<Seats::Move> moves;
    seats.assign(slot, changes, occupants, moves);
    std::vector<std::string> out;
    for (auto const& move : moves) {
      auto const number = std::to_string(move.number);
      auto const was = move.before == rib::no_peer ? "" : ", was " + std::to_string(move.before.value);
      out.push_back(move.occupant == occupants.size()
                        ? number + " is free" + was
                        : std::to_string(occupants[move.occupant].path) + " gets " + number + was);
    }
    return out;
  }
  rib::SlotId const slot{3};
  Seats seats;
};

TEST_F(SeatsOfASlot, WhoStaysKeepsItAndIsNotToldAgain) {
  EXPECT_THAT(assign({7, 8, 9}, {7, 8, 9}), ElementsAre("7 gets 1", "8 gets 2", "9 gets 3"));
  EXPECT_THAT(assign({9, 8, 7}, {}), IsEmpty()) << "whatever their order";
  EXPECT_THAT(assign({7, 9}, {8}), ElementsAre("2 is free, was 8"));
  EXPECT_THAT(assign({7, 9, 4}, {4}), ElementsAre("4 gets 2"));
  EXPECT_EQ(seats.taken(), 3U);
}

TEST_F(SeatsOfASlot, WhatChangedIsToldAgainInItsSeat) {
  assign({7, 8}, {7, 8});
  EXPECT_THAT(assign({7, 8}, {8}), ElementsAre("8 gets 2, was 8"));
}

TEST_F(SeatsOfASlot, ANewcomerTakesASeatThatBecomesFree) {
  assign({7, 8}, {7, 8});
  EXPECT_THAT(assign({8, 9}, {7, 9}), ElementsAre("9 gets 1, was 7"));
}

TEST_F(SeatsOfASlot, OtherSlotsHaveSeatsOfTheirOwn) {
  assign({7}, {7});
  std::vector<Seats::Move> moves;
  seats.assign(rib::SlotId{900}, {}, std::vector<Seats::Occupant>{{70, PeerId{1}}}, moves);
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves[0].number, 1);
  assign({}, {7});
  EXPECT_FALSE(seats.any(slot));
  EXPECT_TRUE(seats.any(rib::SlotId{900}));
}

TEST_F(SeatsOfASlot, ThereAreAsManyAsPathsAreToldAtMost) {
  std::vector<std::uint32_t> paths(AddPathSend::limit);
  for (std::uint32_t n = 0; n < paths.size(); ++n) paths[n] = 100 + n;
  EXPECT_EQ(assign(paths, paths).size(), 64U);
  std::uint8_t highest = 0;
  seats.each(slot, [&](Seats::Seat const& seat) { highest = std::max(highest, seat.number); });
  EXPECT_EQ(highest, 64);
  paths.front() = 99;
  EXPECT_THAT(assign(paths, {99, 100}), ElementsAre("99 gets 1, was 100"));
}

}  // namespace
}  // namespace bgp::egress
