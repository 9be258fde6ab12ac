#include "mgmt/peer_control.h"

namespace tern::mgmt {

namespace {

class RealControl : public PeerControl {
 public:
  explicit RealControl(bgp::Speaker& speaker) : speaker_(speaker) {}
  bgp::Result<void> disable(bgp::PeerId id, std::string const& text) override {
    return speaker_.disable_peer(id, text);
  }
  bgp::Result<void> enable(bgp::PeerId id) override { return speaker_.enable_peer(id); }
  bgp::Result<void> reset(bgp::PeerId id, std::string const& text) override { return speaker_.reset_peer(id, text); }
  bgp::Result<void> refresh(bgp::PeerId id) override { return speaker_.refresh_peer(id); }

 private:
  bgp::Speaker& speaker_;
};

}  // namespace

std::unique_ptr<PeerControl> control_of(bgp::Speaker& speaker) { return std::make_unique<RealControl>(speaker); }

}  // namespace tern::mgmt
