// The query parameters `prefix` and `longer`, which several answers have. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "bgp/types.h"
#include "mgmt/http.h"

namespace tern::mgmt {

struct Destination {
  bgp::Prefix prefix;       ///< of an address: all of its bits
  bool is_address = false;  ///< "192.0.2.1": the most specific route that covers it is meant
};

/// Nothing, and `problem`, when it is neither.
[[nodiscard]] std::optional<Destination> parse_destination(std::string const& text, Response& problem);

/// The value of `longer`, which needs a prefix. Nothing, and `problem`, when it is no good.
[[nodiscard]] std::optional<bool> longer_of(Request const& request, Response& problem);

}  // namespace tern::mgmt
