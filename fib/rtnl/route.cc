#include "fib/rtnl/route.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace tern::fib::rtnl {

namespace {

std::uint8_t family_of(bgp::IpAddress const& address) { return address.is_v4() ? AF_INET : AF_INET6; }

rtmsg fixed_part(Route const& route) {
  rtmsg fixed{};
  fixed.rtm_family = family_of(route.destination.address());
  fixed.rtm_dst_len = static_cast<std::uint8_t>(route.destination.length());
  fixed.rtm_tos = route.tos;
  fixed.rtm_table = static_cast<std::uint8_t>(route.table < 256 ? route.table : RT_TABLE_UNSPEC);
  fixed.rtm_protocol = route.protocol;
  fixed.rtm_scope = route.scope;
  fixed.rtm_type = route.type;
  return fixed;
}

void put_key(Writer& writer, Route const& route) {
  if (route.destination.length() > 0) writer.address(RTA_DST, route.destination.address());
  if (route.table >= 256) writer.value(RTA_TABLE, route.table);
  writer.value(RTA_PRIORITY, route.metric);
}

void put_gateway(Writer& writer, Route const& route, Via const& via) {
  if (via.gateway.is_unset()) return;
  if (via.gateway.size() == route.destination.address().size()) {
    writer.address(RTA_GATEWAY, via.gateway);
    return;
  }
  std::uint16_t const family = family_of(via.gateway);
  std::uint8_t octets[sizeof family + 16];
  std::memcpy(octets, &family, sizeof family);
  std::memcpy(octets + sizeof family, via.gateway.data(), via.gateway.size());
  writer.bytes(RTA_VIA, octets, sizeof family + via.gateway.size());
}

void put_multipath(Writer& writer, Route const& route) {
  writer.nested(RTA_MULTIPATH, [&] {
    for (auto const& via : route.via) {
      rtnexthop hop{};
      hop.rtnh_flags = via.onlink ? RTNH_F_ONLINK : 0;
      hop.rtnh_hops = static_cast<std::uint8_t>(via.weight - 1);
      hop.rtnh_ifindex = static_cast<int>(via.interface);
      auto const at = writer.raw(hop);
      put_gateway(writer, route, via);
      writer.patch_length(at);
    }
  });
}

// A single way stands in the message itself.
void put_ways(Writer& writer, Route const& route) {
  if (route.via.size() == 1) {
    put_gateway(writer, route, route.via.front());
    if (route.via.front().interface != 0) writer.value(RTA_OIF, route.via.front().interface);
  } else if (!route.via.empty()) {
    put_multipath(writer, route);
  }
}

bgp::IpAddress read_via(Bytes value) { return read_address(value.subspan(std::min<std::size_t>(2, value.size()))); }

Via read_hop(rtnexthop const& hop, Bytes rest) {
  Via via;
  via.interface = static_cast<unsigned>(hop.rtnh_ifindex);
  via.onlink = (hop.rtnh_flags & RTNH_F_ONLINK) != 0;
  via.weight = static_cast<std::uint16_t>(hop.rtnh_hops + 1);
  Attributes attributes(rest);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == RTA_GATEWAY) via.gateway = read_address(attribute->value);
    if (attribute->type == RTA_VIA) via.gateway = read_via(attribute->value);
  }
  return via;
}

void read_multipath(Bytes value, std::vector<Via>& out) {
  for (;;) {
    auto const hop = read<rtnexthop>(value);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > value.size()) return;
    out.push_back(read_hop(hop, value.subspan(sizeof hop, hop.rtnh_len - sizeof hop)));
    value = value.subspan(std::min(aligned(hop.rtnh_len), value.size()));
  }
}

// A single way stands in the message itself.
Via& only_way(Route& route) {
  if (route.via.empty()) route.via.emplace_back();
  return route.via.front();
}

void read_attribute(Attributes::Attribute const& attribute, Route& route) {
  switch (attribute.type) {
    case RTA_DST:
      route.destination = bgp::Prefix(read_address(attribute.value), route.destination.length());
      break;
    case RTA_TABLE:
      route.table = read<std::uint32_t>(attribute.value);
      break;
    case RTA_PRIORITY:
      route.metric = read<std::uint32_t>(attribute.value);
      break;
    case RTA_NH_ID:
      route.next_hop_id = read<std::uint32_t>(attribute.value);
      break;
    case RTA_OIF:
      only_way(route).interface = read<std::uint32_t>(attribute.value);
      break;
    case RTA_GATEWAY:
      only_way(route).gateway = read_address(attribute.value);
      break;
    case RTA_VIA:
      only_way(route).gateway = read_via(attribute.value);
      break;
    case RTA_MULTIPATH:
      read_multipath(attribute.value, route.via);
      break;
    default:
      break;
  }
}

}  // namespace

void put_new_route(Buffer& out, unsigned flags, std::uint32_t sequence, Route const& route) {
  auto fixed = fixed_part(route);
  auto const single = route.next_hop_id == 0 && route.via.size() == 1;
  if (single && route.via.front().onlink) fixed.rtm_flags |= RTNH_F_ONLINK;
  Writer writer(out, RTM_NEWROUTE, flags, sequence, fixed);
  put_key(writer, route);
  if (route.next_hop_id != 0) {
    writer.value(RTA_NH_ID, route.next_hop_id);
  } else {
    put_ways(writer, route);
  }
}

void put_delete_route(Buffer& out, std::uint32_t sequence, Route const& route) {
  auto fixed = fixed_part(route);
  fixed.rtm_scope = RT_SCOPE_NOWHERE;  // of any scope
  fixed.rtm_type = RTN_UNSPEC;         // of any type
  Writer writer(out, RTM_DELROUTE, 0, sequence, fixed);
  put_key(writer, route);
  put_ways(writer, route);
}

std::optional<Route> read_route(Message const& message) {
  auto const fixed = read<rtmsg>(message.payload);
  if (fixed.rtm_family != AF_INET && fixed.rtm_family != AF_INET6) return std::nullopt;
  Route route;
  route.destination = {fixed.rtm_family == AF_INET ? bgp::IpAddress::v4(0) : bgp::IpAddress::v6({}), fixed.rtm_dst_len};
  route.table = fixed.rtm_table;
  route.protocol = fixed.rtm_protocol;
  route.type = fixed.rtm_type;
  route.scope = fixed.rtm_scope;
  route.tos = fixed.rtm_tos;
  route.flags = fixed.rtm_flags;
  auto attributes = Attributes::after<rtmsg>(message.payload);
  while (auto const attribute = attributes.next()) read_attribute(*attribute, route);
  if (route.via.size() == 1 && (fixed.rtm_flags & RTNH_F_ONLINK) != 0) route.via.front().onlink = true;
  return route;
}

}  // namespace tern::fib::rtnl
