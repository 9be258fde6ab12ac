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
