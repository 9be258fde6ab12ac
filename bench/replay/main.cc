// tern-replay: plays one neighbour of a daemon, a recorded one from an MRT file or one with a generated table, as fast
// as the daemon takes it, and stays connected until it is told to go.
#include <CLI/CLI.hpp>
#include <iostream>

#include "kit/loop.h"
#include "kit/neighbour.h"
#include "replay/generate.h"
#include "replay/mrt.h"

namespace {

struct Options {
  std::string local, remote, id, mrt;
  std::uint32_t as = 0, remote_as = 0;
  bench::Generated table;
  std::uint16_t hold_time = 240;
  double hold = -1, timeout = 60;
};

class Player : public bench::NeighbourEvents {
 public:
  explicit Player(bench::Recording const& recording) : stream_(recording.updates) {
    bench::append_update(stream_, {}, {}, {});  // End-of-RIB
  }

  void on_established(bench::Neighbour& neighbour) override {
    std::cout << "established with " << neighbour.options().remote.text() << ", AS " << neighbour.remote_open().as
              << ", id " << bench::ipv4_text(neighbour.remote_open().id) << std::endl;
    started_ = bench::now();
    was_up_ = true;
    neighbour.send(stream_);
  }
  void on_drained(bench::Neighbour&) override {
    if (!done_ && was_up_) taken_in_ = bench::now() - started_;
    done_ = done_ || was_up_;
  }
  void on_update(bench::Neighbour&, bench::View) override { ++heard_; }
  void on_down(bench::Neighbour& neighbour, bool was_up, std::string const& why) override {
    if (was_up) std::cerr << "tern-replay: session lost: " << why << std::endl;
    fell_ = fell_ || was_up;
    if (!was_up && neighbour.attempts() == 1) std::cerr << "tern-replay: " << why << ", trying on" << std::endl;
  }

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool fell() const { return fell_; }
  [[nodiscard]] bool was_up() const { return was_up_; }
  [[nodiscard]] bench::Nanos taken_in() const { return taken_in_; }
  [[nodiscard]] std::uint64_t heard() const { return heard_; }

 private:
  bench::Bytes stream_;
  bench::Nanos started_ = 0, taken_in_ = 0;
  std::uint64_t heard_ = 0;
  bool was_up_ = false, done_ = false, fell_ = false;
};

void print(bench::Recording const& recording, Player const& player) {
  std::cout << "sent " << recording.messages << " updates in " << bench::seconds(player.taken_in())
            << " s: " << recording.announced << " prefixes announced (" << recording.different << " different), "
            << recording.withdrawn << " withdrawn, " << recording.unique_at_end << " unique at the end" << std::endl;
}

int play(Options const& options) {
  bench::Announcer const announcer{.ebgp_as = options.remote_as == options.as ? 0 : options.as};
  bench::Recording const recording =
      options.mrt.empty() ? bench::generate(options.table, announcer) : bench::read_recording(options.mrt);
  if (!recording.peer.empty()) {
    std::cout << "playing " << recording.peer << ", AS " << recording.peer_as << ", from " << options.mrt << " ("
              << (recording.four_octet ? 4 : 2) << "-octet ASes)" << std::endl;
  }
  Player player(recording);
  bench::Loop loop;
  bench::Neighbour::Options const one{.local = bench::parse_endpoint(options.local, 0),
                                      .remote = bench::parse_endpoint(options.remote, 179),
                                      .open = {.as = options.as,
                                               .id = bench::parse_ipv4(options.id),
                                               .hold = options.hold_time,
                                               .four_octet = recording.four_octet,
                                               .ipv6 = recording.ipv6}};
  bench::Neighbour neighbour(loop, one, player);
  neighbour.dial();
  auto const over = [&] { return player.done() || player.fell(); };
  loop.run_until([&] { return over() || player.was_up(); }, bench::now() + bench::from_seconds(options.timeout));
  if (!player.was_up()) {
    std::cerr << "tern-replay: no session within " << options.timeout << " s: " << neighbour.last_error() << '\n';
    return 1;
  }
  bench::Nanos const forever = std::numeric_limits<bench::Nanos>::max();
  loop.run_until(over, forever);
  if (player.done()) print(recording, player);
  loop.run_until([&] { return player.fell(); },
                 options.hold < 0 ? forever : bench::now() + bench::from_seconds(options.hold));
  std::cout << "heard " << player.heard() << " updates" << std::endl;
  neighbour.close();
  return player.fell() || !player.done() ? 1 : 0;
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--local", options.local, "our address")->required();
  app.add_option("--remote", options.remote, "the daemon, ADDRESS[:PORT]")->required();
  app.add_option("--as", options.as, "our AS")->required();
  app.add_option("--remote-as", options.remote_as, "the daemon's AS (ours)");
  app.add_option("--id", options.id, "our router identifier")->required();
  auto* const mrt = app.add_option("--mrt", options.mrt, "play the first peer of this file (BGP4MP, may be gzip)");
  auto* const routes = app.add_option("--routes", options.table.routes, "play a generated table of this size");
  routes->check(CLI::Range(1u, 1'500'000u))->excludes(mrt);
  app.add_option("--as-sets", options.table.as_sets, "further generated routes whose path has an AS_SET");
  app.add_option("--as-zeros", options.table.as_zeros, "further generated routes whose path has AS 0");
  app.add_option("--withdrawals", options.table.withdrawals, "further generated routes, withdrawn on the way");
  app.add_option("--seed", options.table.seed, "of the generated table");
  app.add_option("--hold", options.hold, "go this many seconds after the last UPDATE (stay until SIGTERM)");
  app.add_option("--hold-time", options.hold_time, "BGP's, in the OPEN");
  app.add_option("--timeout", options.timeout, "seconds to wait for the session");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Plays one BGP neighbour: a recorded one, or one with a generated table.");
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  if (options.remote_as == 0) options.remote_as = options.as;
  bench::Loop::catch_signals();
  try {
    return play(options);
  } catch (std::exception const& error) {
    std::cerr << "tern-replay: " << error.what() << '\n';
    return 2;
  }
}
