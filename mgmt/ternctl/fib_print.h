// The kernel's part of the daemon's JSON as people read it.
#pragma once

#include <string>

#include "mgmt/ternctl/list_printer.h"

namespace tern::ctl {

/// "installed, via 10.0.0.2 dev eth0"
[[nodiscard]] std::string kernel_text(json::object const& kernel);

void print_fib_summary(std::string const& json);

/// A row for each hop; the further ones of a route have nothing else in them.
class FibPrinter : public ListPrinter {
 public:
  FibPrinter();

 private:
  [[nodiscard]] Rows rows_of(json::object const& route) const override;
};

}  // namespace tern::ctl
