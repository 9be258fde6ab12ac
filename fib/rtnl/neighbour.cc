#include "fib/rtnl/neighbour.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace tern::fib::rtnl {

namespace {

ndmsg fixed_part(Neighbour const& neighbour) {
  ndmsg fixed{};
  fixed.ndm_family = neighbour.forwarding ? AF_BRIDGE : neighbour.address.is_v4() ? AF_INET : AF_INET6;
  fixed.ndm_ifindex = static_cast<int>(neighbour.interface);
  fixed.ndm_state = NUD_PERMANENT;
  if (neighbour.forwarding) fixed.ndm_flags = NTF_SELF;
  return fixed;
}

}  // namespace

void put_new_neighbour(Buffer& out, std::uint32_t sequence, Neighbour const& neighbour, bool replace) {
  auto const flags = NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL);
  Writer writer(out, RTM_NEWNEIGH, flags, sequence, fixed_part(neighbour));
  writer.address(NDA_DST, neighbour.address);
  writer.value(NDA_LLADDR, neighbour.mac);
}

void put_delete_neighbour(Buffer& out, std::uint32_t sequence, Neighbour const& neighbour) {
  Writer writer(out, RTM_DELNEIGH, 0, sequence, fixed_part(neighbour));
  writer.address(NDA_DST, neighbour.address);
  if (neighbour.forwarding) writer.value(NDA_LLADDR, neighbour.mac);
}

std::optional<Neighbour> read_neighbour(Message const& message) {
  auto const fixed = read<ndmsg>(message.payload);
  Neighbour neighbour;
  neighbour.interface = static_cast<unsigned>(fixed.ndm_ifindex);
  neighbour.forwarding = fixed.ndm_family == AF_BRIDGE;
  neighbour.permanent = (fixed.ndm_state & NUD_PERMANENT) != 0;
  auto attributes = Attributes::after<ndmsg>(message.payload);
  while (auto const attribute = attributes.next()) {
    if (attribute->type == NDA_DST) neighbour.address = read_address(attribute->value);
    if (attribute->type == NDA_LLADDR && attribute->value.size() == 6) neighbour.mac = read<Mac>(attribute->value);
  }
  if (neighbour.address.is_unset()) return std::nullopt;
  return neighbour;
}

}  // namespace tern::fib::rtnl
