// POST /v1/reload: the daemon's file read again, and what came of it. All calls on the service's executor, BGP's.
#pragma once

#include "daemon/reload.h"
#include "mgmt/service.h"

namespace tern::daemon {

/// `reload` outlives the service.
void serve_reload(mgmt::Service& service, Reload& reload);

}  // namespace tern::daemon
