// An address with a port and, for IPv6 link-local addresses, the interface (scope id) it means. A plain value.
#pragma once

#include <string>

#include "bgp/types.h"

namespace bgp::transport {

struct Endpoint {
  IpAddress address;  ///< unset: any
  std::uint16_t port = 0;
  std::uint32_t scope_id = 0;  ///< interface index; 0 unless the address is link-local

  /// "192.0.2.1 port 179", "fe80::1%2 port 179"
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(Endpoint const&, Endpoint const&) = default;
};

}  // namespace bgp::transport
