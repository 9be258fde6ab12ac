// What is wrong with an input as a whole: it cannot be opened, read or unpacked, or is nothing that is known here.
#pragma once

#include <stdexcept>

namespace tern::ctl {

struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tern::ctl
