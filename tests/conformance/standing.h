// A route of the second neighbour, for rows about what the neighbour under test is sent.
#pragma once

#include "lab.h"

namespace conformance {

/// The second neighbour's own session, to make its good routes with.
inline Session observer_session(Session const& session) {
  auto one = session;
  one.kind = Kind::client;
  one.local = "10.77.9.1";
  one.as = session.daemon_as;
  one.width = 4;
  return one;
}

/// It stands at the daemon; withdrawn again when the row is over.
class Standing {
 public:
  Standing(Lab& lab, Bytes const& announcement, std::string prefix) : lab_(lab), prefix_(std::move(prefix)) {
    lab_.observer().send(announcement);
  }
  ~Standing() {
    support::Update update;
    if (prefix_ == kPrefix6)
      update.add(support::kOptional, support::kMpUnreach, support::mp_unreach(2, 1, support::nlri(prefix_)));
    else
      update.withdrawn = support::nlri(prefix_);
    lab_.observer().send(update.bytes());
  }
  Standing(Standing const&) = delete;
  Standing& operator=(Standing const&) = delete;

  /// The route has come at least so often.
  [[nodiscard]] bool at(support::Peer& peer, unsigned times = 1) const {
    return peer.wait(support::in(5s), [&] { return peer.rib().announcements(prefix_) >= times; });
  }

 private:
  Lab& lab_;
  std::string prefix_;
};

}  // namespace conformance
