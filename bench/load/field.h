// All neighbours of one run: senders first, then receivers, each with its own source address and, for a receiver, its
// ledger. The works are written on it. One thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/daemon_figures.h"
#include "kit/loop.h"
#include "kit/neighbour.h"
#include "kit/received.h"
#include "kit/report.h"
#include "load/options.h"

namespace bench {

// How the senders announce.
[[nodiscard]] Announcer announcer_of(LoadOptions const& options);

class Field : NeighbourEvents {
 public:
  struct Player {
    std::unique_ptr<Neighbour> neighbour;
    std::unique_ptr<Received> received;  // null for a sender
  };

  // `table` may be null where nothing is announced. `tags`: receivers remember tags.
  Field(LoadOptions const& options, Table const* table, bool tags = false);

  // The first sender's, in seconds; the daemon is to send a keepalive every third of it.
  void set_hold(std::uint16_t hold) { hold_ = hold; }
  void set_receive_buffer(std::size_t player, int bytes) { receive_buffers_.at(player) = bytes; }
  // Called after each UPDATE that a receiver has taken in.
  void on_received(std::function<void(std::size_t receiver)> callback) { callback_ = std::move(callback); }

  // Called after each keepalive of the first sender, who hears nothing else.
  void on_keepalive(std::function<void()> callback) { keepalive_callback_ = std::move(callback); }

  // True when all are up. Later a session that falls is remembered. `at_once`: so many may be on their way up at a
  // time, for a daemon that loses its way when more are.
  bool bring_up(std::size_t at_once = 32);
  // Waits until nothing has arrived for `quiet`.
  void settle(Nanos quiet = 300 * kMillisecond);
  template <class Done>
  bool run_until(Done done) {
    return loop_.run_until(done, now() + from_seconds(options_.timeout));
  }
  // True when every receiver holds exactly `count` routes.
  [[nodiscard]] bool all_hold(std::uint32_t count) const;
  // The work is done: what the field found wrong, and what LoadOptions::at_end is for; then everybody leaves.
  void finish(Report& report);

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Neighbour& sender(std::size_t i) { return *players_[i].neighbour; }
  [[nodiscard]] Neighbour& receiver(std::size_t i) { return *players_[options_.senders + i].neighbour; }
  [[nodiscard]] Received& received(std::size_t i) { return *players_[options_.senders + i].received; }
  [[nodiscard]] std::size_t receivers() const { return options_.receivers; }
  [[nodiscard]] std::uint32_t up() const { return up_; }
  [[nodiscard]] std::string const& first_trouble() const { return first_trouble_; }

 private:
  // What the receivers' ledgers found wrong, summed.
  void add_checks(Report& report) const;
  void on_established(Neighbour& neighbour) override;
  void on_update(Neighbour& neighbour, View body) override;
  void on_keepalive(Neighbour& neighbour) override;
  void on_down(Neighbour& neighbour, bool was_up, std::string const& why) override;
  Player& player_of(Neighbour const& neighbour);

  LoadOptions const& options_;
  Loop loop_;
  std::vector<int> receive_buffers_;
  std::vector<Player> players_;
  std::function<void(std::size_t)> callback_;
  std::function<void()> keepalive_callback_;
  std::uint16_t hold_ = 240;
  std::uint32_t up_ = 0;
  std::uint64_t fallen_ = 0;  // sessions that were up and fell
  bool closing_ = false;
  Nanos last_update_ = 0;
  std::string first_trouble_;
};

}  // namespace bench
