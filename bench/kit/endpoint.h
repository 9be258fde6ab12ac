// An address and port as the socket calls want it. IPv4 and IPv6, numeric only.
#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace bench {

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr const* raw() const { return reinterpret_cast<sockaddr const*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
  [[nodiscard]] std::string text() const;
  // Of an IPv4 endpoint, in host order.
  [[nodiscard]] std::uint32_t ipv4() const;
};

// "192.0.2.1", "192.0.2.1:1179", "2001:db8::1", "[2001:db8::1]:1179". Throws std::invalid_argument.
Endpoint parse_endpoint(std::string const& text, std::uint16_t default_port);
// Host order. Throws std::invalid_argument.
std::uint32_t parse_ipv4(std::string const& text);
Endpoint ipv4_endpoint(std::uint32_t address, std::uint16_t port);
std::string ipv4_text(std::uint32_t address);

}  // namespace bench
