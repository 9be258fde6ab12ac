#include "stream.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <stdexcept>

namespace support {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A socket belongs to the namespace that the thread was in which made it.
int made_in(Namespace const& network, std::function<int()> const& make) {
  int fd = -1;
  std::thread([&] {
    if (enter_network(network.fd())) fd = make();
  }).join();
  if (fd < 0) throw std::runtime_error("no socket in the network namespace");
  return fd;
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address address_of(std::string const& text, std::uint16_t port) {
  Address address;
  if (text.find(':') == std::string::npos) {
    auto& in = reinterpret_cast<sockaddr_in&>(address.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &in.sin_addr);
    address.size = sizeof in;
  } else {
    auto& in = reinterpret_cast<sockaddr_in6&>(address.storage);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    ::inet_pton(AF_INET6, text.c_str(), &in.sin6_addr);
    address.size = sizeof in;
  }
  return address;
}

int udp_socket(Address to_bind) {
  int const fd = ::socket(to_bind.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int const room = 4 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (fd >= 0 && ::bind(fd, to_bind.get(), to_bind.size) == 0) return fd;
  ::close(fd);
  return -1;
}

std::uint16_t port_of(int fd) {
  Address bound;
  ::getsockname(fd, bound.get(), &bound.size);
  return ntohs(reinterpret_cast<sockaddr_in const&>(bound.storage).sin_port);  // in the same place for IPv6
}

}  // namespace

std::string StreamReport::text() const {
  return std::to_string(sent) + " sent, " + std::to_string(lost()) + " lost, " + std::to_string(duplicated) +
         " duplicated, longest gap " + std::to_string(longest_gap.count()) + " ms";
}

Stream::Stream(Namespace const& from, Namespace const& to, std::string const& destination,
               std::chrono::microseconds every)
    : receiver_(made_in(to, [&] { return udp_socket(address_of(destination, 0)); })) {
  auto const* const any = destination.find(':') == std::string::npos ? "0.0.0.0" : "::";
  sender_ = made_in(from, [&] { return udp_socket(address_of(any, 0)); });
  // Not connected: an ICMP error for one datagram must not be the answer to the next.
  auto target = address_of(destination, port_of(receiver_));
  receiving_thread_ = std::thread([this] { receive(); });
  sending_thread_ = std::thread([this, every, target]() mutable {
    auto next = Clock::now();
    for (std::uint64_t number = 0; sending_; ++number) {
      (void)::sendto(sender_, &number, sizeof number, 0, target.get(), target.size);
      ++sent_;
      std::this_thread::sleep_until(next += every);
    }
  });
}

Stream::~Stream() {
  sending_ = receiving_ = false;
  if (sending_thread_.joinable()) sending_thread_.join();
  if (receiving_thread_.joinable()) receiving_thread_.join();
  ::close(sender_);
  ::close(receiver_);
}

void Stream::receive() {
  pollfd waiting{receiver_, POLLIN, 0};
  while (receiving_) {
    if (::poll(&waiting, 1, 20) <= 0) continue;
    std::uint64_t number = 0;
    if (::recv(receiver_, &number, sizeof number, MSG_DONTWAIT) == sizeof number) count(number);
  }
}

void Stream::count(std::uint64_t number) {
  auto const now = Clock::now();
  if (received_ != 0) longest_gap_ = std::max(longest_gap_, now - last_);
  last_ = now;
  if (number >= seen_.size()) seen_.resize(number + 1);
  if (seen_[number]) {
    ++duplicated_;
  } else {
    seen_[number] = true;
    ++received_;
  }
}

StreamReport Stream::finish() {
  sending_ = false;
  if (sending_thread_.joinable()) sending_thread_.join();
  for (auto const until = Clock::now() + 1s; received_ < sent_ && Clock::now() < until;) {
    std::this_thread::sleep_for(5ms);
  }
  receiving_ = false;
  if (receiving_thread_.joinable()) receiving_thread_.join();
  return {sent_, received_, duplicated_, std::chrono::duration_cast<std::chrono::milliseconds>(longest_gap_)};
}

// ---- Watch

namespace {

void count_udp(std::uint8_t const* udp, Passed& passed) {
  auto const port = udp[2] << 8 | udp[3];
  ++(port == 4789 ? passed.vxlan : passed.plain);
}

void count_packet(std::vector<std::uint8_t> const& octets, std::size_t size, Passed& passed) {
  auto const version = size < 28 ? 0 : octets[0] >> 4;
  if (version == 4) {
    auto const* const inner = octets.data() + 4 * (octets[0] & 0xf);
    if (octets[9] == IPPROTO_IPIP) ++passed.ipip;
    if (octets[9] == IPPROTO_UDP) count_udp(inner, passed);
    if (octets[9] == IPPROTO_ICMP && (inner[0] == 0 || inner[0] == 8)) ++passed.plain;
  }
  if (version == 6 && size >= 48) {
    auto const* const inner = octets.data() + 40;
    if (octets[6] == IPPROTO_UDP) count_udp(inner, passed);
    if (octets[6] == IPPROTO_ICMPV6 && (inner[0] == 128 || inner[0] == 129)) ++passed.plain;
  }
}

}  // namespace

Watch::Watch(Namespace const& network, std::string const& interface) {
  socket_ = made_in(network, [&] {
    int const fd = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    int const room = 4 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    if (where.sll_ifindex != 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0) return fd;
    ::close(fd);
    return -1;
  });
}

Watch::~Watch() { ::close(socket_); }

Passed Watch::take() {
  Passed passed;
  std::vector<std::uint8_t> octets(65536);
  for (;;) {
    auto const size = ::recv(socket_, octets.data(), octets.size(), 0);
    if (size < 0) return passed;
    count_packet(octets, static_cast<std::size_t>(size), passed);
  }
}

}  // namespace support
