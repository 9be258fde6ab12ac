// The components of a flow specification (RFC 8955 §4.2, RFC 8956 §3): whether they are written as they must be, and
// how they are shown. What they do to packets is nobody's business here.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace bgp::wire {

/// Empty, or the rule that `components` break: static text.
[[nodiscard]] std::string_view flow_spec_fault(Bytes components, bool v6);

/// "destination 10.0.0.0/24, protocol =6, port >=80&<=90"; of unsound ones as much as can be read, and hex.
[[nodiscard]] std::string flow_spec_text(Bytes components, bool v6);

}  // namespace bgp::wire
