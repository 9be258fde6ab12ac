// What the book of tunnel devices plans, without a kernel: refusals and their retries.
#include "fib/tunnel_book.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace tern::fib {
namespace {

using namespace bgp::literals;
using namespace std::chrono_literals;
using Kind = TunnelOperation::Kind;

rtnl::Link link(unsigned index, std::string const& name, std::string const& kind = "") {
  rtnl::Link link;
  link.index = index;
  link.name = name;
  link.kind = kind;
  link.mtu = 1500;
  link.up = link.running = true;
  return link;
}

TunnelDevice vxlan() {
  TunnelDevice device;
  device.name = "vxlan.calico";
  device.parent = "eth0";
  device.local = "192.0.2.1"_ip;
  device.addresses = {{"10.1.0.1"_ip, 32}};
  return device;
}

// As the kernel shows it once all is done, but for its addresses.
rtnl::Link finished(unsigned index) {
  auto made = link(index, "vxlan.calico", "vxlan");
  made.mtu = 1450;
  made.alias = our_alias;
  made.vxlan = rtnl::VxlanOptions{4096, 4789, 1, "192.0.2.1"_ip, false};
  return made;
}

struct Tunnels : testing::Test {
  Tunnels() { book.link_is(link(1, "eth0")); }
  std::vector<Kind> plan() {
    operations = book.plan(now);
    std::vector<Kind> kinds;
    for (auto const& operation : operations) kinds.push_back(operation.kind);
    return kinds;
  }
  TunnelBook book;
  std::vector<TunnelOperation> operations;
  Time now{1000s};
};
using Kinds = std::vector<Kind>;

TEST_F(Tunnels, ARemoteEndThatIsRefusedKeepsNoOtherOut) {
  book.want(vxlan());
  book.link_is(finished(7));
  book.heard(rtnl::InterfaceAddress{7, "10.1.0.1"_ip, 32}, false);
  book.want_vtep("vxlan.calico", {"10.1.0.2"_ip, {2, 0, 0, 0, 0, 2}, "192.0.2.2"_ip});
  ASSERT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour}));
  for (auto const& operation : operations) book.performed(operation, Refused{EINVAL, "not that one"}, now);
  book.want_vtep("vxlan.calico", {"10.1.0.3"_ip, {2, 0, 0, 0, 0, 3}, "192.0.2.3"_ip});
  ASSERT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour})) << "those of the other one, at once";
  for (auto const& operation : operations) book.performed(operation, {}, now);
  EXPECT_TRUE(plan().empty());
  EXPECT_EQ(book.why_not("vxlan.calico"), "2 entries of remote ends are refused: not that one");
  now = book.next_retry();
  EXPECT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour})) << "and again after a while";
  book.unwant_vtep("vxlan.calico", "10.1.0.2"_ip);
  EXPECT_TRUE(plan().empty());
  EXPECT_EQ(book.why_not("vxlan.calico"), "");
  EXPECT_EQ(book.next_retry(), never);
}

TEST_F(Tunnels, ARefusalIsForgottenWhenOthersMadeItTrueInTheMeantime) {
  book.want(vxlan());
  ASSERT_EQ(plan(), Kinds{Kind::create});
  book.performed(operations[0], Refused{EPERM, "not allowed"}, now);
  EXPECT_EQ(book.why_not("vxlan.calico"), "not allowed");
  EXPECT_EQ(plan(), Kinds{});
  EXPECT_EQ(book.next_retry(), now + 1s);
  book.link_is(finished(2));
  book.heard(rtnl::InterfaceAddress{2, "10.1.0.1"_ip, 32}, false);
  now += 1s;
  EXPECT_EQ(plan(), Kinds{});
  EXPECT_EQ(book.next_retry(), never) << "a retry in the past would be one without an end";
  EXPECT_EQ(book.why_not("vxlan.calico"), "");
}

