// GET /v1/events: what happens, as it happens, a line of JSON each (docs/http-api.md). All on the speaker's executor.
#pragma once

#include "mgmt/event_source.h"
#include "mgmt/event_stream.h"
#include "mgmt/service.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

/// The source and the view outlive the service.
void serve_events(Service& service, SpeakerView const& speaker, EventSource& source, EventLimits limits = {});

}  // namespace tern::mgmt
