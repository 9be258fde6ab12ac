#include "lab.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "tables.h"

namespace conformance {

using namespace support;

namespace {

char const* const observer_address = "10.77.9.1";

unsigned index_of(Case const& row) { return unsigned(&row - all_rows().data()); }

std::string address_of(Selected const& one) {
  auto const index = index_of(*one.row);
  auto const role = 1 + unsigned(one.kind) + (one.transport == Transport::ipv6 ? 3 : 0);
  return "10.77." + std::to_string(16 * role + index / 200) + "." + std::to_string(index % 200 + 1);
}

std::string address6_of(Selected const& one) {
  return "2001:db8:77::" + std::to_string(1 + unsigned(one.kind)) + ":" + std::to_string(index_of(*one.row) + 1);
}

}  // namespace

std::vector<Selected> everything() {
  std::vector<Selected> all;
  for (auto const transport : kAllTransports)
    for (auto const kind : kAllKinds)
      for (auto const& row : all_rows())
        if (std::count(row.kinds.begin(), row.kinds.end(), kind) != 0) all.push_back({&row, kind, transport});
  return all;
}

Lab::Lab(Driver const& driver, std::string program, std::vector<Selected> const& rows)
    : driver_(driver),
      program_(program.empty() ? std::string(driver.program) : std::move(program)),
      observer_({.local = observer_address, .remote = plan_.address, .as = plan_.as, .id = "10.77.9.1"}) {
  plan_.neighbours.push_back({.address = observer_address, .as = plan_.as, .client = true});
  std::vector<std::string> ours = {std::string(observer_address) + "/16", "2001:db8:77::2/64"};
  for (auto const& selected : rows) {
    auto const one = session(selected);
    plan_.neighbours.push_back({.address = one.local_end,
                                .as = one.as,
                                .client = one.kind == Kind::client,
                                .passive = !selected.row->active,
                                .as_set = selected.row->as_set,
                                .route_server = selected.row->route_server});
    ours.push_back(one.local + "/16");
    if (one.transport == Transport::ipv6) ours.push_back(one.local_end + "/64");
  }
  network_.join("lab0", ours, "daemon0", {plan_.address + "/16", plan_.address6 + "/64"});
  for (auto const& selected : rows) {
    if (!selected.row->active) continue;
    auto const end = session(selected).local_end;
    listeners_[end] = std::make_unique<Listener>(end, std::uint16_t(179));
  }
}

void Lab::start() {
  daemon_.reset();
  directory_.emplace();  // what a daemon that was killed left behind is not in the way
  auto const file = directory_->write("daemon.conf", driver_.configuration(plan_, directory_->path()));
  std::filesystem::permissions(file, std::filesystem::perms(0600));  // OpenBGPD reads none that others may
  daemon_ = std::make_unique<Process>(driver_.command(program_, file, directory_->path()),
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

Session Lab::session(Selected const& selected) const {
  auto const& row = *selected.row;
  Session one;
  one.kind = selected.kind;
  one.transport = selected.transport;
  one.local = address_of(selected);
  one.daemon = plan_.address;
  one.daemon6 = plan_.address6;
  bool const six = selected.transport == Transport::ipv6;
  one.local_end = six ? address6_of(selected) : one.local;
  one.daemon_end = six ? plan_.address6 : plan_.address;
  one.daemon_id = plan_.id;
  one.daemon_as = plan_.as;
  one.as = one.kind != Kind::ebgp ? plan_.as : row.as != 0 ? row.as : 65010;
  one.id = row.id.empty() ? one.local : row.id;
  one.width = row.width;
  one.offers = row.offers;
  return one;
}

Peer Lab::peer(Session const& session) const {
  PeerOptions options{.local = session.local_end, .remote = session.daemon_end, .as = session.as, .id = session.id};
  options.capabilities = {capability_mp(1, 1), capability_mp(2, 1), capability(2)};
  if (!session.offers.empty()) options.capabilities->push_back(session.offers);
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
