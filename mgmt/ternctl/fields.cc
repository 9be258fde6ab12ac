#include "mgmt/ternctl/fields.h"

#include <algorithm>
#include <boost/json/src.hpp>  // the one place: Boost.JSON without its library
#include <cstdio>

#include "mgmt/utf8.h"

namespace tern::ctl {

using mgmt::for_terminal;

std::string text(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  if (!value || value->is_null()) return "";
  if (value->is_string()) return for_terminal(std::string_view(value->get_string()));
  return json::serialize(*value);
}

bool truth(json::object const& object, std::string_view name) { return text(object, name) == "true"; }

std::uint64_t number(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  json::error_code ignored;
  return value ? value->to_number<std::uint64_t>(ignored) : 0;
}

json::array list(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value && value->is_array() ? value->get_array() : json::array();
}

json::object child(json::object const& object, std::string_view name) {
  auto const* value = object.if_contains(name);
  return value && value->is_object() ? value->get_object() : json::object();
}

std::string joined(json::array const& values, char const* separator) {
  std::string out;
  for (auto const& value : values) {
    if (!out.empty()) out += separator;
    if (value.is_string()) out += for_terminal(std::string_view(value.get_string()));
  }
  return out;
}

std::string duration(std::uint64_t seconds) {
  auto const two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string const clock = two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
  return seconds < 86400 ? clock : std::to_string(seconds / 86400) + "d " + clock;
}

void print_table(Rows const& rows) {
  std::vector<std::size_t> widths;
  for (auto const& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (auto const& row : rows) {
    std::string out;
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
    }
    std::puts(out.c_str());
  }
}

void print_field(char const* name, std::string const& value) {
  if (!value.empty()) std::printf("%-16s %s\n", name, value.c_str());
}

}  // namespace tern::ctl
