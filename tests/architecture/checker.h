// Reads the source text of a tree and reports every include that breaks the arrows of rules.h, every link of a room
// against them, and every file that has grown too long. Not a compiler: it looks at #include lines only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace architecture {

/// One line a finding, "file:line: what, and the rule it breaks"; empty when all is well.
[[nodiscard]] std::vector<std::string> check_includes(std::filesystem::path const& root);

/// Each line of `links` reads "room: room room ..." with the rooms that the build links it against.
[[nodiscard]] std::vector<std::string> check_links(std::vector<std::string> const& links);

[[nodiscard]] std::vector<std::string> check_sizes(std::filesystem::path const& root, std::size_t max_lines);

/// The source files that the checks read, relative to `root`.
[[nodiscard]] std::vector<std::filesystem::path> sources(std::filesystem::path const& root);

}  // namespace architecture
