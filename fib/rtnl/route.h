// RTM_NEWROUTE and RTM_DELROUTE (rtnetlink(7)). Pure.
#pragma once

#include "fib/rtnl/message.h"

namespace tern::fib::rtnl {

/// One way of a route, or the content of a next-hop object.
struct Via {
  unsigned interface = 0;  ///< index; 0: the kernel finds it
  bgp::IpAddress gateway;  ///< unset: on the link
  bool onlink = false;     ///< do not ask whether the gateway is on the link
  std::uint16_t weight = 1;
  friend bool operator==(Via const&, Via const&) = default;
};

/// A route as the kernel has it, or is to have it.
struct Route {
  bgp::Prefix destination;
  std::uint32_t table = 0;
  std::uint8_t protocol = 0;
  std::uint8_t type = 0;  ///< RTN_UNICAST, RTN_BLACKHOLE, ...
  std::uint8_t scope = 0;
  std::uint8_t tos = 0;
  std::uint32_t metric = 0;
  std::uint32_t flags = 0;        ///< RTM_F_*
  std::uint32_t next_hop_id = 0;  ///< a next-hop object; then `via` is what the kernel shows of it, or empty
  std::vector<Via> via;
  friend bool operator==(Route const&, Route const&) = default;
};

/// Appends RTM_NEWROUTE; `flags` are NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE.
void put_new_route(Buffer& out, unsigned flags, std::uint32_t sequence, Route const& route);
/// Appends RTM_DELROUTE of exactly this (table, protocol, destination, metric): of the ways in `via`, or whatever it
/// leads to when there are none.
void put_delete_route(Buffer& out, std::uint32_t sequence, Route const& route);

/// Nothing when the message is of another family than IPv4 and IPv6.
[[nodiscard]] std::optional<Route> read_route(Message const& message);

}  // namespace tern::fib::rtnl