TEST_F(Tunnels, WhatSucceedsDoesNotHideWhatWasRefusedWithIt) {
  book.link_is(finished(2));
  book.want(vxlan());
  book.want_vtep("vxlan.calico", {"192.0.2.7"_ip, {2, 0, 0, 0, 0, 7}, "192.0.2.7"_ip});
  ASSERT_EQ(plan(), (Kinds{Kind::add_address, Kind::add_neighbour, Kind::add_neighbour}));
  book.performed(operations[0], Refused{EINVAL, "invalid address"}, now);
  book.performed(operations[1], std::nullopt, now);
  book.performed(operations[2], std::nullopt, now);
  EXPECT_EQ(book.why_not("vxlan.calico"), "invalid address");
  EXPECT_EQ(plan(), Kinds{});
  now = book.next_retry();
  EXPECT_EQ(plan(), Kinds{Kind::add_address});
}

TEST_F(Tunnels, TheMtuFitsWhatThePacketsLeaveByWhateverItsName) {
  auto bond = link(1, "bond0");
  bond.mtu = 1400;
  book.link_is(bond);
  auto device = vxlan();
  device.parent = "bond0";
  device.addresses.clear();
  book.want(device);
  auto fresh = finished(7);
  fresh.up = false;
  fresh.alias.clear();
  ASSERT_EQ(plan(), Kinds{Kind::create});
  EXPECT_EQ(operations[0].link.mtu, 0U);
  book.performed(operations[0], {}, now);
  book.link_is(fresh);
  ASSERT_EQ(plan(), (Kinds{Kind::change, Kind::set_mtu})) << "the mark before all else";
  EXPECT_EQ(operations[0].link.alias, our_alias);
  EXPECT_EQ(operations[1].link.mtu, 1350U);
  device.mtu = 9000;
  book.want(device);
  ASSERT_EQ(plan(), (Kinds{Kind::change, Kind::set_mtu}));
  EXPECT_EQ(operations[1].link.mtu, 1350U);
  EXPECT_NE(book.why_not("vxlan.calico").find("an MTU of 9000 is more than"), std::string::npos);
}

TEST_F(Tunnels, AnMtuThatIsRefusedKeepsNothingElseOut) {
  book.want(vxlan());
  auto fresh = finished(7);
  fresh.mtu = 1000;
  book.link_is(fresh);
  ASSERT_EQ(plan(), (Kinds{Kind::set_mtu, Kind::add_address}));
  book.performed(operations[0], Refused{EINVAL, "mtu greater than device maximum"}, now);
  book.performed(operations[1], {}, now);
  EXPECT_EQ(book.why_not("vxlan.calico"), "its MTU is refused: mtu greater than device maximum");
  book.want_vtep("vxlan.calico", {"10.1.0.2"_ip, {2, 0, 0, 0, 0, 2}, "192.0.2.2"_ip});
  ASSERT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour}));
  for (auto const& operation : operations) book.performed(operation, {}, now);
  EXPECT_EQ(plan(), Kinds{});
  now = book.next_retry();
  ASSERT_EQ(plan(), Kinds{Kind::set_mtu});
  book.performed(operations[0], {}, now);
  EXPECT_EQ(plan(), Kinds{});
  EXPECT_EQ(book.why_not("vxlan.calico"), "");
  EXPECT_EQ(book.next_retry(), never);
}

TEST_F(Tunnels, OnlyOurMarkMakesADeviceOursAndTunl0AsTheModuleLeavesIt) {
  auto unmarked = finished(7);
  unmarked.alias.clear();
  unmarked.up = false;
  book.link_is(unmarked);
  book.want(vxlan());
  EXPECT_EQ(plan(), Kinds{});
  EXPECT_NE(book.why_not("vxlan.calico").find("it is not ours: remove it"), std::string::npos);
  TunnelDevice ipip;
  ipip.kind = TunnelDevice::Kind::ipip;
  ipip.name = module_device;
  book.want(ipip);
  auto tunl0 = link(8, module_device, "ipip");
  book.link_is(tunl0);
  EXPECT_EQ(plan(), Kinds{}) << "somebody has set it up";
  tunl0.up = false;
  tunl0.mtu = 1480;
  book.link_is(tunl0);
  ASSERT_EQ(plan(), Kinds{Kind::change});
  EXPECT_EQ(operations[0].device, module_device);
}

