// GET /v1/mrt: the tables of a speaker as TABLE_DUMP_V2 (docs/http-api.md). Here, because the HTTP service and the
// writer of records do not know each other. In slices like every listing; all on the speaker's executor. RFC 6396 §4.3.
#pragma once

#include "mgmt/service.h"
#include "mgmt/speaker_view.h"

namespace tern::daemon {

/// Registers the handler. The view must live until the service is closed.
void serve_mrt(mgmt::Service& service, mgmt::SpeakerView const& speaker);

}  // namespace tern::daemon
