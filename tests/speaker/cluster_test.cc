// What a cluster of tern-speakers does for its pods, by real packets and by what `ip` says.
#include "cluster.h"

#include <signal.h>

namespace speaker {
namespace {

using scene::ping;
using support::Passed;

// Echoes and answers of both families.
unsigned echoes(Passed const& passed) { return passed.plain; }

TEST_F(Cluster, PodsReachEachOtherPlainWithinTheSubnetAndThroughVxlanAcrossIt) {
  start_all();
  ASSERT_TRUE(converged());
  support::Watch watch(node(1).network(), "eth0");
  ASSERT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); }));
  EXPECT_TRUE(ping(*node(2).pod, *node(1).pod));
  auto passed = watch.take();
  EXPECT_EQ(passed.vxlan, 0U);
  EXPECT_GE(echoes(passed), 24U);
  ASSERT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(3).pod); }));
  EXPECT_TRUE(ping(*node(3).pod, *node(1).pod));
  EXPECT_TRUE(ping(*node(3).pod, *node(2).pod));
  passed = watch.take();
  EXPECT_EQ(echoes(passed), 0U);
  EXPECT_GE(passed.vxlan, 24U);
  EXPECT_NE(node(1).route(node(2).block()).find("via 10.0.0.2 dev eth0"), std::string::npos);
  EXPECT_NE(node(1).route(node(3).block()).find("via 10.0.1.3 dev vxlan.calico"), std::string::npos);
  EXPECT_NE(node(1).route(node(3).block6()).find("dev vxlan-v6.calico"), std::string::npos);
}

TEST_F(Cluster, LocalBlocksAreBlackholesUnderThePodsRoutes) {
  start_all();
  ASSERT_TRUE(converged());
  EXPECT_EQ(node(1).route(node(1).block()).find("blackhole 10.244.1.0/26"), 0U) << node(1).route(node(1).block());
  EXPECT_EQ(node(1).route(node(1).block6()).find("blackhole fd00:244:1::/122"), 0U);
  EXPECT_TRUE(ping(*node(2).pod, *node(1).pod));
  EXPECT_FALSE(ping(*node(2).pod, "10.244.1.6")) << "no pod has it";
}

TEST_F(Cluster, ANodeThatDiesIsGoneEverywhereWithinTheHoldTime) {
  start_all();
  ASSERT_TRUE(converged());
  auto const gone = [&] {
    for (auto const other : {1U, 3U}) {
      if (!node(other).route(node(2).block()).empty() || !node(other).route(node(2).block6()).empty()) return false;
    }
    return true;
  };
  scene->plug(*node(2).host, 0, false);  // nothing that it or its kernel still says arrives
  node(2).daemon->kill();
  EXPECT_TRUE(soon(4s, gone));
  EXPECT_FALSE(node(1).route(node(3).block()).empty());
  scene->plug(*node(2).host, 0, true);
  start(node(2));
  EXPECT_TRUE(converged());
  EXPECT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); }));
}

TEST_F(Cluster, ANodeThatIsStoppedIsGoneAtOnceAndKeepsItsOwnRoutes) {
  start_all();
  ASSERT_TRUE(converged());
  auto const before = node(2).route("");
  EXPECT_EQ(node(2).daemon->process().stop(), 0);
  EXPECT_TRUE(
      soon(1s, [&] { return node(1).route(node(2).block()).empty() && node(3).route(node(2).block()).empty(); }));
  EXPECT_EQ(node(2).route(""), before);
}

TEST_F(Cluster, WhatIsNotOursIsTheSameAtTheEnd) {
  // Somebody has routes of the very prefixes and metric that we want.
  scene::seed_foreign(*node(1).host, "10.0.0.254", {node(2).block()});
  auto const before = scene::foreign_state(*node(1).host);
  start_all();
  ASSERT_TRUE(
      soon(20s, [&] { return !node(1).route(node(3).block()).empty() && !node(3).route(node(2).block()).empty(); }));
  EXPECT_EQ(node(1).route(node(2).block()), "");
  node(3).daemon->kill();
  ASSERT_TRUE(soon(5s, [&] { return node(1).route(node(3).block()).empty(); }));
  start(node(3), {.mode = "vxlan: Always"});
  start(node(1), {.mode = "vxlan: Never"});
  ASSERT_TRUE(soon(20s, [&] { return node(1).route(node(3).block()).find("dev eth0") != std::string::npos; }));
  // Once the device that is no longer wanted is gone: `ip` shows one that goes meanwhile without its name.
  EXPECT_TRUE(soon(5s, [&] { return scene::foreign_state(*node(1).host) == before; }))
      << scene::foreign_state(*node(1).host) << "was\n"
      << before;
  node(1).host->ip("route del " + node(2).block() + " proto 80");
  EXPECT_TRUE(soon(5s, [&] { return !node(1).route(node(2).block()).empty(); })) << "there is room for ours now";
}

