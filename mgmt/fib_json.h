// The kernel's part as JSON: the shapes that docs/http-api.md promises. Any thread.
#pragma once

#include <optional>
#include <string_view>

#include "mgmt/fib_view.h"
#include "mgmt/json_writer.h"

namespace tern::mgmt {

[[nodiscard]] char const* text_of(FibState state);
[[nodiscard]] std::optional<FibState> parse_fib_state(std::string_view text);

void write_json(JsonWriter& json, FibSummary const& summary);
void write_json(JsonWriter& json, FibRoute const& route);
/// What explain says of the kernel: the same without the prefix; the state "none" when there is nothing.
void write_kernel_json(JsonWriter& json, std::optional<FibRoute> const& route);

}  // namespace tern::mgmt
