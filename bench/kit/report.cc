#include "kit/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bench {

void Report::add(std::string key, std::string const& text) {
  std::string quoted = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  rows_.emplace_back(std::move(key), quoted + '"');
}

void Report::add(std::string key, double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  rows_.emplace_back(std::move(key), text);
}

void Report::add(std::string key, std::uint64_t value) { rows_.emplace_back(std::move(key), std::to_string(value)); }

void Report::check(std::string key, bool good) {
  passed_ = passed_ && good;
  rows_.emplace_back(std::move(key), good ? "true" : "false");
}

std::string Report::text() const {
  std::string out;
  for (auto const& [key, value] : rows_)
    out += key + std::string(key.size() < 24 ? 24 - key.size() : 1, ' ') + value + '\n';
  return out;
}

std::string Report::json() const {
  std::string out = "{";
  for (auto const& [key, value] : rows_) out += (out.size() > 1 ? ", \"" : "\"") + key + "\": " + value;
  return out + "}\n";
}

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  auto const at = static_cast<std::size_t>(std::ceil(p / 100 * static_cast<double>(values.size())));
  return values[std::min(values.size() - 1, at == 0 ? 0 : at - 1)];
}

}  // namespace bench
