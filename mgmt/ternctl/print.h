// The daemon's JSON as people read it: tables, and a few lines for one peer or one prefix. What peers chose is made
// harmless for the terminal.
#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace tern::ctl {

void print_status(std::string const& json);
void print_peers(std::string const& json);
void print_peer(std::string const& json);
void print_explanation(std::string const& json);
/// "what; remedy" of the daemon's error, or the text itself when it is no such JSON.
[[nodiscard]] std::string error_text(std::string const& json);

/// Prints routes while they come: the answer is an array with one route a line.
class RoutePrinter {
 public:
  void piece(std::string_view text);
  /// What has come and is not printed yet.
  void finish();

 private:
  using Row = std::array<std::string, 7>;
  void line(std::string_view text);
  void print(Row const& row);

  std::string rest_;
  std::vector<Row> rows_;  // some at a time, for the widths of their columns
  std::array<std::size_t, 7> widths_{1, 18, 15, 15, 4, 3, 0};
  bool headed_ = false;
};

}  // namespace tern::ctl
