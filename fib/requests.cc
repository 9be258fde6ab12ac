#include "fib/requests.h"

#include <linux/netlink.h>

namespace tern::fib {

namespace {

// Only what is ours is ever replaced, and nothing else is ever overwritten.
template <class Kind>
unsigned new_flags(Kind kind) {
  return kind == Kind::replace ? NLM_F_REPLACE : NLM_F_CREATE | NLM_F_EXCL;
}

}  // namespace

void put(rtnl::Buffer& batch, std::uint32_t sequence, TunnelOperation const& operation) {
  using Kind = TunnelOperation::Kind;
  switch (operation.kind) {
    case Kind::create:
      if (operation.link.vxlan) return rtnl::put_new_vxlan(batch, sequence, operation.link);
      return rtnl::put_new_ipip(batch, sequence, operation.link.name);
    case Kind::remove:
      return rtnl::put_delete_link(batch, sequence, operation.link.index);
    case Kind::change:
    case Kind::set_mtu:
      return rtnl::put_change_link(batch, sequence, operation.link);
    case Kind::add_address:
      return rtnl::put_new_address(batch, sequence, operation.address);
    case Kind::remove_address:
      return rtnl::put_delete_address(batch, sequence, operation.address);
    case Kind::add_neighbour:
      return rtnl::put_new_neighbour(batch, sequence, operation.neighbour, operation.replace);
    case Kind::remove_neighbour:
      return rtnl::put_delete_neighbour(batch, sequence, operation.neighbour);
  }
}

void put(rtnl::Buffer& batch, std::uint32_t sequence, ObjectOperation const& operation) {
  if (operation.kind == ObjectOperation::Kind::remove) {
    rtnl::put_delete_next_hop(batch, sequence, operation.object.id);
  } else {
    rtnl::put_new_next_hop(batch, new_flags(operation.kind), sequence, operation.object);
  }
}

void put(rtnl::Buffer& batch, std::uint32_t sequence, RouteOperation::Kind kind, rtnl::Route const& route) {
  if (kind == RouteOperation::Kind::remove) {
    rtnl::put_delete_route(batch, sequence, route);
  } else {
    rtnl::put_new_route(batch, new_flags(kind), sequence, route);
  }
}

}  // namespace tern::fib
