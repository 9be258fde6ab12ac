// A Speaker on a given transport::Context instead of TCP and the machine's clock: what libbgp's own tests make. Not
// installed. The executor's thread only.
#pragma once

#include <memory>

#include "bgp/speaker.h"
#include "transport/context.h"

namespace bgp {

struct SpeakerInMemory {
  /// Throws as the constructor of Speaker does.
  [[nodiscard]] static std::unique_ptr<Speaker> make(std::shared_ptr<transport::Context> context, SpeakerConfig config);
};

}  // namespace bgp
