// Which daemon a file is for, and what is wrong with it, for people who want to know before they use it. Any thread.
#pragma once

#include <string>
#include <vector>

#include "config/problem.h"

namespace tern::config {

struct Validation {
  std::string daemon;  ///< "tern-speaker" for a file with a key `node`, else "tern-reflector"
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
};

[[nodiscard]] Validation validate(std::string const& path);

}  // namespace tern::config
