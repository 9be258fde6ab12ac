#include "fib/rtnl/kernel.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cerrno>

namespace tern::fib::rtnl {

namespace {

// One dump, appended to `out`; `read` makes a value of a message, or nothing. Begins again where the kernel asks for
// it.
template <class Value, class Fixed, class Read>
bgp::Result<void> dump(Socket& socket, std::uint16_t type, Fixed const& fixed, std::vector<Value>& out, Read&& read) {
  Buffer request;
  { Writer const writer(request, type, NLM_F_DUMP, 0, fixed); }
  auto const before = out.size();
  return socket.dump(
      request, [&] { out.erase(out.begin() + static_cast<std::ptrdiff_t>(before), out.end()); },
      [&](Message const& message) {
        if (std::optional<Value> value = read(message)) out.push_back(*std::move(value));
      });
}

template <class Value>
bgp::Result<std::vector<Value>> either(bgp::Result<void> const& result, std::vector<Value> values) {
  if (!result.ok()) return result.error();
  return values;
}

}  // namespace

bgp::Result<Kernel> Kernel::open(std::vector<int> const& groups, std::vector<std::uint8_t> const& deaf_to) {
  auto requests = Socket::open();
  if (!requests.ok()) return requests.error();
  auto monitor = Socket::open();
  if (!monitor.ok()) return monitor.error();
  if (auto const subscribed = monitor->subscribe(groups, requests->port(), deaf_to); !subscribed.ok()) {
    return subscribed.error();
  }
  return Kernel(std::move(requests).value(), std::move(monitor).value());
}

bgp::Result<std::vector<Link>> Kernel::links() {
  std::vector<Link> out;
  auto const result = dump(requests_, RTM_GETLINK, ifinfomsg{}, out, read_link);
  return either(result, std::move(out));
}

bgp::Result<std::vector<InterfaceAddress>> Kernel::addresses() {
  std::vector<InterfaceAddress> out;
  auto const result = dump(requests_, RTM_GETADDR, ifaddrmsg{}, out, read_interface_address);
  return either(result, std::move(out));
}

bgp::Result<std::vector<Neighbour>> Kernel::neighbours() {
  std::vector<Neighbour> out;
  for (auto const family : {AF_UNSPEC, AF_BRIDGE}) {
    ndmsg fixed{};
    fixed.ndm_family = static_cast<std::uint8_t>(family);
    if (auto const result = dump(requests_, RTM_GETNEIGH, fixed, out, read_neighbour); !result.ok()) {
      return result.error();
    }
  }
  return out;
}

// Asks for one that nobody has: "none such" is the answer of a kernel that knows the question.
bgp::Result<bool> Kernel::knows_objects() {
  Buffer request;
  put_get_next_hop(request, 1, ~0U);
  auto const refused = requests_.perform(request, 1, 1);
  if (!refused.ok()) return refused.error();
  return refused->empty() || refused->front().error != EOPNOTSUPP;
}

bgp::Result<std::vector<NextHopObject>> Kernel::objects() {
  std::vector<NextHopObject> out;
  auto const result = dump(requests_, RTM_GETNEXTHOP, nhmsg{}, out, read_next_hop);
  return either(result, std::move(out));
}

bgp::Result<std::vector<Route>> Kernel::routes(std::uint32_t table, std::function<bool(Route const&)> const& wanted) {
  std::vector<Route> out;
  auto const read_wanted = [&](Message const& message) {
    auto route = read_route(message);
    auto const other = table != RT_TABLE_UNSPEC && route && route->table != table;
    if (route && (other || !wanted(*route))) route.reset();
    return route;
  };
  for (auto const family : {AF_INET, AF_INET6}) {
    rtmsg fixed{};
    fixed.rtm_family = static_cast<std::uint8_t>(family);
    fixed.rtm_table = static_cast<std::uint8_t>(table < 256 ? table : RT_TABLE_UNSPEC);
    if (auto const result = dump(requests_, RTM_GETROUTE, fixed, out, read_wanted); !result.ok()) {
      return result.error();
    }
  }
  return out;
}

namespace {

void tell(Message const& message, Events& events) {
  auto const type = message.header.nlmsg_type;
  switch (type) {
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      if (auto const route = read_route(message)) {
        events.heard(*route, type == RTM_DELROUTE, (message.header.nlmsg_flags & NLM_F_REPLACE) != 0);
      }
      return;
    case RTM_NEWNEXTHOP:
    case RTM_DELNEXTHOP:
      return events.heard(read_next_hop(message), type == RTM_DELNEXTHOP);
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return events.heard(read_link(message), type == RTM_DELLINK);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return events.heard(read_interface_address(message), type == RTM_DELADDR);
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH:
      if (auto const neighbour = read_neighbour(message)) events.heard(*neighbour, type == RTM_DELNEIGH);
      return;
    default:
      return;
  }
}

}  // namespace

void Kernel::hear(Events& events) {
  for (;;) {
    auto const result = monitor_.hear([&](Message const& message) { tell(message, events); });
    if (result == Socket::Heard::nothing) return;
    if (result == Socket::Heard::overrun) events.overrun();
  }
}

}  // namespace tern::fib::rtnl
