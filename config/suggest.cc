#include "config/suggest.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace tern::config {

namespace {

std::string folded(std::string_view word) {
  std::string out;
  for (char const c : word) {
    if (c != '-' && c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

/// Insertions, deletions and substitutions between the two (Levenshtein), one row at a time.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto const above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::optional<std::string> closest(std::string_view word, std::span<std::string const> names) {
  std::string const asked = folded(word);
  if (asked.size() > 64) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_edits = asked.size() <= 4 ? 2 : 3;
  for (auto const& name : names) {
    auto const distance = edits(asked, folded(name));
    if (distance < best_edits) {
      best = name;
      best_edits = distance;
    }
  }
  return best;
}

std::string one_of(std::span<std::string const> names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += names[i];
  }
  return out;
}

}  // namespace tern::config
