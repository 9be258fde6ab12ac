// The names of the rules that refuse routes, by small number: a path stores two octets, "explain" prints the text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rib/table.h"

namespace bgp::rib {

class RuleBook {
 public:
  RuleBook() : texts_{""} {}
  /// The number of `text`. A program has a bounded number of rules; from the 65,535th on all share a number.
  RuleId number(std::string_view text) {
    if (auto const known = numbers_.find(text); known != numbers_.end()) return known->second;
    if (texts_.size() >= last_number && text != overflow) return number(overflow);
    RuleId const id{static_cast<std::uint16_t>(texts_.size())};
    texts_.emplace_back(text);
    numbers_.emplace(std::string(text), id);
    return id;
  }
  [[nodiscard]] std::string const& text(RuleId id) const { return texts_[id.value]; }

 private:
  static constexpr std::size_t last_number = 0xffff;
  static constexpr std::string_view overflow = "a rule past the 65,534th";

  std::vector<std::string> texts_;
  std::map<std::string, RuleId, std::less<>> numbers_;
};

}  // namespace bgp::rib
