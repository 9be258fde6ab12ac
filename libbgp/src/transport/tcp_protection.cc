#include "transport/tcp_protection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

namespace bgp::transport {
namespace {

std::string reason(int error) {
  auto const* const text = strerrordesc_np(error);
  return text == nullptr ? "error " + std::to_string(error) : text;
}

// ---- TCP MD5 signatures

sockaddr_storage socket_address(IpAddress const& address) {
  sockaddr_storage out{};
  if (address.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, address.data(), address.size());
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, address.data(), address.size());
  }
  return out;
}

bool is_host(Prefix const& prefix) { return prefix.length() == prefix.address().size() * 8; }

// About 136 octets a key count against this limit of each socket.
std::string no_room() {
  std::size_t limit = 0;
  std::ifstream("/proc/sys/net/core/optmem_max") >> limit;
  auto const now = limit == 0 ? std::string() : " (it is " + std::to_string(limit) + ")";
  return "the kernel has no room for another key on one socket: raise net.core.optmem_max" + now +
         ", for instance 'sysctl -w net.core.optmem_max=" + std::to_string(std::max<std::size_t>(131072, limit * 4)) +
         "', or give neighbours that share a password one range";
}

Error no_key(Prefix const& from, int error) {
  std::string why = reason(error);
  if (error == ENOMEM || error == ENOBUFS) {
    why = no_room();
  } else if (error == ENOPROTOOPT || error == EOPNOTSUPP) {
    why = "this kernel has no TCP MD5 signatures (CONFIG_TCP_MD5SIG)";
    if (!is_host(from)) why += ", or none for whole prefixes (Linux 4.13)";
  } else if (error == ENOENT) {
    why += ": this kernel may forbid MD5 (FIPS mode)";
  }
  return Error{"no TCP MD5 signatures for " + (is_host(from) ? from.address().text() : from.text()) + ": " + why};
}

// ---- TTL and hop limit

struct Option {
  int level;
  int name;
};
Option ttl_option(bool v6) { return v6 ? Option{IPPROTO_IPV6, IPV6_UNICAST_HOPS} : Option{IPPROTO_IP, IP_TTL}; }
Option least_option(bool v6) { return v6 ? Option{IPPROTO_IPV6, IPV6_MINHOPCOUNT} : Option{IPPROTO_IP, IP_MINTTL}; }

bool set(int socket, Option option, int value) {
  return ::setsockopt(socket, option.level, option.name, &value, sizeof value) == 0;
}

Result<void> limit_distance(int socket, bool v6, Protection const& protection) {
  constexpr int systems_choice = -1;
  auto const ttl = protection.hops != 0 ? 255 : protection.ttl != 0 ? static_cast<int>(protection.ttl) : systems_choice;
  if (!set(socket, ttl_option(v6), ttl)) return Error{"cannot set the TTL: " + reason(errno)};
  if (protection.hops == 0 || set(socket, least_option(v6), static_cast<int>(protection.least_ttl()))) return {};
  return Error{"cannot have the TTL checked (RFC 5082): " + reason(errno)};
}

// With what TTL the SYN of an accepted connection came; nothing where the kernel did not keep it (SYN cookies).
std::optional<unsigned> ttl_of_syn(int socket, bool v6) {
  constexpr std::size_t hop_limit_at = 7, ttl_at = 8;  // RFC 8200 §3, RFC 791 §3.1
  std::array<std::uint8_t, 512> headers;
  socklen_t size = headers.size();
  auto const at = v6 ? hop_limit_at : ttl_at;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_SAVED_SYN, headers.data(), &size) != 0 || size <= at) return std::nullopt;
  return headers[at];
}

}  // namespace

Result<void> set_key(int socket, Prefix const& from, std::string const& password) {
  if (password.size() > longest_password) return Error{"the password is longer than 80 octets"};
  tcp_md5sig request{};
  request.tcpm_addr = socket_address(from.address());
  request.tcpm_keylen = static_cast<std::uint16_t>(password.size());
  std::copy(password.begin(), password.end(), std::begin(request.tcpm_key));
  auto option = TCP_MD5SIG;
  if (!is_host(from)) {
    option = TCP_MD5SIG_EXT;
    request.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
    request.tcpm_prefixlen = static_cast<std::uint8_t>(from.length());
  }
  if (::setsockopt(socket, IPPROTO_TCP, option, &request, sizeof request) == 0) return {};
  if (password.empty() && errno == ENOENT) return {};  // there was none
  return no_key(from, errno);
}

Result<void> protect_dial(int socket, Endpoint const& remote, Protection const& protection) {
  if (!protection.password.empty()) {
    if (auto signs = set_key(socket, Prefix(remote.address, 128), protection.password); !signs) return signs;
  }
  if (protection.hops == 0 && protection.ttl == 0) return {};
  return limit_distance(socket, remote.address.is_v6(), protection);
}

// Where the kernel refuses, a neighbour with GTSM is not let in, and says why.
void prepare_listener(int socket, bool v6) {
  set(socket, ttl_option(v6), 255);
  set(socket, {IPPROTO_TCP, TCP_SAVE_SYN}, 1);
}

// The handshake was the listener's, without a check, and what followed it may wait to be read already. A SYN that came
// from near enough is proof: from further away nobody can send one with such a TTL, nor read our answer to a forged
// one. From here on the kernel checks each segment. Without the SYN there is no proof, and no connection.
Result<void> protect_accepted(int socket, bool v6, Protection const& protection) {
  if (auto limited = limit_distance(socket, v6, protection); !limited) return limited;
  if (protection.hops == 0) return {};
  auto const ttl = ttl_of_syn(socket, v6);
  if (!ttl) return Error{"ttlSecurity: the kernel did not tell the TTL of its SYN (it does not during a SYN flood)"};
  if (*ttl >= protection.least_ttl()) return {};
  return Error{"ttlSecurity: its SYN came with TTL " + std::to_string(*ttl) + " instead of " +
               (protection.hops == 1 ? "" : "at least ") + std::to_string(protection.least_ttl()) +
               ": it is too far away, or does not send with TTL 255"};
}

Result<void> change_ttl(int socket, bool v6, Protection const& protection) {
  if (protection.hops == 0) set(socket, least_option(v6), 0);  // where it cannot be set it never was
  return limit_distance(socket, v6, protection);
}

}  // namespace bgp::transport
