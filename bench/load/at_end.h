// What the command line wants done when a work is done, and its neighbours are still there.
#pragma once
#include <cstdlib>

#include "kit/report.h"
#include "load/options.h"

namespace bench {

inline void run_at_end(LoadOptions const& options, Report& report) {
  if (!options.at_end.empty()) report.check("at_end", std::system(options.at_end.c_str()) == 0);
}

}  // namespace bench
