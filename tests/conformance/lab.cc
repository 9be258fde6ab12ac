#include "lab.h"

#include <stdexcept>

#include "tables.h"

namespace conformance {

using namespace support;

namespace {

char const* const observer_address = "10.77.9.1";

std::string address_of(Case const& row, Kind kind) {
  auto const index = unsigned(&row - all_rows().data());
  return "10.77." + std::to_string(16 * (1 + unsigned(kind)) + index / 200) + "." + std::to_string(index % 200 + 1);
}

}  // namespace

Lab::Lab(Driver const& driver, std::string program, std::vector<Selected> const& rows)
    : driver_(driver),
      program_(program.empty() ? std::string(driver.program) : std::move(program)),
      observer_({.local = observer_address, .remote = plan_.address, .as = plan_.as, .id = "10.77.9.1"}) {
  plan_.neighbours.push_back({.address = observer_address, .as = plan_.as, .client = true});
  std::vector<std::string> ours = {std::string(observer_address) + "/16", "2001:db8:77::2/64"};
  for (auto const& [row, kind] : rows) {
    auto const one = session(*row, kind);
    plan_.neighbours.push_back(
        {.address = one.local, .as = one.as, .client = kind == Kind::client, .passive = !row->active});
    ours.push_back(one.local + "/16");
  }
  network_.join("lab0", ours, "daemon0", {plan_.address + "/16", "2001:db8:77::1/64"});
  for (auto const& [row, kind] : rows)
    if (row->active)
      listeners_[address_of(*row, kind)] = std::make_unique<Listener>(address_of(*row, kind), std::uint16_t(179));
}

void Lab::start() {
  daemon_.reset();
  auto const file = directory_.write("daemon.conf", driver_.configuration(plan_, directory_.path()));
  daemon_ = std::make_unique<Process>(driver_.command(program_, file, directory_.path()),
                                      ProcessOptions{.network = &network_});
}

void Lab::ensure() {
  observer_.drain();
  if (daemon_running() && observer_.up()) return;
  if (!daemon_running()) start();
  observer_.close();
  auto const deadline = in(20s);
  while (daemon_running() && Clock::now() < deadline)
    if (observer_.establish(in(1s))) return;
  throw std::runtime_error(std::string(driver_.name) + " takes no session: " + daemon_output());
}

Session Lab::session(Case const& row, Kind kind) const {
  Session one;
  one.kind = kind;
  one.local = address_of(row, kind);
  one.daemon = plan_.address;
  one.daemon_id = plan_.id;
  one.daemon_as = plan_.as;
  one.as = kind != Kind::ebgp ? plan_.as : row.as != 0 ? row.as : 65010;
  one.id = row.id.empty() ? one.local : row.id;
  one.width = row.width;
  return one;
}

Peer Lab::peer(Session const& session) const {
  PeerOptions options{.local = session.local, .remote = session.daemon, .as = session.as, .id = session.id};
  options.capabilities = {capability_mp(1, 1), capability_mp(2, 1), capability(2)};
  if (session.width == 4) options.capabilities->push_back(capability_as4(session.as));
  return Peer(options);
}

bool Lab::seen(std::string const& prefix) {
  return observer_.wait(in(5s), [&] { return observer_.rib().find(prefix) != nullptr; });
}

bool Lab::vanished(std::string const& prefix) {
  return observer_.wait(in(5s), [&] { return observer_.rib().find(prefix) == nullptr; });
}

bool Lab::barrier(Peer& peer, Session const& session) {
  for (int round = 0; round < 2; ++round) {
    auto const number = ++barriers_;
    auto const prefix = "203.0." + std::to_string(number >> 8 & 0xff) + "." + std::to_string(number & 0xff) + "/32";
    if (!peer.send(good(session, prefix).bytes()) || !seen(prefix)) return false;
  }
  peer.drain();
  return peer.up();
}

}  // namespace conformance
