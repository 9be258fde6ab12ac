// Fields of the daemon's JSON as text for people, harmless for the terminal; and what all prints share. One thread.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ctl {

namespace json = boost::json;

/// A field as text, whatever its type; "" when absent.
[[nodiscard]] std::string text(json::object const& object, std::string_view name);
[[nodiscard]] bool truth(json::object const& object, std::string_view name);
[[nodiscard]] std::uint64_t number(json::object const& object, std::string_view name);
/// Empty when absent.
[[nodiscard]] json::array list(json::object const& object, std::string_view name);
[[nodiscard]] json::object child(json::object const& object, std::string_view name);
[[nodiscard]] std::string joined(json::array const& values, char const* separator = " ");

/// "01:02:03", "4d 01:02:03"
[[nodiscard]] std::string duration(std::uint64_t seconds);

using Rows = std::vector<std::vector<std::string>>;
/// Rows of equal length, the first one the heading; columns as wide as their widest cell.
void print_table(Rows const& rows);
/// "name   value", or nothing without a value.
void print_field(char const* name, std::string const& value);

}  // namespace tern::ctl
