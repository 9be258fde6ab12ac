// How much is done in one go: every group makes its own work of a change, so a slice ends the sooner the more they are.
#include "slow.h"
#include "star.h"

namespace bgp::engine::test {
namespace {

constexpr std::uint32_t routes = 4000;

// One like it is another filter, and its neighbours another group.
class Own : public Filter {
 public:
  FilterVerdict judge(FilteredRoute const&) const override { return {true, "own, rule 1"}; }
  std::string name() const override { return "own"; }
};

/// The most routes that come, and that go, in one turn of the executor.
struct Largest {
  std::uint64_t coming = 0;
  std::uint64_t going = 0;
};

Largest largest_slices(std::size_t groups) {
  Star star(1, std::vector<Asn>(groups + 1, 65001_asn));
  for (std::size_t i = 1; i <= groups; ++i) {
    EXPECT_TRUE(star.hub->set_filters(star.ids[i], accept_all, std::make_shared<Own>()).ok());
  }
  Largest out;
  auto const prefixes = [&] { return star.hub->status().tables[0].prefixes; };
  auto const follow = [&] {
    star.io.restart();
    for (auto before = prefixes(); star.io.poll_one() != 0;) {
      auto const now = prefixes();
      out.coming = std::max(out.coming, now - std::min(now, before));
      out.going = std::max(out.going, before - std::min(now, before));
      before = now;
    }
  };
  for (std::uint32_t i = 0; i < routes; ++i) star.neighbours[0]->originate(nth(i), with_med(i));  // an UPDATE each
  follow();
  EXPECT_EQ(prefixes(), routes);
  EXPECT_TRUE(star.hub->remove_peer(star.ids[0]).ok());
  follow();
  EXPECT_EQ(prefixes(), 0U);
  return out;
}

TEST(Slices, AreShorterWhereAChangeIsOneForManyGroups) {
  auto const few = largest_slices(2), many = largest_slices(40);
  EXPECT_GT(few.coming, 500U);
  EXPECT_GT(few.going, 1000U);
  EXPECT_LE(many.coming, 4096U / 40);
  EXPECT_LE(many.going, 4096U / 40 + 32);
}

/// How many turns of the executor it takes until a neighbour's ten routes are gone from a large table.
std::size_t turns_of_a_small_loss(std::size_t groups) {
  Star star(1, std::vector<Asn>(groups + 2, 65001_asn));
  for (std::size_t i = 2; i < star.ids.size(); ++i) {
    EXPECT_TRUE(star.hub->set_filters(star.ids[i], accept_all, std::make_shared<Own>()).ok());
  }
  for (std::uint32_t i = 0; i < 20000; ++i) star.neighbours[0]->originate(nth(i));
  star.run();
  for (std::uint32_t i = 0; i < 10; ++i) star.neighbours[1]->originate(nth(30000 + i));
  star.run();
  EXPECT_EQ(star.hub->status().tables[0].prefixes, 20010U);
  EXPECT_TRUE(star.hub->remove_peer(star.ids[1]).ok());
  std::size_t turns = 0;
  star.io.restart();
  for (; star.hub->status().tables[0].prefixes != 20000U && star.io.poll_one() != 0; ++turns) {
  }
  EXPECT_EQ(star.hub->status().tables[0].prefixes, 20000U);
  return turns;
}

// What is only looked at is no work for any group.
TEST(Slices, AreAsLongWhereNothingChanges) { EXPECT_LE(turns_of_a_small_loss(40), 2 * turns_of_a_small_loss(2)); }

// What comes alone is not worth waiting for others.
TEST(Slices, HaveAChangeThatComesAloneToldInTheTurnThatReadIt) {
  Star star(1, {65001_asn, 65002_asn});
  auto const told = [&] { return star.hub->peer(star.ids[1])->sent.update; };
  auto const before = told();
  star.neighbours[0]->originate(nth(0));
  star.turn_until([&] { return star.hub->status().tables[0].prefixes == 1; });
  EXPECT_EQ(told(), before + 1);
}

// It holds the executor for both, so it counts as both.
TEST(Slices, CountAReadAndWhatIsToldInItsTurnAsOne) {
  Star star(1, {65001_asn, 65002_asn});
  ASSERT_TRUE(star.hub->set_filters(star.ids[0], std::make_shared<Slow>(star.clock, 3ms), accept_all).ok());
  ASSERT_TRUE(star.hub->set_filters(star.ids[1], accept_all, std::make_shared<Slow>(star.clock, 4ms)).ok());
  star.run();
  star.neighbours[0]->originate(nth(0));
  star.turn_until([&] { return star.hub->status().tables[0].prefixes == 1; });
  EXPECT_EQ(star.hub->status().longest_slice, 7ms);
}

}  // namespace
}  // namespace bgp::engine::test
