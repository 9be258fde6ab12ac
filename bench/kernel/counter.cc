#include "kernel/counter.h"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <vector>

namespace bench {
namespace {

using What = Counter::What;

[[noreturn]] void fail(char const* what) { throw std::system_error(errno, std::system_category(), what); }

bool of_object(What what) { return what == What::object_replaced || what == What::object_removed; }

std::uint16_t type_of(What what) {
  if (of_object(what)) return what == What::object_removed ? RTM_DELNEXTHOP : RTM_NEWNEXTHOP;
  return what == What::removed ? RTM_DELROUTE : RTM_NEWROUTE;
}

// Octets are loaded in network order; jumps are counted from the next instruction.
std::vector<sock_filter> filter_of(What what, std::uint8_t protocol) {
  std::size_t const at =
      sizeof(nlmsghdr) + (of_object(what) ? offsetof(nhmsg, nh_protocol) : offsetof(rtmsg, rtm_protocol));
  bool const replaces = what == What::replaced || what == What::object_replaced;
  bool const any = what == What::removed || what == What::object_removed;
  std::uint8_t const if_replacing = any || replaces ? 0 : 1, if_not = any || !replaces ? 0 : 1;
  return {
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __builtin_bswap16(type_of(what)), 0, 5),
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, static_cast<std::uint32_t>(at)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, protocol, 0, 3),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_flags)),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, __builtin_bswap16(NLM_F_REPLACE), if_replacing, if_not),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
}

template <class Value>
void set(int fd, int level, int option, Value const& value) {
  if (setsockopt(fd, level, option, &value, sizeof(value)) != 0) fail("netlink option");
}

}  // namespace

Counter::Counter(What what, std::uint8_t protocol)
    : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  if (fd_ < 0) fail("netlink socket");
  auto program = filter_of(what, protocol);
  sock_fprog const filter{static_cast<unsigned short>(program.size()), program.data()};
  set(fd_, SOL_SOCKET, SO_ATTACH_FILTER, filter);
  set(fd_, SOL_SOCKET, SO_RCVBUF, 0);
  set(fd_, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(fd_, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) != 0) fail("netlink bind");
  set(fd_, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, of_object(what) ? int{RTNLGRP_NEXTHOP} : int{RTNLGRP_IPV4_ROUTE});
}

Counter::~Counter() { close(fd_); }

std::uint64_t Counter::total() {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof(memory);
  if (getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) fail("netlink memory");
  std::uint64_t const dropped = memory[SK_MEMINFO_DROPS];
  char octet;
  while (recv(fd_, &octet, 1, MSG_TRUNC) >= 0) ++taken_;
  return taken_ + dropped;
}

std::uint64_t Counter::count() { return total() - before_; }
void Counter::restart() { before_ = total(); }

}  // namespace bench
