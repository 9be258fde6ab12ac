#include "fib/rtnl/next_hop.h"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace tern::fib::rtnl {

void put_new_next_hop(Buffer& out, unsigned flags, std::uint32_t sequence, NextHopObject const& object) {
  nhmsg fixed{};
  fixed.nh_protocol = object.protocol;
  if (object.group.empty()) {
    fixed.nh_family = object.v6 ? AF_INET6 : AF_INET;
    if (object.via.onlink) fixed.nh_flags = RTNH_F_ONLINK;
  }
  Writer writer(out, RTM_NEWNEXTHOP, flags, sequence, fixed);
  writer.value(NHA_ID, object.id);
  if (object.group.empty()) {
    if (!object.via.gateway.is_unset()) writer.address(NHA_GATEWAY, object.via.gateway);
    writer.value(NHA_OIF, object.via.interface);
    return;
  }
  std::vector<nexthop_grp> members;
  for (auto const& member : object.group) {
    nexthop_grp entry{};
    entry.id = member.id;
    entry.weight = static_cast<std::uint8_t>(member.weight - 1);
    members.push_back(entry);
  }
  writer.bytes(NHA_GROUP, members.data(), members.size() * sizeof(nexthop_grp));
}

void put_delete_next_hop(Buffer& out, std::uint32_t sequence, std::uint32_t id) {
  Writer writer(out, RTM_DELNEXTHOP, 0, sequence, nhmsg{});
  writer.value(NHA_ID, id);
}

void put_get_next_hop(Buffer& out, std::uint32_t sequence, std::uint32_t id) {
  Writer writer(out, RTM_GETNEXTHOP, 0, sequence, nhmsg{});
  writer.value(NHA_ID, id);
}

NextHopObject read_next_hop(Message const& message) {
  auto const fixed = read<nhmsg>(message.payload);
  NextHopObject object;
  object.protocol = fixed.nh_protocol;
  object.v6 = fixed.nh_family == AF_INET6;
  object.via.onlink = (fixed.nh_flags & RTNH_F_ONLINK) != 0;
  auto attributes = Attributes::after<nhmsg>(message.payload);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == NHA_ID) object.id = read<std::uint32_t>(attribute->value);
    if (attribute->type == NHA_OIF) object.via.interface = read<std::uint32_t>(attribute->value);
    if (attribute->type == NHA_GATEWAY) object.via.gateway = read_address(attribute->value);
    if (attribute->type != NHA_GROUP) continue;
    for (auto rest = attribute->value; rest.size() >= sizeof(nexthop_grp); rest = rest.subspan(sizeof(nexthop_grp))) {
      auto const member = read<nexthop_grp>(rest);
      object.group.push_back({member.id, static_cast<std::uint16_t>(member.weight + 1)});
    }
  }
  return object;
}

}  // namespace tern::fib::rtnl
