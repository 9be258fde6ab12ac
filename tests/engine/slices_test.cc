// How much is done in one go: every group makes its own work of a change, so a slice ends the sooner the more they are.
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
  EXPECT_LE(many.coming, 8192U / 40);
  EXPECT_LE(many.going, 8192U / 40 + 64);
}

}  // namespace
}  // namespace bgp::engine::test
