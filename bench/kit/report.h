// The figures of one run, in the order they were added, as lines for people or one JSON object for machines.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench {

class Report {
 public:
  void add(std::string key, std::string const& text);
  void add(std::string key, char const* text) { add(std::move(key), std::string(text)); }
  void add(std::string key, double value, int decimals);
  void add(std::string key, std::uint64_t value);
  void add(std::string key, std::uint32_t value) { add(std::move(key), std::uint64_t{value}); }
  // A check: one that fails makes passed() false for good.
  void check(std::string key, bool good);

  [[nodiscard]] bool passed() const { return passed_; }
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string json() const;

 private:
  std::vector<std::pair<std::string, std::string>> rows_;  // values already in JSON
  bool passed_ = true;
};

// p in 0..100 of values, which are sorted in place; 0 when there are none.
double percentile(std::vector<double>& values, double p);

}  // namespace bench
