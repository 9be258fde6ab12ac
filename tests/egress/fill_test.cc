// What a member gives to whoever writes for it, who asks no more once it was given less than it asked for.
#include "egress/egress.h"
#include "export_fixture.h"

namespace bgp::egress {
namespace {

class Fill : public Export {
 protected:
  ~Fill() override { egress.leave(std::move(member)); }
  void announce(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      Prefix const prefix(IpAddress::v4(0x0a000000U + (i << 8)), 24);
      rib.announce(ipv4_unicast, source.peer, prefix, {}, source.received, {source.effective, rib::accepted});
    }
  }

  Egress egress{rib};
  rib::Path source = route(Kind::ibgp, true);
  unsigned woken = 0;
  std::unique_ptr<Member> member = egress.join(key, source.peer, [this] { ++woken; });
};

// A newcomer is told nothing of a table that is its own, and looks at all of it.
TEST_F(Fill, WakesWhereItFoundLessThanItWasAskedForAndMayFindMore) {
  constexpr std::size_t budget = 65536;
  announce(20000);
  egress.flush();
  member->refresh(false);
  unsigned fills = 0;
  std::vector<Slice> slices;
  while (member->has_more()) {
    woken = 0;
    auto const filled = member->fill(slices, budget);
    ++fills;
    ASSERT_TRUE(filled >= budget || woken > 0 || !member->has_more()) << "nobody would ask again";
    ASSERT_LT(fills, 1000U);
  }
  EXPECT_GT(fills, 1U);
}

}  // namespace
}  // namespace bgp::egress
