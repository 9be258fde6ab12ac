// Next hops that only BGP itself knows a way to: for each next hop that was asked for, the most specific route of the
// Loc-RIB that covers it and is not by way of it, kept by events. All calls on BGP's thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "bgp/speaker.h"
#include "fib/next_hop_tracker.h"

namespace tern::speaker {

class LearnedRoutes : public std::enable_shared_from_this<LearnedRoutes> {
 public:
  LearnedRoutes(boost::asio::any_io_executor executor, fib::NextHopTracker& tracker);

  /// From now on the Loc-RIB of `speaker` answers.
  void attach(bgp::Speaker const& speaker);
  /// libbgp asks for a next hop. It may not be asked back from there: what it has learned is looked up soon after.
  void asked(bgp::IpAddress const& next_hop);
  void forgotten(bgp::IpAddress const& next_hop) { known_.erase(next_hop); }
  /// The best route for a prefix came, changed or went.
  void changed(bgp::Prefix const& prefix);

 private:
  using Learned = std::optional<fib::ResolutionBook::LearnedRoute>;

  void look_soon(bgp::IpAddress const& next_hop);
  void look();
  [[nodiscard]] Learned look_up(bgp::IpAddress const& next_hop) const;
  /// The next hop of the best route for a prefix; nothing when one of its paths has the next hop `to` itself.
  [[nodiscard]] std::optional<bgp::IpAddress> way_by(bgp::Prefix const& prefix, bgp::IpAddress const& to) const;

  boost::asio::any_io_executor const executor_;
  fib::NextHopTracker& tracker_;
  bgp::Speaker const* speaker_ = nullptr;
  std::map<bgp::IpAddress, Learned> known_;
  std::set<bgp::IpAddress> to_look_up_;
};

}  // namespace tern::speaker
