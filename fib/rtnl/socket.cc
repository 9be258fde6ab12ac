#include "fib/rtnl/socket.h"

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace tern::fib::rtnl {

namespace {

constexpr std::size_t read_size = 256U << 10;  // the kernel fills at most 32 KiB a message of a dump
constexpr int queue_size = 8 << 20;            // octets of notifications that may wait
constexpr int most_left = 1 << 20;             // reads after an error, at the utmost

std::string system_text(int error) { return std::system_category().message(error); }

// The kernel's own words stand among the attributes after the (shortened) request.
Refusal read_refusal(Message const& message) {
  auto const error = read<nlmsgerr>(message.payload);
  Refusal refusal{message.header.nlmsg_seq, -error.error, {}};
  if ((message.header.nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
    auto attributes = Attributes::after<nlmsgerr>(message.payload);
    while (auto const attribute = attributes.next()) {
      if (attribute->type == NLMSGERR_ATTR_MSG) refusal.text = read_text(attribute->value);
    }
  }
  if (refusal.text.empty()) refusal.text = system_text(refusal.error);
  return refusal;
}

void enable(int descriptor, int option) {
  int const on = 1;
  setsockopt(descriptor, SOL_NETLINK, option, &on, sizeof on);
}

// The system's limit (rmem_max, wmem_max), to which Linux cuts without a word, is not for who has CAP_NET_ADMIN.
void grow(int descriptor, int forced, int polite) {
  if (setsockopt(descriptor, SOL_SOCKET, forced, &queue_size, sizeof queue_size) == 0) return;
  setsockopt(descriptor, SOL_SOCKET, polite, &queue_size, sizeof queue_size);
}

}  // namespace

void Socket::Free::operator()(nl_sock* socket) const { nl_socket_free(socket); }

Socket::Socket(nl_sock* socket) : socket_(socket), received_(read_size) {}
Socket::Socket(Socket&&) noexcept = default;
Socket& Socket::operator=(Socket&&) noexcept = default;
Socket::~Socket() = default;

bgp::Result<Socket> Socket::open() {
  Socket socket(nl_socket_alloc());
  if (!socket.socket_) return bgp::Error{"netlink: out of memory"};
  if (auto const error = nl_connect(socket.socket_.get(), NETLINK_ROUTE); error != 0) {
    return bgp::Error{std::string("netlink: cannot open a socket: ") + nl_geterror(error)};
  }
  grow(socket.descriptor(), SO_RCVBUFFORCE, SO_RCVBUF);
  grow(socket.descriptor(), SO_SNDBUFFORCE, SO_SNDBUF);
  for (auto const option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK}) {
    enable(socket.descriptor(), option);
  }
  return socket;
}

int Socket::descriptor() const { return nl_socket_get_fd(socket_.get()); }
std::uint32_t Socket::port() const { return nl_socket_get_local_port(socket_.get()); }

namespace {

// A program that the kernel runs on each notification. Octets are loaded in network order.
std::vector<sock_filter> filter_of(std::uint32_t port, std::vector<std::uint8_t> const& protocols) {
  sock_filter const drop = BPF_STMT(BPF_RET | BPF_K, 0);
  sock_filter const keep = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
  std::vector<sock_filter> program{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(nlmsghdr, nlmsg_pid)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __builtin_bswap32(port), 0, 1),
      drop,
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __builtin_bswap16(RTM_NEWROUTE), 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __builtin_bswap16(RTM_DELROUTE), 1, 0),
      keep,
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(nlmsghdr) + offsetof(rtmsg, rtm_protocol)),
  };
  for (auto const protocol : protocols) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, protocol, 0, 1));
    program.push_back(drop);
  }
  program.push_back(keep);
  return program;
}

}  // namespace