struct ExternalTunnels : Tunnels {
  ExternalTunnels() {
    auto device = vxlan();
    device.managed = false;
    book.want(device);
    auto present = finished(7);
    present.alias.clear();
    book.link_is(present);
  }
  Vtep vtep{"10.1.0.2"_ip, {2, 0, 0, 0, 0, 2}, "192.0.2.2"_ip};
  rtnl::Neighbour strangers{7, false, "10.1.0.2"_ip, {2, 0, 0, 0, 0, 9}, true};
};

TEST_F(ExternalTunnels, AStrangersEntryIsReportedAndNeitherReplacedNorRemoved) {
  book.heard(strangers, false);
  book.want_vtep("vxlan.calico", vtep);
  ASSERT_EQ(plan(), Kinds{Kind::add_neighbour}) << "only the forwarding entry";
  EXPECT_FALSE(operations[0].replace);
  book.performed(operations[0], {}, now);
  EXPECT_EQ(plan(), Kinds{});
  EXPECT_NE(book.why_not("vxlan.calico").find("somebody else's permanent entry"), std::string::npos);
  book.unwant_vtep("vxlan.calico", vtep.address);
  ASSERT_EQ(plan(), Kinds{Kind::remove_neighbour});
  EXPECT_TRUE(operations[0].neighbour.forwarding);
}

TEST_F(ExternalTunnels, WhatAStrangerReplacedIsHis) {
  book.want_vtep("vxlan.calico", vtep);
  ASSERT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour}));
  for (auto const& operation : operations) book.performed(operation, {}, now);
  book.heard(strangers, false);
  EXPECT_EQ(plan(), Kinds{});
  book.unwant_vtep("vxlan.calico", vtep.address);
  ASSERT_EQ(plan(), Kinds{Kind::remove_neighbour});
  EXPECT_TRUE(operations[0].neighbour.forwarding);
}

TEST_F(ExternalTunnels, WhatTheKernelItselfFoundOutIsReplaced) {
  book.want_vtep("vxlan.calico", vtep);
  ASSERT_EQ(plan(), (Kinds{Kind::add_neighbour, Kind::add_neighbour}));
  book.performed(operations[0], Refused{EEXIST, "File exists"}, now);
  book.performed(operations[1], {}, now);
  ASSERT_EQ(plan(), Kinds{Kind::add_neighbour}) << "at once";
  EXPECT_TRUE(operations[0].replace);
  book.performed(operations[0], Refused{EEXIST, "File exists"}, now);
  EXPECT_EQ(plan(), Kinds{}) << "and then as after any refusal";
  EXPECT_EQ(book.next_retry(), now + 1s);
}

TEST_F(Tunnels, TheSweepRemovesOnlyWhatIsOursAndATunnelAndUnwanted) {
  auto ours = finished(2), other = finished(3), theirs = finished(4);
  other.name = "vxlan-v6.calico";
  theirs.name = "vxlan.5";
  theirs.alias = "flannel's";
  auto card = link(5, "eth1");
  card.alias = our_alias;  // somebody's idea of a name
  for (auto const& one : {ours, other, theirs, card}) book.link_is(one);
  book.heard(rtnl::InterfaceAddress{2, "10.1.0.1"_ip, 32}, false);
  book.want(vxlan());
  EXPECT_EQ(plan(), Kinds{});
  book.sweep();
  ASSERT_EQ(plan(), Kinds{Kind::remove});
  EXPECT_EQ(operations[0].device, "vxlan-v6.calico");
}

}  // namespace
}  // namespace tern::fib