TEST_F(Cluster, AnotherModeAfterARestartLosesNoPacket) {
  start_all({.mode = "vxlan: Always"});
  ASSERT_TRUE(converged());
  ASSERT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(2).pod); }));
  for (auto const& address : node(2).pod->addresses()) {
    support::Stream stream(node(1).pod->network(), node(2).pod->network(), address);
    auto const device_of = [&] {
      return node(1).route(address.find(':') == std::string::npos ? node(2).block() : node(2).block6());
    };
    ASSERT_TRUE(soon(5s, [&] { return stream.received() > 100; }));
    for (auto const& [mode, device] : {std::pair("Never", "dev eth0"), std::pair("Always", "dev vxlan")}) {
      start(node(1), {.mode = std::string("vxlan: ") + mode});
      ASSERT_TRUE(soon(20s, [&] { return device_of().find(device) != std::string::npos; })) << mode;
      auto const then = stream.received();
      ASSERT_TRUE(soon(5s, [&] { return stream.received() > then + 100; }));
    }
    auto const report = stream.finish();
    EXPECT_EQ(report.lost(), 0U) << report.text();
    EXPECT_EQ(report.duplicated, 0U) << report.text();
  }
}

TEST_F(Cluster, TheDeviceGoesWhenALaterStartWantsNoTunnel) {
  start_all();
  ASSERT_TRUE(converged());
  auto const has_device = [&] {
    return node(1).host->show("ip link show vxlan.calico").find("does not exist") == std::string::npos;
  };
  EXPECT_TRUE(has_device());
  start(node(1), {.mode = "vxlan: Never"});
  EXPECT_TRUE(soon(20s, [&] { return !has_device(); }));
}

TEST_F(Cluster, SomebodyElsesDeviceIsReportedAndNotTouchedUntilItIsRemoved) {
  auto const& host = *node(1).host;
  host.run(
      "ip link add vxlan.calico type vxlan id 5 dstport 4789; ip addr add 10.9.9.9/32 dev vxlan.calico;"
      "ip link set vxlan.calico up");
  auto const shown = [&] { return host.show("ip -d addr show vxlan.calico"); };
  auto const before = shown();
  start_all();
  auto const told = [&] { return node(1).daemon->process().output(); };
  EXPECT_TRUE(soon(10s, [&] { return told().find("devices: external") != std::string::npos; })) << told();
  EXPECT_EQ(shown(), before);
  host.ip("link del vxlan.calico");
  EXPECT_TRUE(soon(10s, [&] { return ping(*node(1).pod, *node(3).pod); }));
  EXPECT_NE(told().find("vxlan.calico is as wanted"), std::string::npos) << told();
}

// Runs "$@" as nobody with two capabilities; only the directory $0 can be written to.
char const* const confined = R"(
mount --make-rprivate /
mount --bind "$0" "$0"
chmod 777 "$0"
mount -o remount,ro,bind /
for other in /tmp /run /var; do
  if mountpoint -q $other; then mount -o remount,ro,bind $other; fi
done
if touch /etc/tern-was-here 2>/dev/null; then echo not read-only; exit 1; fi
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
  --inh-caps=-all,+net_admin,+net_bind_service --ambient-caps=-all,+net_admin,+net_bind_service \
  --bounding-set=-all,+net_admin,+net_bind_service "$@")";

TEST_F(Cluster, NobodyWithTwoCapabilitiesOnAReadOnlyRootIsEnough) {
  start(node(2));
  start(node(3));
  NodeOptions options;
  options.before = {"unshare", "-m", "sh", "-ec", confined, directory.path()};
  start(node(1), options);
  ASSERT_TRUE(converged());
  EXPECT_TRUE(soon(5s, [&] { return ping(*node(1).pod, *node(3).pod); }));
  auto const status =
      support::must_run({"cat", "/proc/" + std::to_string(node(1).daemon->process().pid()) + "/status"});
  EXPECT_NE(status.find("Uid:\t65534\t65534"), std::string::npos) << status;
  EXPECT_NE(status.find("CapEff:\t0000000000001400"), std::string::npos) << status;
}

}  // namespace
}  // namespace speaker
