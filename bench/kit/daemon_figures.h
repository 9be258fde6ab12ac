// What /proc knows of the daemon under test: CPU time and peak memory of a process and all its descendants (OpenBGPD is
// four processes). Linux only.
#pragma once
#include <sys/types.h>

#include <cstdint>

#include "kit/clock.h"

namespace bench {

struct DaemonFigures {
  Nanos cpu = 0;
  std::uint64_t peak_kib = 0;     // VmHWM, summed
  std::uint64_t current_kib = 0;  // VmRSS, summed
};

// All zero for pid 0 or a process that is gone.
DaemonFigures figures_of(pid_t pid);
// CPU time of this thread.
Nanos own_cpu();

}  // namespace bench
