// Prints the elements of an array as rows of a table while they come: the answer has one element a line. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mgmt/ternctl/fields.h"

namespace tern::ctl {

struct Column {
  std::string name;
  std::size_t width = 0;  ///< at least; a wider cell widens it from there on
  bool right = false;
};

class ListPrinter {
 public:
  virtual ~ListPrinter() = default;
  void piece(std::string_view text);
  /// What has come and is not printed yet.
  void finish();

 protected:
  explicit ListPrinter(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Each as long as there are columns.
  [[nodiscard]] virtual Rows rows_of(json::object const& element) const = 0;

 private:
  void line(std::string_view text);
  void print(std::vector<std::string> const& row) const;

  std::vector<Column> columns_;
  std::string rest_;
  Rows rows_;  // some at a time, for the widths of their columns
  bool headed_ = false;
};

}  // namespace tern::ctl
