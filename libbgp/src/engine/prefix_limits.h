// How near a neighbour is to its prefix limits: what the log is told of it, once a session each, and when its session
// has to end (RFC 4486 §4). Pure; the engine's executor only.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "rib/peer_info.h"
#include "wire/notification.h"

namespace bgp::engine {

class PrefixLimits {
 public:
  using Warn = std::function<void(std::string const& line)>;

  /// The Cease with which the session has to end, if it does. `accepted_too`: what import lets through is settled.
  [[nodiscard]] std::optional<wire::Notification> check(std::vector<PrefixLimit> const& limits,
                                                        rib::PeerInfo const& peer, bool accepted_too, Warn const& warn);
  /// A new session, or other limits: all is worth telling again.
  void forget() { told_.clear(); }

 private:
  enum class Stage : std::uint8_t { near, over };
  struct Bound {
    PrefixLimit const& limit;
    bool accepted;  ///< else received
    std::uint64_t most;
    std::uint64_t present;
  };
  [[nodiscard]] bool is_over(Bound const& bound, Warn const& warn);
  [[nodiscard]] bool tell_once(Bound const& bound, Stage stage);

  std::set<std::tuple<Family, bool, Stage>> told_;
};

}  // namespace bgp::engine
