#include "kit/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

std::uint16_t parse_port(std::string const& text) {
  std::size_t used = 0;
  unsigned long value = 0;
  try {
    value = std::stoul(text, &used);
  } catch (std::exception const&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || value > 65535) throw std::invalid_argument("not a port: " + text);
  return static_cast<std::uint16_t>(value);
}

template <class Address>
Endpoint pack(Address const& address) {
  Endpoint endpoint;
  std::memcpy(&endpoint.storage, &address, sizeof(address));
  endpoint.size = sizeof(address);
  return endpoint;
}

}  // namespace

std::uint32_t parse_ipv4(std::string const& text) {
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) throw std::invalid_argument("not an IPv4 address: " + text);
  return ntohl(address.s_addr);
}

Endpoint ipv4_endpoint(std::uint32_t address, std::uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  in.sin_addr.s_addr = htonl(address);
  return pack(in);
}

std::uint32_t Endpoint::ipv4() const {
  sockaddr_in in{};
  std::memcpy(&in, &storage, sizeof(in));
  return ntohl(in.sin_addr.s_addr);
}

std::string ipv4_text(std::uint32_t address) {
  in_addr const in{htonl(address)};
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &in, text, sizeof(text));
}

Endpoint parse_endpoint(std::string const& text, std::uint16_t default_port) {
  std::string host = text;
  std::uint16_t port = default_port;
  if (text.starts_with('[')) {
    auto const close = text.find(']');
    if (close == std::string::npos) throw std::invalid_argument("no ] in " + text);
    host = text.substr(1, close - 1);
    if (close + 1 < text.size()) port = parse_port(text.substr(close + 2));
  } else if (auto const colon = text.find(':'); colon != std::string::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = parse_port(text.substr(colon + 1));
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(port);
  if (inet_pton(AF_INET6, host.c_str(), &in6.sin6_addr) == 1) return pack(in6);
  return ipv4_endpoint(parse_ipv4(host), port);
}

std::string Endpoint::text() const {
  char host[INET6_ADDRSTRLEN] = "?";
  if (family() == AF_INET6) {
    auto const& in6 = reinterpret_cast<sockaddr_in6 const&>(storage);
    inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
    return "[" + std::string(host) + "]:" + std::to_string(ntohs(in6.sin6_port));
  }
  auto const& in = reinterpret_cast<sockaddr_in const&>(storage);
  inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
  return std::string(host) + ":" + std::to_string(ntohs(in.sin_port));
}

}  // namespace bench
