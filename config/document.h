// A daemon's file before its keys: its text, and whether that is one YAML document with a map in it. Any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/result.h"
#include "config/value.h"

namespace tern::config {

/// Hands the map of the file to `read`, which adds what is wrong with it to the Value's problems. Returns all problems
/// in the order of lines. `start_with` is what a file begins with that has nothing yet: "router: {as: ..., id: ...}".
[[nodiscard]] std::vector<Problem> read_document(std::string_view yaml, std::string const& start_with,
                                                 std::function<void(Value const& root)> const& read);

/// The text of a file; one that cannot be read is a Problem of line 0.
[[nodiscard]] bgp::Result<std::string, std::vector<Problem>> text_of_file(std::string const& path);

}  // namespace tern::config
