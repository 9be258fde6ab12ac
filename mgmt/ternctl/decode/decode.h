// `ternctl decode`: hexadecimal digits, raw messages or an MRT file, as JSON. A file is read and shown record by
// record, whatever its size. Blocks; one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mgmt/ternctl/decode/message_json.h"

namespace tern::ctl {

struct DecodeQuestion {
  std::vector<std::string> words;  ///< a file, "-", or digits in any number of words
  DecodeOptions options;
  std::optional<bool> is_external;  ///< as said; unset: as MRT records say, else internal
};

using Print = std::function<void(std::string_view)>;

/// Prints everything; false when something of it is malformed. Throws InputError.
bool decode(DecodeQuestion const& question, Print const& print);

/// The octets of "0xff ff:FF"; nothing when it is no such text.
[[nodiscard]] std::optional<bgp::Buffer> octets_of_hex(std::string_view text);
/// JSON text with line breaks and indents.
[[nodiscard]] std::string indented(std::string_view json);

}  // namespace tern::ctl
