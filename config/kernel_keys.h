// The keys `kernel` and `tunnels` of tern-speaker's file: how routes and tunnel devices stand in the kernel.
#pragma once

#include "config/speaker.h"
#include "config/value.h"

namespace tern::config {

void read_kernel(Value const& value, KernelConfig& out);
void read_tunnels(Value const& value, TunnelConfig& out);

}  // namespace tern::config
