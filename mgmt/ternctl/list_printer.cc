#include "mgmt/ternctl/list_printer.h"

#include <algorithm>
#include <cstdio>

namespace tern::ctl {

void ListPrinter::piece(std::string_view more) {
  rest_ += more;
  std::size_t start = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
    line(std::string_view(rest_).substr(start, end - start));
    start = end + 1;
  }
  rest_.erase(0, start);
}

void ListPrinter::line(std::string_view element) {
  constexpr std::size_t rows_at_a_time = 1000;
  if (element.empty() || element[0] != '{') return;  // the array's brackets
  if (element.ends_with(',')) element.remove_suffix(1);
  auto const value = json::parse(json::string_view(element.data(), element.size()));
  for (auto& row : rows_of(value.as_object())) rows_.push_back(std::move(row));
  if (rows_.size() >= rows_at_a_time) finish();
}

void ListPrinter::finish() {
  for (auto const& row : rows_) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) columns_[i].width = std::max(columns_[i].width, row[i].size());
  }
  if (!headed_ && !rows_.empty()) {
    std::vector<std::string> names;
    for (auto const& column : columns_) names.push_back(column.name);
    print(names);
    headed_ = true;
  }
  for (auto const& row : rows_) print(row);
  rows_.clear();
}

void ListPrinter::print(std::vector<std::string> const& row) const {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out += columns_[i - 1].name == " " ? " " : "  ";
    std::string const space(columns_[i].width - std::min(columns_[i].width, row[i].size()), ' ');
    out += columns_[i].right ? space + row[i] : row[i] + space;
  }
  std::puts(out.substr(0, out.find_last_not_of(' ') + 1).c_str());
}

}  // namespace tern::ctl
