// What tern-kernel can do; each fills a report, whose keys are PHASE.FIGURE.
#pragma once
#include "kernel/options.h"
#include "kit/report.h"

namespace bench {

// The kernel without a daemon: the table through next-hop objects, in batches.
void run_alone(KernelOptions const& options, Report& report);
// The same table through a daemon, from BGP into the kernel; moved, at rest, and gone with its neighbour.
void run_feed(KernelOptions const& options, Report& report);
// Many nodes' blocks, announced by one neighbour: routes through a VXLAN device, and what it must know of its ends.
void run_nodes(KernelOptions const& options, Report& report);

}  // namespace bench
