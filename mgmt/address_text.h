// Addresses as people write them: a link-local one with its interface, "fe80::1%eth0", as in the daemon's file. Asks
// the kernel for the names of interfaces; any thread.
#pragma once

#include <optional>
#include <string>

#include "bgp/types.h"

namespace tern::mgmt {

struct ScopedAddress {
  bgp::IpAddress address;
  std::uint32_t scope_id = 0;  ///< the interface's index; 0 when none was written
  friend bool operator==(ScopedAddress const&, ScopedAddress const&) = default;
};

/// With the interface's index in place of its name where the interface has gone.
[[nodiscard]] std::string address_text(ScopedAddress const& address);

/// Behind the '%' a name or an index. Nothing when it is no address, or there is no such interface.
[[nodiscard]] std::optional<ScopedAddress> parse_address(std::string const& text);

}  // namespace tern::mgmt
