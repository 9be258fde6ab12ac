// The daemon's JSON as people read it: tables, and a few lines for one peer or one prefix. What peers chose is made
// harmless for the terminal.
#pragma once

#include <string>

#include "mgmt/ternctl/list_printer.h"

namespace tern::ctl {

void print_peers(std::string const& json);
void print_peer(std::string const& json);
void print_explanation(std::string const& json);
/// "what; remedy" of the daemon's error, or the text itself when it is no such JSON.
[[nodiscard]] std::string error_text(std::string const& json);

class RoutePrinter : public ListPrinter {
 public:
  RoutePrinter();

 private:
  [[nodiscard]] Rows rows_of(json::object const& route) const override;
};

}  // namespace tern::ctl
