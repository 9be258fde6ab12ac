// A kernel as far as fib's books can tell: next-hop objects, groups, routes, links that go down and take objects with
// them without a word. It refuses what Linux refuses, with the same errno.
#pragma once

#include <linux/rtnetlink.h>

#include <cerrno>
#include <map>
#include <set>

#include "fib/route_book.h"

namespace tern::fib {

class PretendKernel {
 public:
  struct Standing {
    std::uint8_t protocol = 0;
    std::uint32_t object = 0;  // next-hop id; 0 for a foreign route or a blackhole
    bool blackhole = false;
    friend bool operator==(Standing const&, Standing const&) = default;
  };
  using Key = std::pair<bgp::Prefix, std::uint32_t>;  // destination and metric

  std::map<ObjectId, rtnl::NextHopObject> objects;
  std::map<Key, Standing> routes;
  std::set<unsigned> running;  // interface indices

  std::optional<Refused> perform(ObjectOperation const& operation) {
    auto const& object = operation.object;
    auto const known = objects.find(object.id);
    if (operation.kind == ObjectOperation::Kind::remove) {
      if (known == objects.end()) return Refused{ENOENT, "no such object"};
      remove_object(object.id);
      return std::nullopt;
    }
    if (operation.kind == ObjectOperation::Kind::create && known != objects.end()) return Refused{EEXIST, "exists"};
    if (operation.kind == ObjectOperation::Kind::replace && known == objects.end()) return Refused{ENOENT, "no object"};
    if (object.group.empty() && !running.contains(object.via.interface)) return Refused{ENETDOWN, "interface is down"};
    for (auto const& member : object.group) {
      if (!objects.contains(member.id)) return Refused{EINVAL, "no such member"};
    }
    objects[object.id] = object;
    return std::nullopt;
  }

  std::optional<Refused> perform(RouteOperation const& operation) {
    Key const key{operation.prefix, operation.metric};
    auto const known = routes.find(key);
    if (operation.kind == RouteOperation::Kind::remove) {
      if (known == routes.end() || known->second.protocol != operation.protocol) return Refused{ESRCH, "no such route"};
      routes.erase(known);
      return std::nullopt;
    }
    if (operation.kind == RouteOperation::Kind::add && known != routes.end()) return Refused{EEXIST, "exists"};
    if (operation.kind == RouteOperation::Kind::replace && known == routes.end())
      return Refused{ENOENT, "nothing there"};
    auto const blackhole = operation.object == blackhole_object;
    if (!blackhole && !objects.contains(operation.object)) return Refused{EINVAL, "no such next hop"};
    routes[key] = {operation.protocol, blackhole ? 0 : operation.object, blackhole};
    return std::nullopt;
  }

  /// As Linux does it: routes through the object go, groups shrink, an empty group goes too.
  void remove_object(ObjectId id) {
    objects.erase(id);
    std::erase_if(routes, [id](auto const& one) { return one.second.object == id; });
    std::vector<ObjectId> empty;
    for (auto& [other, object] : objects) {
      if (std::erase_if(object.group, [id](auto const& member) { return member.id == id; }) == 0) continue;
      if (object.group.empty()) empty.push_back(other);
    }
    for (auto const other : empty) remove_object(other);
  }

  void link_down(unsigned index) {
    running.erase(index);
    std::vector<ObjectId> lost;
    for (auto const& [id, object] : objects) {
      if (object.group.empty() && object.via.interface == index) lost.push_back(id);
    }
    for (auto const id : lost) remove_object(id);
  }

  [[nodiscard]] std::vector<rtnl::NextHopObject> all_objects() const {
    std::vector<rtnl::NextHopObject> all;
    for (auto const& [id, object] : objects) all.push_back(object);
    return all;
  }

  [[nodiscard]] static rtnl::Route message(Key const& key, Standing const& standing) {
    rtnl::Route route;
    route.destination = key.first;
    route.metric = key.second;
    route.table = RT_TABLE_MAIN;
    route.protocol = standing.protocol;
    route.type = standing.blackhole ? RTN_BLACKHOLE : RTN_UNICAST;
    route.next_hop_id = standing.object;
    return route;
  }
};

}  // namespace tern::fib
