// The neighbour that a request names by its address. All calls on the Speaker's executor.
#pragma once

#include <optional>
#include <string>

#include "mgmt/http.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

[[nodiscard]] std::optional<bgp::PeerId> find_peer(SpeakerView const& speaker, std::string const& text);
/// What is to be answered when there is none.
[[nodiscard]] Response no_such_peer(std::string const& text);

}  // namespace tern::mgmt
