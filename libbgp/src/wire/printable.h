// Text from the network made fit for logs and terminals. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace bgp::wire {

/// `text` with invalid UTF-8 (RFC 9003 §2), control characters and directional overrides replaced by U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);
/// `text` with invalid UTF-8 alone replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
/// The longest beginning of at most `max` octets that ends between two characters of the (valid) UTF-8 text.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max);

}  // namespace bgp::wire
