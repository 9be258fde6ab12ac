// Tunnel devices against the real kernel: VXLAN here; IPIP, which few kernels have, in tests/kernel.
#include "kernel_fixture.h"

namespace tern::fib {
namespace {

using Tunnels = Kernel;

rtnl::Mac mac(std::uint8_t last) { return {0x02, 0, 0, 0, 0, last}; }

TunnelDevice vxlan() {
  TunnelDevice device;
  device.name = "vxlan.calico";
  device.parent = "east";
  device.local = "192.0.2.1"_ip;
  device.mac = mac(1);
  device.addresses = {{"10.1.0.1"_ip, 32}};
  return device;
}

TEST_F(Tunnels, AVxlanDeviceIsMadeRepairedAndRemoved) {
  start();
  fib->want(vxlan());
  settle();
  EXPECT_EQ(fib->why_not("vxlan.calico"), "");
  auto const shown = run("ip -d addr show vxlan.calico");
  for (auto const* part : {"vxlan id 4096 local 192.0.2.1 dev east", "dstport 4789", "nolearning", "02:00:00:00:00:01",
                           "inet 10.1.0.1/32", "UP", "mtu 1410"}) {
    EXPECT_NE(shown.find(part), std::string::npos) << part << " is not in\n" << shown;
  }
  auto changed = vxlan();
  changed.vni = 77;
  fib->want(changed);
  settle();
  EXPECT_NE(run("ip -d link show vxlan.calico").find("vxlan id 77 "), std::string::npos);
  ip("link set vxlan.calico down");
  EXPECT_TRUE(soon([] { return run("ip link show vxlan.calico").find("UP") != std::string::npos; }));
  ip("addr del 10.1.0.1/32 dev vxlan.calico");
  EXPECT_TRUE(soon([] { return run("ip addr show vxlan.calico").find("10.1.0.1/32") != std::string::npos; }));
  ip("link del vxlan.calico");
  EXPECT_TRUE(soon([] { return run("ip -d link show vxlan.calico").find("vxlan id 77 ") != std::string::npos; }));
  fib->unwant("vxlan.calico");
  settle();
  EXPECT_NE(run("ip link show vxlan.calico").find("does not exist"), std::string::npos);
}

TEST_F(Tunnels, ARouteThroughATunnelSurvivesTheDeviceBeingMadeAnew) {
  start();
  fib->want(vxlan());
  fib->want_vtep("vxlan.calico", {"192.0.2.7"_ip, mac(7), "192.0.2.7"_ip});
  HopName const hop{"192.0.2.7"_ip, Encapsulation::vxlan};
  fib->set_path(hop, HopPath{"vxlan.calico", hop.address, true});
  want({{nth(1), through({{hop, 1}})}});
  EXPECT_NE(routes().find("via 192.0.2.7 dev vxlan.calico"), std::string::npos) << routes();
  EXPECT_NE(routes().find("onlink"), std::string::npos) << routes();
  auto const neighbours = [] { return run("ip neigh show dev vxlan.calico; bridge fdb show dev vxlan.calico"); };
  auto const expected = neighbours();
  EXPECT_NE(expected.find("192.0.2.7 lladdr 02:00:00:00:00:07 PERMANENT"), std::string::npos) << expected;
  EXPECT_NE(expected.find("02:00:00:00:00:07 dst 192.0.2.7 self permanent"), std::string::npos) << expected;
  ip("link del vxlan.calico");
  EXPECT_TRUE(soon([&] { return neighbours() == expected && routes().find("dev vxlan.calico") != std::string::npos; }));
  run("ip neigh flush dev vxlan.calico nud permanent");
  EXPECT_TRUE(soon([&] { return neighbours() == expected; }));
  ip("neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev vxlan.calico nud permanent");
  EXPECT_TRUE(soon([&] { return neighbours() == expected; })) << "a stranger on our own device goes";
  fib->unwant_vtep("vxlan.calico", "192.0.2.7"_ip);
  settle();
  EXPECT_EQ(neighbours().find("192.0.2.7"), std::string::npos);
}

TEST_F(Tunnels, AnExternalDeviceIsOnlyLookedAt) {
  auto external = vxlan();
  external.managed = false;
  start();
  fib->want(external);
  settle();
  EXPECT_NE(fib->why_not("vxlan.calico").find("external"), std::string::npos);
  ip("link add vxlan.calico type vxlan id 5 local 192.0.2.1 dev east dstport 4789 nolearning");
  EXPECT_TRUE(soon([&] { return fib->why_not("vxlan.calico").find("VNI") != std::string::npos; }));
  fib->unwant("vxlan.calico");
  settle();
  EXPECT_NE(run("ip -d link show vxlan.calico").find("vxlan id 5 "), std::string::npos);
}

// ---- Whose is it?

// Whether the kernel is still trying its own link-local address does not matter.
std::string shown() {
  auto text = support::run({"ip", "-d", "addr", "show", "vxlan.calico"}).output;
  std::string const trying = "tentative ";
  if (auto const at = text.find(trying); at != std::string::npos) text.erase(at, trying.size());
  return text;
}
bool absent() { return shown().find("does not exist") != std::string::npos; }

TEST_F(Tunnels, WhatAnEarlierProcessMadeServesOnAndGoesWithTheSweep) {
  start();
  fib->want(vxlan());
  settle();
  EXPECT_NE(shown().find("alias tern"), std::string::npos) << shown();
  auto const before = shown();
  fib.reset();
  start();
  settle();
  EXPECT_EQ(shown(), before);
  fib->sweep();
  settle();
  EXPECT_TRUE(absent()) << shown();
}

TEST_F(Tunnels, WhatIsWantedBeforeTheSweepIsNotMadeAnew) {
  start();
  fib->want(vxlan());
  settle();
  auto const before = shown();
  fib.reset();
  start();
  fib->want(vxlan());
  fib->sweep();
  settle();
  EXPECT_EQ(shown(), before) << "its index is in there, too";
  EXPECT_EQ(fib->status().messages, 0U);
}

// As Calico's Felix makes it, and as it is wanted.
void somebody_makes_it() {
  for (auto const* what :
       {"link add vxlan.calico mtu 1410 address 02:00:00:00:00:01 type vxlan id 4096 local 192.0.2.1 "
        "dev east dstport 4789 nolearning",
        "addr add 10.1.0.1/32 dev vxlan.calico", "link set vxlan.calico up"}) {
    support::must_run({"sh", "-c", std::string("ip ") + what});
  }
}

TEST_F(Tunnels, SomebodyElsesDeviceIsUsedWhenItIsAsWantedAndNeverRemoved) {
  somebody_makes_it();
  auto const before = shown();
  ip("neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 dev vxlan.calico nud permanent");
  start();
  fib->want(vxlan());
  fib->want_vtep("vxlan.calico", {"192.0.2.7"_ip, mac(7), "192.0.2.7"_ip});
  settle();
  EXPECT_EQ(fib->why_not("vxlan.calico"), "");
  EXPECT_EQ(shown(), before);
  auto const neighbours = [] { return run("ip neigh show dev vxlan.calico nud permanent"); };
  EXPECT_NE(neighbours().find("192.0.2.7 "), std::string::npos);
  EXPECT_NE(neighbours().find("192.0.2.9 "), std::string::npos);
  fib->unwant("vxlan.calico");
  fib->sweep();
  settle();
  EXPECT_EQ(shown(), before);
  EXPECT_EQ(neighbours(), "192.0.2.9 lladdr 02:00:00:00:00:09 PERMANENT \n") << "what we gave it we take with us";
}

TEST_F(Tunnels, TheMtuIsWhatTheParentHasRoomForAndTheDeviceIsUp) {
  ip("link set east mtu 1400");
  start();
  auto device = vxlan();
  fib->want(device);
  settle();
  EXPECT_EQ(fib->why_not("vxlan.calico"), "");
  EXPECT_NE(shown().find("mtu 1350 "), std::string::npos) << shown();
  EXPECT_NE(shown().find("UP"), std::string::npos) << shown();
  device.mtu = 1400;
  fib->want(device);
  settle();
  EXPECT_NE(shown().find("mtu 1350 "), std::string::npos) << shown();
  EXPECT_NE(fib->why_not("vxlan.calico").find("lower `tunnels: {mtu: ...}`"), std::string::npos);
  ip("link set east mtu 1500");
  EXPECT_TRUE(soon([] { return shown().find("mtu 1400 ") != std::string::npos; })) << shown();
}

TEST_F(Tunnels, SomebodyElsesDeviceThatIsDownAndUnusedIsNotTakenOver) {
  ip("link add vxlan.calico address 02:00:00:00:00:01 type vxlan id 4096 local 192.0.2.1 dev east dstport 4789 "
     "nolearning");
  auto const before = shown();
  start();
  fib->want(vxlan());
  settle();
  EXPECT_EQ(shown(), before);
  EXPECT_NE(fib->why_not("vxlan.calico").find("it is not ours: remove it"), std::string::npos);
  fib->unwant("vxlan.calico");
  fib->sweep();
  settle();
  EXPECT_EQ(shown(), before);
}

TEST_F(Tunnels, OnSomebodyElsesDeviceHisEntriesStandAndTheKernelsGiveWay) {
  somebody_makes_it();
  auto const entries = [] {
    return run("ip neigh show dev vxlan.calico nud permanent; bridge fdb show dev vxlan.calico");
  };
  ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:aa dev vxlan.calico nud permanent");
  run("bridge fdb add 02:00:00:00:00:07 dev vxlan.calico dst 198.51.100.7 self permanent");
  ip("neigh add 192.0.2.8 lladdr 02:00:00:00:00:bb dev vxlan.calico nud stale");
  auto const before = entries();
  auto external = vxlan();
  external.managed = false;
  start();
  fib->want(external);
  fib->want_vtep("vxlan.calico", {"192.0.2.7"_ip, mac(7), "192.0.2.7"_ip});
  fib->want_vtep("vxlan.calico", {"192.0.2.8"_ip, mac(8), "192.0.2.8"_ip});
  settle();
  EXPECT_NE(entries().find("192.0.2.7 lladdr 02:00:00:00:00:aa"), std::string::npos) << entries();
  EXPECT_NE(entries().find("02:00:00:00:00:07 dst 198.51.100.7"), std::string::npos) << entries();
  EXPECT_NE(entries().find("192.0.2.8 lladdr 02:00:00:00:00:08"), std::string::npos) << entries();
  EXPECT_NE(fib->why_not("vxlan.calico").find("somebody else's"), std::string::npos);
  fib->unwant("vxlan.calico");
  settle();
  EXPECT_EQ(entries(), before);
}

TEST_F(Tunnels, SomebodyElsesDeviceThatDiffersIsReportedWithTheRemedy) {
  somebody_makes_it();
  auto const before = shown();
  start();
  auto other = vxlan();
  other.vni = 77;
  fib->want(other);
  settle();
  EXPECT_NE(fib->why_not("vxlan.calico").find("VNI"), std::string::npos);
  EXPECT_NE(fib->why_not("vxlan.calico").find("devices: external"), std::string::npos);
  other = vxlan();
  other.addresses = {{"10.1.0.2"_ip, 32}};
  fib->want(other);
  settle();
  EXPECT_NE(fib->why_not("vxlan.calico").find("addresses"), std::string::npos) << fib->why_not("vxlan.calico");
  EXPECT_EQ(shown(), before);
  ip("link del vxlan.calico");
  EXPECT_TRUE(soon([&] { return shown().find("10.1.0.2/32") != std::string::npos; }));
  EXPECT_EQ(fib->why_not("vxlan.calico"), "");
}

TEST_F(Tunnels, WithoutAParentItIsTheInterfaceThatHasTheAddressAndItFollows) {
  start();
  auto device = vxlan();
  device.parent.clear();
  device.local = "192.0.2.200"_ip;
  fib->want(device);
  settle();
  EXPECT_EQ(fib->why_not("vxlan.calico"), "no interface has the address 192.0.2.200 for it to leave by");
  ip("addr add 192.0.2.200/24 dev east");
  EXPECT_TRUE(soon([] { return shown().find("local 192.0.2.200 dev east ") != std::string::npos; }));
  ip("addr del 192.0.2.200/24 dev east");
  ip("addr add 192.0.2.200/24 dev west");
  EXPECT_TRUE(soon([] { return shown().find("local 192.0.2.200 dev west ") != std::string::npos; }));
  ip("addr del 192.0.2.200/24 dev west");
  ip("addr add 192.0.2.200/32 dev lo");
  EXPECT_TRUE(soon([] { return shown().find("local 192.0.2.200 srcport") != std::string::npos; }))
      << "on no link: each packet leaves as routes say\n"
      << shown();
}

}  // namespace
}  // namespace tern::fib
