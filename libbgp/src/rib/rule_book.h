// The names of the rules that refuse or change routes, by small number: a path stores two octets, "explain" prints the
// text.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rib/table.h"

namespace bgp::rib {

class RuleBook {
 public:
  /// Of ours, or of a filter that somebody wrote.
  enum class Kind : std::uint8_t { check, filter };

  /// The number of `text`. A program has a bounded number of rules; from the 65,534th on those of a kind share one.
  RuleId number(std::string_view text, Kind kind = Kind::check) {
    auto& numbers = numbers_[static_cast<std::size_t>(kind)];
    if (auto const known = numbers.find(text); known != numbers.end()) return known->second;
    if (rules_.size() >= last_number && text != overflow) return number(overflow, kind);
    RuleId const id{static_cast<std::uint16_t>(rules_.size())};
    rules_.push_back({std::string(text), kind});
    numbers.emplace(std::string(text), id);
    return id;
  }
  [[nodiscard]] std::string const& text(RuleId id) const { return rules_[id.value].text; }
  [[nodiscard]] Kind kind(RuleId id) const { return rules_[id.value].kind; }

 private:
  static constexpr std::size_t last_number = 0xfffe;
  static constexpr std::string_view overflow = "a rule past the 65,533rd";

  struct Rule {
    std::string text;
    Kind kind;
  };
  std::vector<Rule> rules_{{"", Kind::check}};
  std::array<std::map<std::string, RuleId, std::less<>>, 2> numbers_;  // by kind
};

}  // namespace bgp::rib
