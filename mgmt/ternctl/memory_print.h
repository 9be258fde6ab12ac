// Where a daemon's memory goes, as a table for people.
#pragma once

#include <string>

namespace tern::ctl {

/// The answer of GET /v1/memory.
void print_memory(std::string const& json);

}  // namespace tern::ctl
