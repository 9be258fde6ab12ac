// The part of /v1 that shows a BGP speaker: status, memory, peers, routes, explain (docs/http-api.md). All on its
// executor.
#pragma once

#include <string>

#include "mgmt/service.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

/// Registers the handlers. `daemon` is the program's name. The view must live until the service is closed.
void serve_speaker(Service& service, SpeakerView const& speaker, std::string daemon);

}  // namespace tern::mgmt
