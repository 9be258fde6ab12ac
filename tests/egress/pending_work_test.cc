// How much work a batch is, by which the engine cuts its slices: a change is one for every group of its family.
#include "egress/egress.h"
#include "export_fixture.h"

namespace bgp::egress {
namespace {

class PendingWork : public Export {
 protected:
  ~PendingWork() override {
    for (auto& member : members) egress.leave(std::move(member));
  }
  void join_groups(Family family, std::uint32_t count) {
    key.family = family;
    for (std::uint32_t i = 1; i <= count; ++i) {
      key.cluster_id = RouterId{i};
      members.push_back(egress.join(key, rib.add_peer({}).id, [] {}));
    }
  }
  void announce(Prefix const& prefix) {
    auto const path = route(Kind::ebgp, false);
    rib.announce(prefix.family(), path.peer, prefix, {}, path.received, {path.effective, rib::accepted});
  }

  Egress egress{rib};
  std::vector<std::unique_ptr<Member>> members;
};

TEST_F(PendingWork, IsEachChangeOnceWhereNobodyListens) {
  announce("10.0.0.0/8"_pfx);
  announce("10.1.0.0/16"_pfx);
  EXPECT_EQ(egress.pending_work(), 2U);
  EXPECT_EQ(egress.room(100), 98U);
}

TEST_F(PendingWork, IsOneForEachGroupOfTheFamily) {
  join_groups(ipv4_unicast, 3);
  join_groups(ipv6_unicast, 20);
  announce("10.0.0.0/8"_pfx);
  announce("10.1.0.0/16"_pfx);
  EXPECT_EQ(egress.pending_work(), 6U);
  EXPECT_EQ(egress.room(100), 94U / 3);
  announce("2001:db8::/32"_pfx);
  EXPECT_EQ(egress.pending_work(), 26U);
  EXPECT_EQ(egress.room(100), 74U / 20) << "of whatever family";
  EXPECT_EQ(egress.room(20), 0U);
  egress.flush();
  EXPECT_EQ(egress.pending_work(), 0U);
}

TEST_F(PendingWork, IsLessWhenAGroupIsEmpty) {
  join_groups(ipv4_unicast, 3);
  announce("10.0.0.0/8"_pfx);
  EXPECT_EQ(egress.pending_work(), 3U);
  egress.leave(std::move(members.back()));
  members.pop_back();
  EXPECT_EQ(egress.pending_work(), 2U);
}

// Batches of a few changes would be nothing but overhead.
TEST_F(PendingWork, DoesNotGrowWithoutEnd) {
  join_groups(ipv4_unicast, 600);
  announce("10.0.0.0/8"_pfx);
  EXPECT_EQ(egress.pending_work(), 512U);
}

}  // namespace
}  // namespace bgp::egress
