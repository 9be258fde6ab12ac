// A big table is listed while a session with the shortest hold time stays up, and its memory is accounted for.
#include <algorithm>
#include <thread>

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

/// Minds a session of hold time 3 as a real neighbour would, on a thread of its own, until it is asked for the result.
class ShortHold {
 public:
  explicit ShortHold(support::Peer& peer)
      : peer_(peer), thread_([this](std::stop_token const& stop) {
          while (!stop.stop_requested()) turn();
        }) {}
  /// The longest time without a message from the daemon.
  Clock::duration longest() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    return longest_;
  }

 private:
  // Reads and writes what is due, for at most a fifth of a second.
  void turn() {
    if (Clock::now() - said_ >= 1s) {
      said_ = Clock::now();
      peer_.send(support::keepalive());
    }
    if (peer_.connection().receive(support::in(200ms))) heard_ = Clock::now();
    longest_ = std::max(longest_, Clock::now() - heard_);
  }

  support::Peer& peer_;
  Clock::time_point heard_ = Clock::now(), said_{};
  Clock::duration longest_{};
  std::jthread thread_;
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
    auto finished = support::run(ctl_command(arguments), {}, 90s);
    EXPECT_EQ(finished.status, 0);
    return finished.output;
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

TEST_F(BigTable, GrowsTheProcessByWhatIsAccountedFor) {
  start(file());
  auto feeder = neighbour("10.77.0.2");
  ASSERT_TRUE(feeder.establish(soon()));
  auto const octets = [](boost::json::value const& memory, char const* name) {
    return memory.at(name).to_number<double>();
  };
  auto const before = json({"memory"});
  for (std::size_t i = 0; i < routes_in_all / routes_a_message; ++i) ASSERT_TRUE(feeder.send(message(i)));
  ASSERT_TRUE(support::eventually(
      60s, [&] { return field(json({"status"}), "tables").find("\"prefixes\":200000,") != std::string::npos; }));
  auto const after = json({"memory"});
  auto const accounted = octets(after, "accounted") - octets(before, "accounted");
  auto const resident = octets(after, "resident") - octets(before, "resident");
  EXPECT_GT(accounted, routes_in_all * 35.0) << "path 16, slot 12, index 7: at least";
  EXPECT_GE(octets(after, "peakResident"), octets(after, "resident"));
  EXPECT_EQ(octets(pick(after.at("tables"), "family", "ipv4-unicast"), "groupLogs"), 0) << "all of it was read";
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_GT(accounted, resident * 0.7) << boost::json::serialize(after);
  EXPECT_LT(accounted, resident * 1.1) << boost::json::serialize(after);
#endif
  EXPECT_THAT(ctl({"memory"}).output, testing::HasSubstr("not accounted for"));
}

}  // namespace
}  // namespace programs
