// A client that stops reading while routes change: it delays no other, costs a bounded amount of memory, and holds
// exactly the latest state soon after it reads again. The client is a BIRD that is stopped as a process, for TERN_STALL
// seconds (8; what changes meanwhile is far more than the 16 MiB that a group's log may hold).
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "interop_test.h"
#include "support/peer.h"

namespace interop {
namespace {

constexpr std::uint32_t all_prefixes = 30'000;
constexpr std::uint32_t present_at_first = 10'000;
constexpr std::size_t enough_octets = 96u << 20;
#ifdef __SANITIZE_ADDRESS__
constexpr bool instrumented = true;  // freed memory is kept for a while, and everything takes longer
#else
constexpr bool instrumented = false;
#endif
auto const marker = "45.0.0.0/24";

std::string prefix(std::uint32_t index) {
  return "44." + std::to_string(index / 256) + "." + std::to_string(index % 256) + ".0/24";
}

/// A table that changes for ever; each change has a MED of its own, by which a receiver's state is known.
class Churn {
 public:
  /// Withdraws, brings back or changes some route, so that the daemon gives the places of gone prefixes to others.
  support::Bytes next() {
    auto const index = std::uint32_t(random_() % all_prefixes);
    if (meds_.count(prefix(index)) != 0 && meds_.size() > present_at_first && random_() % 2 == 0) {
      meds_.erase(prefix(index));
      support::Update update;
      update.withdrawn = support::nlri(prefix(index));
      return update.bytes();
    }
    return announce(prefix(index));
  }
  support::Bytes announce(std::string const& to) {
    using namespace support;
    meds_[to] = ++med_;
    Update update;
    update.add(kWellKnown, kOrigin, u8(0))
        .add(kWellKnown, kAsPath, {})
        .add(kWellKnown, kNextHop, ip("10.77.0.2"))
        .add(kOptional, kMed, u32(med_))
        .add(kWellKnown, kLocalPref, u32(100))
        .add(kOptTrans | kExtendedLength, kCommunities, fill(1000, 1));  // makes few changes weigh much
    update.reachable = nlri(to);
    return update.bytes();
  }
  [[nodiscard]] std::map<std::string, std::uint32_t> const& meds() const { return meds_; }
  [[nodiscard]] std::uint32_t med() const { return med_; }

 private:
  std::mt19937 random_{1};
  std::uint32_t med_ = 0;
  std::map<std::string, std::uint32_t> meds_;
};

std::size_t resident_octets(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  std::size_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * 4096;
}

std::map<std::string, std::uint32_t> meds_of(Bird const& bird) {
  std::map<std::string, std::uint32_t> out;
  std::istringstream in(bird.command("show route all protocol tern"));
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("44.") || line.starts_with("45.")) last = line.substr(0, line.find(' '));
    if (auto const at = line.find("BGP.med: "); at != std::string::npos)
      out[last] = std::uint32_t(std::strtoul(line.c_str() + at + 9, nullptr, 10));
  }
  return out;
}

struct Stall : Interop {
  static support::PeerOptions client(std::string const& last) {
    return {.local = "10.77.0." + last, .remote = "10.77.0.1", .id = "10.77.0." + last};
  }
  [[nodiscard]] std::unique_ptr<Bird> bird(std::string const& name, std::string const& last) const {
    // What BIRD does with the communities is not our business here, and it would print them all.
    return std::make_unique<Bird>(
        directory_,
        BirdOptions{.name = name,
                    .id = "10.77.0." + last,
                    .sessions = {{.local = "10.77.0." + last,
                                  .ipv4 = "import filter { bgp_community.empty; accept; }; export none;"}}});
  }
  void start() {
    std::string const both = ", remoteAs: 65000, reflectorClient: true, passive: true, holdTime: 240";
    TernOptions options;
    for (std::string const last : {"2", "3", "4", "9"}) options.neighbours.push_back("address: 10.77.0." + last + both);
    tern = std::make_unique<Tern>(directory_, options);
    stalled = bird("stalled", "3");
    awake = bird("awake", "4");
    ASSERT_TRUE(sender.establish(support::in(20s)));
    ASSERT_TRUE(observer.establish(support::in(20s)));
    ASSERT_TRUE(support::eventually(20s, [&] { return stalled->established() && awake->established(); }));
  }
  void send(support::Bytes const& message) {
    octets += message.size();
    ++changes;
    ASSERT_TRUE(sender.send(message));
  }
  /// Sends a marker when the last one has come back to the observer, and notes how long that took.
  void follow_marker() {
    observer.drain();
    auto const* route = observer.rib().find(marker);
    auto const* med = route == nullptr ? nullptr : route->find(support::kMed);
    if (marked_at) {
      if (med == nullptr || med->value != support::u32(marked_med)) return;
      lags.push_back(std::chrono::duration<double, std::milli>(support::Clock::now() - *marked_at).count());
    }
    send(churn.announce(marker));
    marked_med = churn.med();
    marked_at = support::Clock::now();
  }
  /// Changes at 10,000 a second, for `seconds` and at least `least` octets.
  void change_for(std::chrono::duration<double> seconds, std::size_t least) {
    auto const begin = support::Clock::now();
    auto const give_up = support::in(std::chrono::ceil<std::chrono::milliseconds>(seconds) + 120s);
    auto const first = changes;
    auto const octets_before = octets;
    for (;;) {
      auto const now = support::Clock::now();
      if (now - begin >= seconds && octets - octets_before >= least) return;
      ASSERT_LT(now, give_up);
      auto const due = std::chrono::duration<double>(now - begin).count() * 10'000;
      for (int i = 0; i < 100 && double(changes - first) < due; ++i) ASSERT_NO_FATAL_FAILURE(send(churn.next()));
      ASSERT_NO_FATAL_FAILURE(follow_marker());
      most_resident = std::max(most_resident, resident_octets(tern->process().pid()));
      (void)sender.receive(support::in(1ms));  // sends keepalives too
    }
  }
  [[nodiscard]] double worst_lag(double percent) {
    std::sort(lags.begin(), lags.end());
    return lags.empty() ? -1 : lags[std::size_t(double(lags.size() - 1) * percent / 100)];
  }
  bool comes_to_hold_the_latest(Bird const& one, std::chrono::milliseconds span) {
    return support::eventually(span, [&] {
      observer.drain();
      (void)sender.receive(support::in(1ms));
      return one.count() == churn.meds().size() && meds_of(one) == churn.meds();
    });
  }

