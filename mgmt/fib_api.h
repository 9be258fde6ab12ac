// The part of /v1 that shows the routes in the kernel: fib, fib/routes, and explain down to the kernel
// (docs/http-api.md). All on the service's executor.
#pragma once

#include "mgmt/fib_view.h"
#include "mgmt/service.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

/// Registers the handlers, after serve_speaker(), whose explain it replaces. The views must live until the service is
/// closed.
void serve_fib(Service& service, FibView const& fib, SpeakerView const& speaker);

}  // namespace tern::mgmt
