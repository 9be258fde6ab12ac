// The place where rows are carried out: the daemon in a network namespace of its own, joined by a veth pair to ours,
// where every row has a neighbour address to itself and a second neighbour (a reflection client) watches all routes.
// One thread. The process must be alone in its namespace (support::isolate) before a Lab is made.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "case.h"
#include "daemon.h"
#include "support/netns.h"
#include "support/peer.h"

namespace conformance {

using namespace std::chrono_literals;

/// A row on one kind of session.
struct Selected {
  Case const* row = nullptr;
  Kind kind = Kind::ebgp;
  Transport transport = Transport::ipv4;
  [[nodiscard]] std::string suite() const { return text_of(kind, transport); }
};
/// Every row on every kind of session that it is for.
std::vector<Selected> everything();

class Lab {
 public:
  Lab(Driver const& driver, std::string program, std::vector<Selected> const& rows);

  /// The daemon runs and the observer is up: started (again) where not. Throws with the daemon's output if it fails.
  void ensure();
  [[nodiscard]] bool daemon_running() { return daemon_ && daemon_->running(); }
  [[nodiscard]] std::string daemon_output() const { return daemon_ ? daemon_->output() : ""; }
  support::Process& daemon() { return *daemon_; }

  [[nodiscard]] Session session(Selected const& selected) const;
  [[nodiscard]] support::Peer peer(Session const& session) const;
  support::Peer& observer() { return observer_; }
  /// Where the daemon's own connection to this neighbour arrives; only for rows that are dialled().
  support::Listener& listener(Session const& session) { return *listeners_.at(session.local_end); }

  /// The observer sees the route (or no longer) before the deadline.
  bool seen(std::string const& prefix);
  bool vanished(std::string const& prefix);
  /// Two fresh routes through `peer` have come to the observer, one after the other: whatever was sent on this session
  /// before has taken effect, and the session is up.
  bool barrier(support::Peer& peer, Session const& session);

 private:
  void start();

  // Constant after construction
  Driver const& driver_;
  std::string program_;
  Plan plan_;
  support::Namespace network_;
  std::map<std::string, std::unique_ptr<support::Listener>> listeners_;

  std::optional<support::TemporaryDirectory> directory_;
  std::unique_ptr<support::Process> daemon_;
  support::Peer observer_;
  unsigned barriers_ = 0;
};

}  // namespace conformance
