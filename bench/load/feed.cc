// A recorded feed to any number of receivers. What they hold is known by the feed's own list of prefixes: its order is
// nearly always that in which they are told, so that a look at the next one answers for most.
#include "replay/feed.h"

#include <bit>
#include <memory>
#include <unordered_set>

#include "kit/daemon_figures.h"
#include "kit/loop.h"
#include "kit/neighbour.h"
#include "load/at_end.h"
#include "load/works.h"

namespace bench {
namespace {

constexpr std::uint32_t kReachable = 0x0a4e0001;  // 10.78.0.1, as in generated tables

// The feed's prefixes, by number and back.
class Numbers {
 public:
  static constexpr std::uint32_t kNone = ~0U;

  explicit Numbers(std::vector<Prefix> const& prefixes) : places_(std::bit_ceil(prefixes.size() * 2 + 1), kNone) {
    for (Prefix const prefix : prefixes) {
      std::size_t at = home(prefix.number());
      while (places_[at] != kNone) at = (at + 1) & (places_.size() - 1);
      places_[at] = size();
      keys_.push_back(prefix.number());
    }
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }
  // `guess` is looked at first.
  [[nodiscard]] std::uint32_t of(Prefix prefix, std::uint32_t guess) const {
    std::uint64_t const wanted = prefix.number();
    if (guess < size() && keys_[guess] == wanted) return guess;
    std::size_t at = home(wanted);
    while (places_[at] != kNone && keys_[places_[at]] != wanted) at = (at + 1) & (places_.size() - 1);
    return places_[at];
  }

 private:
  [[nodiscard]] std::size_t home(std::uint64_t key) const {
    return (key * 0x9e3779b97f4a7c15ULL >> 20) & (places_.size() - 1);
  }
  std::vector<std::uint32_t> places_;
  std::vector<std::uint64_t> keys_;
};

class Receiver : NeighbourEvents {
 public:
  Receiver(Loop& loop, Neighbour::Options const& options, Numbers const& numbers)
      : numbers_(numbers), held_(numbers.size()), neighbour_(loop, options, *this) {}

  void dial() { neighbour_.dial(); }
  [[nodiscard]] bool established() const { return neighbour_.established(); }
  // It holds what the feed amounts to, and nothing else.
  [[nodiscard]] bool exact() const { return present_ == numbers_.size() && strangers_.empty(); }
  [[nodiscard]] bool clean() const { return !malformed_ && !fell_; }

 private:
  void on_update(Neighbour&, View body) override {
    auto const update = parse_update(body);
    malformed_ = malformed_ || !update ||
                 !for_each_prefix(update->withdrawn, [this](Prefix prefix) { note(prefix, false); }) ||
                 !for_each_prefix(update->nlri, [this](Prefix prefix) { note(prefix, true); });
  }
  void on_down(Neighbour&, bool was_up, std::string const&) override { fell_ = fell_ || was_up; }

  // What is withdrawn before the end is in nobody's list.
  void note(Prefix prefix, bool present) {
    auto const number = numbers_.of(prefix, next_);
    if (number == Numbers::kNone) {
      present ? static_cast<void>(strangers_.insert(prefix.number()))
              : static_cast<void>(strangers_.erase(prefix.number()));
      return;
    }
    next_ = number + 1;
    if (held_[number] == present) return;
    held_[number] = present;
    present ? ++present_ : --present_;
  }

  Numbers const& numbers_;
  std::vector<bool> held_;
  std::uint32_t present_ = 0;
  std::uint32_t next_ = 0;
  std::unordered_set<std::uint64_t> strangers_;  // held, but not in the feed's end
  bool malformed_ = false, fell_ = false;
  Neighbour neighbour_;
};

// What the sender's session ended with.
struct Trouble : NeighbourEvents {
  std::string first;
  void on_down(Neighbour&, bool, std::string const& why) override { first = first.empty() ? why : first; }
};

}  // namespace

void run_feed(LoadOptions const& options, Report& report) {
  // A recorded next hop leads nowhere here, which some daemons mind: the neighbour has set one that does.
  std::optional<std::uint32_t> next_hop;
  if (!options.mrt.empty()) next_hop = kReachable;
  Feed const feed = load_feed(options.mrt, {.routes = options.routes, .seed = options.seed}, next_hop);
  Numbers const numbers(feed.prefixes);
  Loop loop;
  auto const neighbour = [&](std::uint32_t index) {
    std::uint32_t const source = options.first_source + index;
    return Neighbour::Options{.local = ipv4_endpoint(source, 0),
                              .remote = options.remote,
                              .open = {.as = options.as, .id = source, .four_octet = index > 0 || feed.four_octet}};
  };
  Trouble trouble;
  Neighbour sender(loop, neighbour(0), trouble);
  std::vector<std::unique_ptr<Receiver>> receivers;
  for (std::uint32_t i = 1; i <= options.receivers; ++i) {
    receivers.push_back(std::make_unique<Receiver>(loop, neighbour(i), numbers));
  }
  auto const run_until = [&](auto done) { return loop.run_until(done, now() + from_seconds(options.timeout)); };
  auto const all = [&](auto question) {
    for (auto const& receiver : receivers) {
      if (!question(*receiver)) return false;
    }
    return true;
  };
  auto const exact = [](Receiver const& receiver) { return receiver.exact(); };

  sender.dial();
  for (auto const& receiver : receivers) receiver->dial();
  bool const up =
      run_until([&] { return sender.established() && all([](Receiver const& r) { return r.established(); }); });
  report.check("all_up", up);
  if (!up) return;
  loop.run_for(kSecond / 2);
  loop.set_pace(kMillisecond / 10);
  DaemonFigures const before = figures_of(options.pid);
  Nanos const start = now();
  sender.send(feed.updates);
  bool const complete = run_until([&] { return all(exact); });
  report.add("seconds", seconds(now() - start), 3);
  DaemonFigures const after = figures_of(options.pid);
  report.add("routes", numbers.size());
  report.add("daemon_cpu_s", seconds(after.cpu - before.cpu), 3);
  report.add("peak_mib", static_cast<double>(after.peak_kib) / 1024, 1);
  report.check("complete", complete);
  loop.run_for(kSecond / 2);
  report.check("still_complete", all(exact));
  if (!trouble.first.empty()) report.add("first_trouble", trouble.first);
  report.check("clean", all([](Receiver const& receiver) { return receiver.clean(); }));
  run_at_end(options, report);
}

}  // namespace bench
