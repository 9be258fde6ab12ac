// A big table is listed while a session with the shortest hold time stays up.
#include "scene.h"

namespace programs {
namespace {

using BigTable = Scene;
using support::Clock;

constexpr std::size_t routes_in_all = 200'000;
constexpr std::size_t routes_a_message = 1000;  // 4 octets each

/// The `index`th message of the table: /24s from 16.0.0.0 on.
support::Bytes message(std::size_t index) {
  auto update = announcement({}, support::sequence({64512, std::uint32_t(index + 1)}), "10.77.0.2");
  for (std::size_t i = index * routes_a_message; i < (index + 1) * routes_a_message; ++i) {
    auto const prefix = std::uint32_t{16U << 16} + std::uint32_t(i);
    for (auto const octet : {std::uint32_t{24}, prefix >> 16, prefix >> 8, prefix}) {
      update.reachable.push_back(static_cast<std::uint8_t>(octet));
    }
  }
  return update.bytes();
}

/// A session of hold time 3 that minds the daemon's keepalives as a real neighbour would.
class ShortHold {
 public:
  explicit ShortHold(support::Peer& peer) : peer_(peer), heard_(Clock::now()), said_(Clock::now() - 1h) {}
  /// Reads and writes what is due, for at most a fifth of a second.
  void turn() {
    if (Clock::now() - said_ >= 1s) {
      said_ = Clock::now();
      peer_.send(support::keepalive());
    }
    if (peer_.connection().receive(support::in(200ms))) heard_ = Clock::now();
    longest_ = std::max(longest_, Clock::now() - heard_);
  }
  [[nodiscard]] Clock::duration longest() const { return longest_; }

 private:
  support::Peer& peer_;
  Clock::time_point heard_, said_;
  Clock::duration longest_{};
};

TEST_F(BigTable, IsListedWhileAShortHoldTimeHolds) {
  // One that carries IPv6 only: nothing but keepalives comes to it.
  start(file(5000, "  - {address: 10.77.0.4, remoteAs: 65000, passive: true, families: [ipv6-unicast]}\n"));
  auto feeder = neighbour("10.77.0.2");
  ASSERT_TRUE(feeder.establish(soon()));
  for (std::size_t i = 0; i < routes_in_all / routes_a_message; ++i) ASSERT_TRUE(feeder.send(message(i)));
  ASSERT_TRUE(support::eventually(
      60s, [&] { return field(json({"status"}), "tables").find("\"prefixes\":200000,") != std::string::npos; }));
  auto peer = neighbour("10.77.0.4", 65000, 3);
  ASSERT_TRUE(peer.establish(soon()));
  EXPECT_EQ(field(json({"peers", "10.77.0.4"}), "holdTimeSeconds"), "3");

  ShortHold session(peer);
  auto const listed = [&](Arguments const& arguments) {
    support::Process listing(ctl_command(arguments));
    auto const deadline = support::in(90s);
    while (listing.running() && Clock::now() < deadline) session.turn();
    EXPECT_EQ(listing.wait(1s), 0);
    return listing.output();
  };
  auto const end = Clock::now() + 7s;  // more than twice the hold time, if one listing is faster than that
  std::string json_text;
  do {
    json_text = listed({"--json", "routes"});
  } while (Clock::now() < end);
  EXPECT_EQ(boost::json::parse(json_text).as_array().size(), routes_in_all);
  auto const for_people = listed({"routes", "--peer", "10.77.0.2", "--received"});
  EXPECT_EQ(std::ranges::count(for_people, '\n'), routes_in_all + 1) << "a line each, and the heading";

  EXPECT_LT(session.longest(), 3s) << "a keepalive came late";
  EXPECT_FALSE(peer.connection().ended());
  auto const status = json({"peers", "10.77.0.4"});
  EXPECT_EQ(field(status, "state"), "Established");
  EXPECT_EQ(field(status, "flaps"), "0");
}

}  // namespace
}  // namespace programs
