// RTM_NEWNEXTHOP and RTM_DELNEXTHOP: next-hop objects and groups of them, shared by all routes that name their id
// (linux/nexthop.h). Pure.
#pragma once

#include "fib/rtnl/route.h"

namespace tern::fib::rtnl {

struct GroupMember {
  std::uint32_t id = 0;
  std::uint16_t weight = 1;
  friend bool operator==(GroupMember const&, GroupMember const&) = default;
};

/// One way, or a group of objects that are.
struct NextHopObject {
  std::uint32_t id = 0;
  std::uint8_t protocol = 0;
  bool v6 = false;                 ///< the family of the gateway; of the routes when there is none
  Via via;                         ///< unless it is a group
  std::vector<GroupMember> group;  ///< empty: no group
  friend bool operator==(NextHopObject const&, NextHopObject const&) = default;
};

/// Appends RTM_NEWNEXTHOP; `flags` as for a route. With NLM_F_REPLACE all routes through it move at
/// once.
void put_new_next_hop(Buffer& out, unsigned flags, std::uint32_t sequence, NextHopObject const& object);
/// The kernel removes the routes through it as well.
void put_delete_next_hop(Buffer& out, std::uint32_t sequence, std::uint32_t id);
/// Asks for one object.
void put_get_next_hop(Buffer& out, std::uint32_t sequence, std::uint32_t id);

[[nodiscard]] NextHopObject read_next_hop(Message const& message);

}  // namespace tern::fib::rtnl
