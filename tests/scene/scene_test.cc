// The scene itself, without a daemon: what it promises to other tests.
#include "fixture.h"
#include "support/stream.h"

namespace scene {
namespace {

using support::Passed;

class Scenes : public SceneTest {
 protected:
  // near1 and near2 on a segment, far behind a router.
  void SetUp() override {
    SceneTest::SetUp();
    if (!scene) return;
    near1 = &scene->host("near1", {{"a", {"10.0.0.1/24", "2001:db8:0::1/64"}}}, {"10.0.0.254", "2001:db8:0::ff"});
    near2 = &scene->host("near2", {{"a", {"10.0.0.2/24", "2001:db8:0::2/64"}}}, {"10.0.0.254", "2001:db8:0::ff"});
    far = &scene->host("far", {{"b", {"10.0.1.1/24", "2001:db8:1::1/64"}}}, {"10.0.1.254", "2001:db8:1::ff"});
    scene->host("router",
                {{"a", {"10.0.0.254/24", "2001:db8:0::ff/64"}}, {"b", {"10.0.1.254/24", "2001:db8:1::ff/64"}}});
    pod1 = &scene->pod("pod1", *near1, {"10.244.1.5", "fd00:244:1::5"});
    pod2 = &scene->pod("pod2", *near2, {"10.244.2.5", "fd00:244:2::5"});
  }
  void add_routes() const {
    near1->run("ip route add 10.244.2.0/26 via 10.0.0.2; ip route add fd00:244:2::/122 via 2001:db8::2");
    near2->run("ip route add 10.244.1.0/26 via 10.0.0.1; ip route add fd00:244:1::/122 via 2001:db8::1");
  }

  Host *near1 = nullptr, *near2 = nullptr, *far = nullptr;
  Pod *pod1 = nullptr, *pod2 = nullptr;
};

TEST_F(Scenes, HostsReachEachOtherThroughTheRouterInBothFamilies) {
  for (auto const* address : {"10.0.0.2", "2001:db8:0::2", "10.0.1.1", "2001:db8:1::1"}) {
    EXPECT_TRUE(ping(*near1, address)) << address;
  }
  EXPECT_NE(near1->run("ip route get 10.0.1.1").find("via 10.0.0.254"), std::string::npos);
}

TEST_F(Scenes, PodsReachTheirNodeAndEachOtherOnceThereAreRoutes) {
  EXPECT_TRUE(ping(*near1, *pod1));
  EXPECT_TRUE(ping(*pod1, "10.0.0.1"));
  EXPECT_FALSE(ping(*pod1, *pod2));
  add_routes();
  EXPECT_TRUE(ping(*pod1, *pod2));
}

TEST_F(Scenes, ACableThatIsDrawnCarriesNothing) {
  scene->plug(*near2, 0, false);
  EXPECT_FALSE(ping(*near1, "10.0.0.2"));
  EXPECT_NE(near2->show("ip link show eth0").find("NO-CARRIER"), std::string::npos);
  scene->plug(*near2, 0, true);
  EXPECT_TRUE(support::eventually(5s, [&] { return ping(*near1, "10.0.0.2"); }));
}

TEST_F(Scenes, AStreamCountsWhatIsLostAndForHowLong) {
  add_routes();
  ASSERT_TRUE(ping(*pod1, *pod2));
  for (auto const& address : pod2->addresses()) {
    support::Stream stream(pod1->network(), pod2->network(), address);
    ASSERT_TRUE(support::eventually(5s, [&] { return stream.received() >= 200; })) << address;
    auto const report = stream.finish();
    EXPECT_GE(report.sent, 200U);
    EXPECT_EQ(report.lost(), 0U) << report.text();
    EXPECT_EQ(report.duplicated, 0U) << report.text();
  }
  support::Stream stream(pod1->network(), pod2->network(), "10.244.2.5");
  ASSERT_TRUE(support::eventually(5s, [&] { return stream.received() >= 100; }));
  near1->ip("route del 10.244.2.0/26");
  auto const at_that_time = stream.received();
  std::this_thread::sleep_for(200ms);  // how long it is to be interrupted
  near1->ip("route add 10.244.2.0/26 via 10.0.0.2");
  ASSERT_TRUE(support::eventually(5s, [&] { return stream.received() >= at_that_time + 100; }));
  auto const report = stream.finish();
  EXPECT_GE(report.lost(), 100U) << report.text();
  EXPECT_GE(report.longest_gap, 190ms) << report.text();
  EXPECT_EQ(report.duplicated, 0U);
}

TEST_F(Scenes, AWatchTellsPlainFromTunnelled) {
  add_routes();
  support::Watch watch(near1->network(), "eth0");
  ASSERT_TRUE(ping(*pod1, *pod2));
  EXPECT_EQ(watch.take(), (Passed{.plain = 12})) << "three echoes and answers a family";
  near1->run(
      "ip link add other type vxlan id 5 local 10.0.0.1 remote 10.0.0.2 dstport 4789 nolearning;"
      "ip addr add 192.0.2.1/24 dev other; ip link set other up; ip route replace 10.244.2.0/26 via 192.0.2.2");
  near2->run(
      "ip link add other type vxlan id 5 local 10.0.0.2 remote 10.0.0.1 dstport 4789 nolearning;"
      "ip addr add 192.0.2.2/24 dev other; ip link set other up; ip route replace 10.244.1.0/26 via 192.0.2.1");
  ASSERT_TRUE(ping(*pod1, "10.244.2.5"));
  auto const passed = watch.take();
  EXPECT_EQ(passed.plain, 0U);
  EXPECT_GE(passed.vxlan, 6U);
}

TEST_F(Scenes, ForeignStateShowsWhatChangesAndHidesWhatIsOurs) {
  seed_foreign(*near1, "10.0.0.254", {"10.244.2.0/26"});
  auto const before = foreign_state(*near1);
  for (auto const* part : {"10.244.2.0/26", "198.18.5.0/24", "lookup 77", "10.0.0.1/24"}) {
    EXPECT_NE(before.find(part), std::string::npos) << part << " is not in\n" << before;
  }
  near1->run(
      "ip route add 10.244.9.0/26 via 10.0.0.2 proto 179; ip nexthop add id 7 via 10.0.0.2 dev eth0 proto 179;"
      "ip link add vxlan.calico type vxlan id 4096 dstport 4789; ip addr add 10.1.1.1/32 dev vxlan.calico;"
      "ip link set vxlan.calico up");
  EXPECT_EQ(foreign_state(*near1), before);
  near1->ip("route replace 198.18.2.0/24 via 10.0.0.2 proto 12 metric 32");
  EXPECT_NE(foreign_state(*near1), before);
}

}  // namespace
}  // namespace scene
