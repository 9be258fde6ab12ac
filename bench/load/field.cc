#include "load/field.h"

#include <netinet/in.h>

#include "load/at_end.h"

namespace bench {

Announcer announcer_of(LoadOptions const& options) {
  return {.ebgp_as = options.external ? options.sender_as() : 0, .ipv6 = options.ipv6};
}

namespace {

// As they are when the daemon has passed them on.
Announcer passed_on(LoadOptions const& options) {
  Announcer announcer = announcer_of(options);
  if (!options.external) return announcer;
  announcer.transit_as = options.as;
  announcer.next_hop = options.remote.ipv4();
  announcer.with_med = false;  // RFC 4271 §5.1.4: not to a third AS
  return announcer;
}

}  // namespace

Field::Field(LoadOptions const& options, Table const* table, bool tags)
    : options_(options), receive_buffers_(options.senders + options.receivers), players_(receive_buffers_.size()) {
  if (table == nullptr) return;
  auto const encoded = std::make_shared<EncodedSets>(*table, passed_on(options));
  Received::Options const of_all{.tags = tags,
                                 .reflected = options.reflected && !options.external,
                                 .paths = options.add_path ? options.senders : 0};
  for (std::size_t i = options.senders; i < players_.size(); ++i) {
    players_[i].received = std::make_unique<Received>(*table, of_all, encoded);
  }
}

bool Field::bring_up(std::size_t at_once) {
  for (std::size_t i = 0; i < players_.size(); ++i) {
    auto const source = options_.first_source + static_cast<std::uint32_t>(i);
    Neighbour::Options const one{.local = ipv4_endpoint(source, 0),
                                 .remote = options_.remote,
                                 .open = {.as = i < options_.senders ? options_.sender_as() : options_.receiver_as(),
                                          .id = source,
                                          .hold = i == 0 ? hold_ : std::uint16_t{240},
                                          .ipv6 = options_.ipv6,
                                          .add_path = options_.add_path && i >= options_.senders},
                                 .receive_buffer = receive_buffers_[i]};
    players_[i].neighbour = std::make_unique<Neighbour>(loop_, one, static_cast<NeighbourEvents&>(*this));
  }
  std::size_t dialled = 0;
  return run_until([&] {
    for (; dialled < players_.size() && dialled - up_ < at_once; ++dialled) players_[dialled].neighbour->dial();
    return up_ == players_.size();
  });
}

void Field::settle(Nanos quiet) {
  Nanos const begin = now();
  run_until([&] { return now() - std::max(begin, last_update_) >= quiet; });
}

bool Field::all_hold(std::uint32_t count) const {
  for (Player const& player : players_) {
    if (player.received && player.received->present() != count) return false;
  }
  return true;
}

void Field::finish(Report& report) {
  add_checks(report);
  run_at_end(options_, report);
  closing_ = true;
  for (Player& player : players_) player.neighbour->close();
}

// Source addresses are consecutive, and the router identifier is the source address.
Field::Player& Field::player_of(Neighbour const& neighbour) {
  return players_[neighbour.options().open.id - options_.first_source];
}

void Field::on_established(Neighbour& neighbour) {
  ++up_;
  if (Player& player = player_of(neighbour); player.received) player.received->forget();
}

void Field::on_update(Neighbour& neighbour, View body) {
  Player& player = player_of(neighbour);
  if (!player.received) return;
  last_update_ = loop_.time();
  player.received->update(body);
  if (callback_) callback_(static_cast<std::size_t>(&player - players_.data()) - options_.senders);
}

void Field::on_keepalive(Neighbour& neighbour) {
  if (keepalive_callback_ && &neighbour == players_[0].neighbour.get()) keepalive_callback_();
}

void Field::on_down(Neighbour& neighbour, bool was_up, std::string const& why) {
  if (closing_) return;
  if (was_up) {
    --up_;
    ++fallen_;
  }
  if (first_trouble_.empty()) first_trouble_ = ipv4_text(neighbour.options().open.id) + ": " + why;
}

void Field::add_checks(Report& report) const {
  std::uint64_t repeats = 0, samples = 0, superfluous = 0;
  bool ledgers = false, clean = true;
  std::string wrong;
  for (Player const& player : players_) {
    if (!player.received) continue;
    ledgers = true;
    repeats += player.received->repeats();
    samples += player.received->samples();
    superfluous += player.received->superfluous();
    clean = clean && player.received->clean();
    if (wrong.empty()) wrong = player.received->faults().first_wrong;
  }
  if (ledgers) {
    report.add("repeats", repeats);
    report.add("superfluous_withdrawals", superfluous);
    report.add("attribute_samples", samples);
    report.check("contents_right", clean);
  }
  if (!wrong.empty()) report.add("first_wrong", wrong);
  report.check("sessions_stayed_up", fallen_ == 0);
  if (!first_trouble_.empty()) report.add("first_trouble", first_trouble_);
}

}  // namespace bench
