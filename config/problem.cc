#include "config/problem.h"

#include <algorithm>

namespace tern::config {

std::string Problem::text() const {
  std::string out;
  if (at.line > 0) out += "line " + std::to_string(at.line) + ": ";
  if (!at.key.empty()) out += at.key + ": ";
  out += what;
  if (!remedy.empty()) out += "; " + remedy;
  return out;
}

void Problems::add(Place at, std::string what, std::string remedy) {
  auto const same = [&](Problem const& p) { return p.at.line == at.line && p.at.key == at.key && p.what == what; };
  if (std::any_of(found_.begin(), found_.end(), same)) return;
  found_.push_back({std::move(at), std::move(what), std::move(remedy)});
}

std::vector<Problem> Problems::sorted() const {
  auto out = found_;
  std::stable_sort(out.begin(), out.end(), [](Problem const& a, Problem const& b) { return a.at.line < b.at.line; });
  return out;
}

}  // namespace tern::config
