// The daemon's JSON as people read it: tables, and a few lines for one peer or one prefix. What peers chose is made
// harmless for the terminal.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

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
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  void line(std::string_view text);
  std::string rest_;
  std::size_t count_ = 0;
};

}  // namespace tern::ctl
