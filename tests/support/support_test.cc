#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "netns.h"
#include "peer.h"
#include "process.h"

namespace support {
namespace {

using namespace std::chrono_literals;

TEST(BgpBytes, AKeepaliveIsNineteenOctets) { EXPECT_EQ(to_hex(keepalive()), "ffffffffffffffffffffffffffffffff001304"); }

TEST(BgpBytes, AnOpenCarriesItsCapabilities) {
  Open open;
  open.as = 70000;
  open.hold_time = 180;
  open.id = "10.0.0.1";
  open.parameters = parameter(2, capability_as4(70000));
  EXPECT_EQ(to_hex(open.body()),
            "045ba000b40a00000108020641040001"
            "1170");
}

TEST(BgpBytes, AnUpdateIsReadBackAsItWasBuilt) {
  Update update;
  update.add(kWellKnown, kOrigin, u8(0))
      .add(kWellKnown, kAsPath, sequence({65001}))
      .add(kWellKnown, kNextHop, ip("192.0.2.1"));
  update.first(kOptional, kMpReach, mp_reach(2, 1, ip("2001:db8::1"), nlri("2001:db8:1::/48")));
  update.reachable = nlri("198.51.100.0/24");
  AdjRib rib;
  rib.update(update.body());
  ASSERT_NE(rib.find("198.51.100.0/24"), nullptr);
  EXPECT_EQ(rib.find("198.51.100.0/24")->next_hop, ip("192.0.2.1"));
  ASSERT_NE(rib.find("2001:db8:1::/48"), nullptr);
  EXPECT_EQ(rib.find("2001:db8:1::/48")->next_hop, ip("2001:db8::1"));
  Update withdrawal;
  withdrawal.withdrawn = nlri("198.51.100.0/24");
  rib.update(withdrawal.body());
  EXPECT_EQ(rib.find("198.51.100.0/24"), nullptr);
  EXPECT_FALSE(rib.end_of_rib(1, 1));
  rib.update(Update{}.body());
  EXPECT_TRUE(rib.end_of_rib(1, 1));
}

TEST(BgpBytes, AnOverrunInAnUpdateIsNotForgiven) {
  Update update;
  update.attributes_length = 9;
  AdjRib rib;
  EXPECT_THROW(rib.update(update.body()), std::runtime_error);
}

TEST(AdjRib, NamesMessagesThatBreakTheRulesOfForm) {
  AdjRib rib;
  Update update;
  update.add(kOptional, kMpUnreach, mp_unreach(2, 1, nlri("2001:db8::/32")));
  rib.update(update.body());
  EXPECT_TRUE(rib.form_faults().empty());
  update.withdrawn = nlri("198.51.100.0/24");
  rib.update(update.body());
  update.withdrawn.clear();
  update.first(kWellKnown, kOrigin, u8(0));
  rib.update(update.body());
  ASSERT_EQ(rib.form_faults().size(), 2U);
  EXPECT_EQ(rib.form_faults()[0].substr(0, 18), "more than one kind");
  EXPECT_EQ(rib.form_faults()[1].substr(0, 29), "attribute 15 is not the first");
}

TEST(Process, GivesOutputAndStatus) {
  auto const finished = run({"sh", "-c", "echo said; exit 3"});
  EXPECT_EQ(finished.status, 3);
  EXPECT_EQ(finished.output, "said\n");
}

TEST(Process, IsGoneWhenItsObjectIs) {
  pid_t pid = 0;
  {
    Process const sleeper({"sleep", "100"});
    pid = sleeper.pid();
  }
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST(Peer, TwoPeersShakeHandsOverTheirOwnNamespace) {
  std::string why;
  if (!isolate(why)) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << why;
    GTEST_SKIP() << why;
  }
  add_addresses("lo", {"10.77.0.1/32", "10.77.0.2/32"});
  Listener const listener("10.77.0.1", 1790);
  Peer left({.local = "10.77.0.2", .remote = "10.77.0.1", .port = 1790, .as = 65001});
  ASSERT_TRUE(left.connect(in(2s)));
  Peer right({.as = 65002});
  right.adopt(listener.accept(in(2s)));
  bool accepted = false;
  std::thread other([&] { accepted = right.handshake(in(2s)); });
  EXPECT_TRUE(left.handshake(in(2s)));
  other.join();
  ASSERT_TRUE(accepted);
  EXPECT_TRUE(left.they_have(65));
  EXPECT_FALSE(left.they_have(64));
  right.send(notification(6, 2));
  auto const fault = left.await_notification(in(2s));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->text(), "NOTIFICATION 6/2 data []");
  EXPECT_FALSE(left.up());
}

TEST(Namespace, AVethJoinsIt) {
  std::string why;
  if (!isolate(why)) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << why;
    GTEST_SKIP() << why;
  }
  Namespace const there;
  there.join("here0", {"10.78.0.1/24"}, "there0", {"10.78.0.2/24"});
  EXPECT_EQ(run({"ip", "-br", "address", "show", "there0"}, {.network = &there}).status, 0);
  Process server({"sleep", "10"}, {.network = &there});
  auto const refused = Connection::dial("10.78.0.1", "10.78.0.2", 179, in(2s));
  EXPECT_FALSE(refused.connected());
}

}  // namespace
}  // namespace support
