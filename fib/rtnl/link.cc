#include "fib/rtnl/link.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace tern::fib::rtnl {

namespace {

VxlanOptions read_vxlan(Bytes data) {
  VxlanOptions options;
  options.learning = true;
  Attributes attributes(data);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == IFLA_VXLAN_ID) options.vni = read<std::uint32_t>(attribute->value);
    if (attribute->type == IFLA_VXLAN_PORT) options.port = ntohs(read<std::uint16_t>(attribute->value));
    if (attribute->type == IFLA_VXLAN_LINK) options.parent = read<std::uint32_t>(attribute->value);
    if (attribute->type == IFLA_VXLAN_LOCAL || attribute->type == IFLA_VXLAN_LOCAL6) {
      options.local = read_address(attribute->value);
    }
    if (attribute->type == IFLA_VXLAN_LEARNING) options.learning = read<std::uint8_t>(attribute->value) != 0;
  }
  return options;
}

void read_kind(Bytes info, Link& link) {
  Bytes data;
  Attributes attributes(info);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == IFLA_INFO_KIND) link.kind = read_text(attribute->value);
    if (attribute->type == IFLA_INFO_DATA) data = attribute->value;
  }
  if (link.kind == "vxlan") link.vxlan = read_vxlan(data);
}

ifinfomsg for_index(unsigned index) {
  ifinfomsg fixed{};
  fixed.ifi_index = static_cast<int>(index);
  return fixed;
}

ifaddrmsg fixed_part(InterfaceAddress const& address) {
  ifaddrmsg fixed{};
  fixed.ifa_family = address.address.is_v4() ? AF_INET : AF_INET6;
  fixed.ifa_prefixlen = static_cast<std::uint8_t>(address.length);
  fixed.ifa_index = address.interface;
  return fixed;
}

}  // namespace

Link read_link(Message const& message) {
  auto const fixed = read<ifinfomsg>(message.payload);
  Link link;
  link.index = static_cast<unsigned>(fixed.ifi_index);
  link.up = (fixed.ifi_flags & IFF_UP) != 0;
  link.running = link.up && (fixed.ifi_flags & IFF_RUNNING) != 0;
  auto attributes = Attributes::after<ifinfomsg>(message.payload);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == IFLA_IFNAME) link.name = read_text(attribute->value);
    if (attribute->type == IFLA_MTU) link.mtu = read<std::uint32_t>(attribute->value);
    if (attribute->type == IFLA_ADDRESS && attribute->value.size() == 6) link.mac = read<Mac>(attribute->value);
    if (attribute->type == IFLA_IFALIAS) link.alias = read_text(attribute->value);
    if (attribute->type == IFLA_LINKINFO) read_kind(attribute->value, link);
  }
  return link;
}

InterfaceAddress read_interface_address(Message const& message) {
  auto const fixed = read<ifaddrmsg>(message.payload);
  InterfaceAddress address;
  address.interface = fixed.ifa_index;
  address.length = fixed.ifa_prefixlen;
  auto attributes = Attributes::after<ifaddrmsg>(message.payload);
  while (auto const attribute = attributes.next()) {
    // On a point-to-point link IFA_ADDRESS is the other end.
    auto const own = attribute->type == IFA_LOCAL || (attribute->type == IFA_ADDRESS && address.address.is_unset());
    if (own) address.address = read_address(attribute->value);
  }
  return address;
}

void put_new_vxlan(Buffer& out, std::uint32_t sequence, Link const& link) {
  Writer writer(out, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sequence, ifinfomsg{});
  writer.text(IFLA_IFNAME, link.name);
  if (link.mac) writer.value(IFLA_ADDRESS, *link.mac);
  if (link.mtu != 0) writer.value(IFLA_MTU, link.mtu);
  writer.nested(IFLA_LINKINFO, [&] {
    writer.text(IFLA_INFO_KIND, "vxlan");
    writer.nested(IFLA_INFO_DATA, [&] {
      auto const& options = *link.vxlan;
      writer.value(IFLA_VXLAN_ID, options.vni);
      writer.value(IFLA_VXLAN_PORT, htons(options.port));
      if (options.parent != 0) writer.value(IFLA_VXLAN_LINK, options.parent);
      if (options.local.is_v4()) writer.address(IFLA_VXLAN_LOCAL, options.local);
      if (options.local.is_v6()) writer.address(IFLA_VXLAN_LOCAL6, options.local);
      writer.value(IFLA_VXLAN_LEARNING, static_cast<std::uint8_t>(options.learning));
    });
  });
}

void put_new_ipip(Buffer& out, std::uint32_t sequence, std::string const& name) {
  Writer writer(out, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sequence, ifinfomsg{});
  writer.text(IFLA_IFNAME, name);
  writer.nested(IFLA_LINKINFO, [&] { writer.text(IFLA_INFO_KIND, "ipip"); });
}

void put_change_link(Buffer& out, std::uint32_t sequence, Link const& link) {
  auto fixed = for_index(link.index);
  fixed.ifi_change = IFF_UP;
  if (link.up) fixed.ifi_flags = IFF_UP;
  Writer writer(out, RTM_NEWLINK, 0, sequence, fixed);
  if (link.mtu != 0) writer.value(IFLA_MTU, link.mtu);
  writer.bytes(IFLA_IFALIAS, link.alias.data(), link.alias.size());
}

void put_delete_link(Buffer& out, std::uint32_t sequence, unsigned index) {
  Writer const writer(out, RTM_DELLINK, 0, sequence, for_index(index));
}

void put_new_address(Buffer& out, std::uint32_t sequence, InterfaceAddress const& address) {
  Writer writer(out, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sequence, fixed_part(address));
  writer.address(IFA_LOCAL, address.address);
  writer.address(IFA_ADDRESS, address.address);
}

void put_delete_address(Buffer& out, std::uint32_t sequence, InterfaceAddress const& address) {
  Writer writer(out, RTM_DELADDR, 0, sequence, fixed_part(address));
  writer.address(IFA_LOCAL, address.address);
  writer.address(IFA_ADDRESS, address.address);
}

}  // namespace tern::fib::rtnl
