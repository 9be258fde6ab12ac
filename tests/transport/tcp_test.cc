// The same peers over TCP on the loopback interface, and what only sockets do.
#include <gtest/gtest.h>

#include "harness.h"

namespace bgp::transport::test {
namespace {

struct OverTcp : testing::Test {
  boost::asio::io_context io;
  std::shared_ptr<Clock> clock = make_steady_clock(io.get_executor());
  std::shared_ptr<Network> network = make_tcp_network(io.get_executor(), clock);
  Two two{io, network, clock};

  // Runs until `done`, at most ten seconds.
  bool until(std::function<bool()> const& done) {
    auto const deadline = std::chrono::steady_clock::now() + 10s;
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io.run_one_for(100ms);
    return done();
  }
  bool establish() {
    two.start();
    return until([&] { return two.server_layer.ups == 1 && two.client_layer.ups == 1; });
  }
};

TEST_F(OverTcp, TwoPeersComeUpFromTheGivenSource) {
  ASSERT_TRUE(establish());
  EXPECT_EQ(two.server_layer.to.address, two.directory.address);
  EXPECT_EQ(two.directory.asked, std::vector{two.directory.address});
}

TEST_F(OverTcp, AHundredThousandMessagesArriveInOrder) {
  ASSERT_TRUE(establish());
  for (int i = 0; i < 100000; ++i) two.client_layer.say(update(static_cast<std::uint8_t>(i)));
  two.client->wake_output(two.context->now());
  ASSERT_TRUE(until([&] { return two.server_layer.heard.size() == 100000; }));
  for (std::size_t i = 0; i < 100000; ++i) ASSERT_EQ(two.server_layer.heard[i], static_cast<std::uint8_t>(i));
}

TEST_F(OverTcp, APeerThatIsNotReadBlocksOnlyItself) {
  ASSERT_TRUE(establish());
  two.server->pause_reading();
  for (int i = 0; i < 200000; ++i) two.client_layer.say(update(1));
  two.client->wake_output(two.context->now());
  ASSERT_TRUE(until([&] { return two.client->output_blocked(); }));
  EXPECT_LT(two.client->octets_out(), 2U * 1024 * 1024) << "the kernel's buffers are not capped";
  two.server->resume_reading();
  EXPECT_TRUE(until([&] { return two.server_layer.heard.size() == 200000; }));
}

// RFC 9687. The usual eight minutes are no test's time, and the daemon's file does not shorten them.
TEST_F(OverTcp, APeerThatReadsNothingForTheSendHoldTimeIsGivenUp) {
  auto impatient = config(2_asn, 1_asn, 2, false);
  impatient.send_hold = 500ms;
  two.client =
      Peer::create(two.context, impatient, {two.listener->local(), {two.directory.address, 0, 0}}, two.client_layer);
  ASSERT_TRUE(establish());
  two.server->pause_reading();
  for (int i = 0; i < 200000; ++i) two.client_layer.say(update(1));
  two.client->wake_output(two.context->now());
  ASSERT_TRUE(until([&] { return two.client->output_blocked(); }));
  auto const blocked = std::chrono::steady_clock::now();
  ASSERT_TRUE(until([&] { return !two.client_layer.downs.empty(); }));
  EXPECT_GE(std::chrono::steady_clock::now() - blocked, 400ms);  // little can have been taken after that
  EXPECT_EQ(two.client_layer.downs[0].cause, session::Cause::send_hold_expired);
  EXPECT_EQ(two.client_layer.downs[0].notification, (wire::Notification{8, 0, {}}));
  // It reads again before the connection is cut off: the reason stands behind what was sent before.
  two.server->resume_reading();
  ASSERT_TRUE(until([&] { return !two.server_layer.downs.empty(); }));
  EXPECT_EQ(two.server_layer.downs[0].notification, (wire::Notification{8, 0, {}}));
  EXPECT_LT(two.server_layer.heard.size(), 200000U);
}

TEST_F(OverTcp, TheLastNotificationArrivesAlthoughThePeerStillSends) {
  ASSERT_TRUE(establish());
  for (int i = 0; i < 20000; ++i) two.client_layer.say(update(1));
  two.server_layer.then = [&](std::string_view what) {
    if (what == "update") two.server->stop(wire::cease_with_text(2, "enough"));
  };
  two.client->wake_output(two.context->now());
  ASSERT_TRUE(until([&] { return !two.client_layer.downs.empty(); }));
  EXPECT_EQ(two.client_layer.downs[0].notification, wire::cease_with_text(2, "enough"));
}

TEST_F(OverTcp, ARefusedDialSaysSo) {
  two.listener.reset();
  two.client->start();
  ASSERT_TRUE(until([&] { return !two.client_layer.attempts.empty(); }));
  EXPECT_EQ(two.client_layer.attempts[0].text, "Connection refused");
}

TEST_F(OverTcp, ListeningTwiceNamesTheRemedy) {
  auto const again = Listener::open(two.context, two.listener->local(), two.directory);
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message.find("127.0.0.1"), std::string::npos) << again.error().message;
  EXPECT_NE(again.error().message.find("another process"), std::string::npos) << again.error().message;
}

TEST_F(OverTcp, ListensOnIpv6) {
  auto const listener = Listener::open(two.context, {*IpAddress::parse("::1"), 0, 0}, two.directory);
  ASSERT_TRUE(listener.ok()) << listener.error().message;
  Layer layer;
  auto const peer = Peer::create(two.context, config(2_asn, 1_asn, 9, false), {listener.value()->local(), {}}, layer);
  peer->start();
  ASSERT_TRUE(until([&] { return !two.directory.asked.empty(); }));
  EXPECT_EQ(two.directory.asked[0], *IpAddress::parse("::1"));
  peer->close(shutdown_notice);
}

TEST_F(OverTcp, DestroyingEverythingInTheMiddleIsSafe) {
  two.start();
  io.restart();
  for (int i = 0; i < 3; ++i) io.run_one_for(100ms);
  two.directory.peer.reset();
  two.server.reset();
  two.client.reset();
  two.listener.reset();
  io.poll();
}

}  // namespace
}  // namespace bgp::transport::test
