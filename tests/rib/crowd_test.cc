// A prefix that very many neighbours announce, as every node of a cluster does with a service's range: the best path is
// always that of a fresh decision, and each path is found again.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "support.h"

namespace bgp::rib {
namespace {

using testing::best_peer;

PeerId fresh_best(Rib const& rib, Prefix const& prefix) {
  auto const& table = rib.table(prefix.family());
  auto const slot = table.find(prefix);
  if (!slot) return no_peer;
  std::vector<Candidate> candidates;
  std::vector<std::uint32_t> paths;
  auto const choice = rib.choose_among(table, *slot, candidates, paths);
  return choice.rung == Rung::none ? no_peer : table.path(paths[choice.best]).peer;
}

// Few values, so that MED within a neighbouring AS often decides who meets whom.
Attributes some_attributes() {
  Attributes attributes;
  attributes.as_path = testing::path_of({Asn{64512 + *rc::gen::inRange(0U, 3U)}});
  attributes.med = *rc::gen::inRange(0U, 4U);
  attributes.local_pref = 100 + *rc::gen::weightedElement<std::uint32_t>({{8, 0}, {1, 1}});
  return attributes;
}

RC_GTEST_PROP(Crowd, TheBestIsThatOfAFreshDecision, ()) {
  constexpr std::uint16_t peers = 150;
  auto const prefix = "10.96.0.0/12"_pfx;
  Rib rib({42}, {.always_compare_med = *rc::gen::inRange(0, 4) == 0});
  for (std::uint16_t n = 1; n <= peers; ++n) testing::add_ibgp(rib, n);
  std::set<PeerId> announcing;
  for (auto steps = *rc::gen::inRange(0, 400); steps > 0; --steps) {
    PeerId const peer{*rc::gen::inRange<std::uint16_t>(1, peers + 1)};
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        RC_ASSERT(rib.withdraw(ipv4_unicast, peer, prefix, {}) == (announcing.erase(peer) == 1));
        break;
      case 1: {
        if (*rc::gen::inRange(0, 8) != 0) break;
        auto const stays = [](PeerId id) { return id.value % 2 == 0; };
        std::uint32_t cursor = 0;
        while (!rib.remove_paths(ipv4_unicast, cursor, 1, [&](SlotId, PeerId of, PathId) { return !stays(of); })) {
        }
        std::erase_if(announcing, [&](PeerId id) { return !stays(id); });
        break;
      }
      default:
        testing::announce(rib, peer, prefix, some_attributes());
        announcing.insert(peer);
    }
    RC_ASSERT(best_peer(rib, prefix) == fresh_best(rib, prefix));
    RC_ASSERT(rib.table(ipv4_unicast).paths() == announcing.size());
    for (std::uint16_t n = 1; n <= peers; ++n) {
      RC_ASSERT((testing::find_path(rib, PeerId{n}, prefix) != nullptr) == announcing.contains(PeerId{n}));
    }
  }
}

// Among so many, 18 pairs or so agree in all 30 bits of the hash that the index looks at: only the slot tells them
// apart.
TEST(CrowdIndex, TellsSlotsApartWhoseHashesLookAlike) {
  constexpr std::uint32_t slots = 200'000;
  CrowdIndex index({42});
  auto const find = [&](std::uint32_t slot) { return index.find({slot, 1, 0}, [](std::uint32_t) { return true; }); };
  for (std::uint32_t slot = 0; slot < slots; ++slot) index.insert({slot, 1, 0}, slots - slot);
  for (std::uint32_t slot = 0; slot < slots; ++slot) ASSERT_EQ(find(slot), slots - slot);
  // The paths of the even ones go, and are paths of other slots from then on.
  for (std::uint32_t slot = 0; slot < slots; slot += 2) index.erase({slot, 1, 0}, slots - slot);
  for (std::uint32_t slot = 0; slot < slots; slot += 2) ASSERT_EQ(find(slot), std::nullopt);
  for (std::uint32_t slot = 0; slot < slots; slot += 2) index.insert({slots + slot, 1, 0}, slots - slot);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    ASSERT_EQ(find(slot), slot % 2 == 0 ? std::nullopt : std::optional(slots - slot));
    ASSERT_EQ(find(slots + slot), slot % 2 != 0 ? std::nullopt : std::optional(slots - slot));
  }
}

}  // namespace
}  // namespace bgp::rib