bgp::Result<void> Socket::subscribe(std::vector<int> const& groups, std::uint32_t port,
                                    std::vector<std::uint8_t> const& protocols) {
  auto program = filter_of(port, protocols);
  sock_fprog const filter{static_cast<unsigned short>(program.size()), program.data()};
  if (setsockopt(descriptor(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
    return bgp::Error{"netlink: cannot filter what is heard: " + system_text(errno)};
  }
  for (auto const group : groups) {
    if (auto const error = nl_socket_add_membership(socket_.get(), group); error != 0) {
      return bgp::Error{std::string("netlink: cannot subscribe: ") + nl_geterror(error)};
    }
  }
  nl_socket_set_nonblocking(socket_.get());
  return {};
}

bgp::Result<void> Socket::request(Bytes requests) {
  if (send(descriptor(), requests.data(), requests.size(), 0) < 0) {
    return bgp::Error{"netlink: " + system_text(errno)};
  }
  return {};
}

// After an error what is left of the answers goes as well: the next ones shall not begin with it, and the kernel has
// no second dump under way for one socket.
bgp::Result<Bytes> Socket::receive() {
  for (;;) {
    auto const size = recv(descriptor(), received_.data(), received_.size(), 0);
    if (size >= 0) return Bytes(received_).first(static_cast<std::size_t>(size));
    if (errno == EINTR) continue;
    bgp::Error error{"netlink: " + system_text(errno)};
    for (int reads = 0; reads < most_left; ++reads) {
      if (recv(descriptor(), received_.data(), received_.size(), MSG_DONTWAIT) < 0 && errno != ENOBUFS) break;
    }
    return error;
  }
}

bgp::Result<std::vector<Refusal>> Socket::perform(Buffer& requests, std::uint32_t first, std::size_t count) {
  std::vector<Refusal> refused;
  if (count == 0) return refused;
  auto const last = first + static_cast<std::uint32_t>(count) - 1;
  // Only the last is acknowledged: its answer says that all were done.
  for (std::size_t at = 0; at < requests.size();) {
    auto header = read<nlmsghdr>(Bytes(requests).subspan(at));
    if (header.nlmsg_seq == last) {
      header.nlmsg_flags |= NLM_F_ACK;
      std::memcpy(requests.data() + at, &header, sizeof header);
    }
    at += aligned(header.nlmsg_len);
  }
  if (auto const sent = request(requests); !sent.ok()) return sent.error();
  for (bool done = false; !done;) {
    auto received = receive();
    if (!received.ok()) return received.error();
    auto octets = *received;
    while (auto const message = next_message(octets)) {
      auto const of_this_batch = message->header.nlmsg_seq - first < count;
      if (message->header.nlmsg_type != NLMSG_ERROR || !of_this_batch) continue;
      auto refusal = read_refusal(*message);
      done |= refusal.sequence == last;
      if (refusal.error != 0) refused.push_back(std::move(refusal));
    }
  }
  return refused;
}

bgp::Result<void> Socket::dump(Buffer request, std::function<void()> const& begin,
                               std::function<void(Message const&)> const& answer) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    auto header = read<nlmsghdr>(request);
    header.nlmsg_seq = --dump_;
    std::memcpy(request.data(), &header, sizeof header);
    if (auto sent = this->request(request); !sent.ok()) return sent;
    begin();
    auto const whole = read_dump(answer);
    if (!whole.ok()) return whole.error();
    if (*whole) return {};
  }
  return bgp::Error{"netlink: the kernel's tables change faster than they can be read"};
}

bgp::Result<bool> Socket::read_dump(std::function<void(Message const&)> const& answer) {
  bool interrupted = false;
  for (bool done = false; !done;) {
    auto received = receive();
    if (!received.ok()) return received.error();
    auto octets = *received;
    while (auto const message = next_message(octets)) {
      if (message->header.nlmsg_seq != dump_) continue;
      interrupted |= (message->header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (message->header.nlmsg_type == NLMSG_ERROR) return bgp::Error{"netlink: " + read_refusal(*message).text};
      done |= message->header.nlmsg_type == NLMSG_DONE;
      if (!done) answer(*message);
    }
  }
  return !interrupted;
}

Socket::Heard Socket::hear(std::function<void(Message const&)> const& message) {
  auto const size = recv(descriptor(), received_.data(), received_.size(), MSG_DONTWAIT);
  if (size < 0) return errno == ENOBUFS ? Heard::overrun : Heard::nothing;
  auto octets = Bytes(received_).first(static_cast<std::size_t>(size));
  while (auto const one = next_message(octets)) message(*one);
  return Heard::messages;
}

}  // namespace tern::fib::rtnl
