// "Did you mean ...?" for misspelt names.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tern::config {

/// The one of `names` that `word` most likely stands for: equal but for case, '-' and '_', or at most two edits away
/// (one for words of up to four letters).
[[nodiscard]] std::optional<std::string> closest(std::string_view word, std::span<std::string const> names);

/// "a, b or c"
[[nodiscard]] std::string one_of(std::span<std::string const> names);

}  // namespace tern::config
