// What an operator may do to a neighbour over HTTP: POST /v1/peers/ADDRESS?do=up|down|reset|refresh. As an interface,
// like the views. All calls on the Speaker's executor.
#pragma once

#include <memory>
#include <string>

#include "bgp/speaker.h"
#include "mgmt/service.h"
#include "mgmt/speaker_view.h"

namespace tern::mgmt {

class PeerControl {
 public:
  virtual ~PeerControl() = default;
  // As those of bgp::Speaker.
  virtual bgp::Result<void> disable(bgp::PeerId id, std::string const& text) = 0;
  virtual bgp::Result<void> enable(bgp::PeerId id) = 0;
  virtual bgp::Result<void> reset(bgp::PeerId id, std::string const& text) = 0;
  virtual bgp::Result<void> refresh(bgp::PeerId id) = 0;
};

/// That of a real speaker, which must outlive it.
[[nodiscard]] std::unique_ptr<PeerControl> control_of(bgp::Speaker& speaker);

/// Both outlive the service.
void serve_peer_control(Service& service, SpeakerView const& speaker, PeerControl& control);

}  // namespace tern::mgmt