  Churn churn;
  std::unique_ptr<Tern> tern;
  std::unique_ptr<Bird> stalled, awake;
  support::Peer sender{client("2")}, observer{client("9")};
  std::size_t octets = 0, changes = 0, most_resident = 0;
  std::vector<double> lags;  // ms
  std::optional<support::Deadline> marked_at;
  std::uint32_t marked_med = 0;
};

TEST_F(Stall, OfOneClientDelaysNoOtherAndIsMadeUpFor) {
  if (!need({"bird"})) return;
  auto const* given = std::getenv("TERN_STALL");
  std::chrono::duration<double> const span(given == nullptr ? 8 : std::atof(given));
  ASSERT_NO_FATAL_FAILURE(start());
  for (std::uint32_t index = 0; index < present_at_first; ++index)
    ASSERT_NO_FATAL_FAILURE(send(churn.announce(prefix(index))));
  ASSERT_NO_FATAL_FAILURE(change_for(2s, 0));
  ASSERT_TRUE(comes_to_hold_the_latest(*stalled, 60s));
  auto const before = resident_octets(tern->process().pid());
  auto const lag_before = worst_lag(99);
  lags.clear();
  octets = changes = 0;

  stalled->process().signal(SIGSTOP);
  ASSERT_NO_FATAL_FAILURE(change_for(span, enough_octets));
  EXPECT_EQ(tern->peer("10.77.0.3", {"outOfLog"}), "true");
  EXPECT_EQ(tern->peer("10.77.0.4", {"outOfLog"}), "false");
  EXPECT_TRUE(comes_to_hold_the_latest(*awake, 60s));
  auto const grown = double(std::max(most_resident, before) - before) / (1 << 20);
  if (!instrumented) {
    EXPECT_LT(grown, 48);
    EXPECT_LT(worst_lag(99), 500);
  }

  auto const updates = std::atoll(tern->peer("10.77.0.3", {"messages", "sent", "update"}).c_str());
  stalled->process().signal(SIGCONT);
  auto const again = support::Clock::now();
  EXPECT_TRUE(comes_to_hold_the_latest(*stalled, 60s));
  std::chrono::duration<double> const caught_up = support::Clock::now() - again;
  auto const catching = std::atoll(tern->peer("10.77.0.3", {"messages", "sent", "update"}).c_str()) - updates;
  std::cout << changes << " changes, " << (octets >> 20) << " MiB, in " << span.count()
            << " s and more; memory grew by " << grown << " MiB from " << (before >> 20)
            << "; the others' lag (p50, p99, max) " << worst_lag(50) << ", " << worst_lag(99) << ", " << worst_lag(100)
            << " ms (p99 before " << lag_before << "); caught up in " << caught_up.count() << " s with " << catching
            << " updates for " << churn.meds().size() << " routes\n";
  EXPECT_TRUE(support::eventually(10s, [&] { return tern->peer("10.77.0.3", {"outOfLog"}) == "false"; }));
  EXPECT_EQ(tern->peer("10.77.0.3", {"flaps"}), "0");
  // It is in the log again: what changes now reaches it as it does the others.
  ASSERT_NO_FATAL_FAILURE(change_for(1s, 0));
  EXPECT_TRUE(comes_to_hold_the_latest(*stalled, 60s));
}

}  // namespace
}  // namespace interop
