#include "mgmt/speaker_view.h"

namespace tern::mgmt {

namespace {

class RealSpeaker : public SpeakerView {
 public:
  explicit RealSpeaker(bgp::Speaker const& speaker) : speaker_(speaker) {}
  bgp::SpeakerStatus status() const override { return speaker_.status(); }
  bgp::MemoryStatus memory() const override { return speaker_.memory(); }
  std::vector<bgp::PeerId> peer_ids() const override { return speaker_.peer_ids(); }
  std::optional<bgp::PeerStatus> peer(bgp::PeerId id) const override { return speaker_.peer(id); }
  std::optional<bgp::PeerId> find_peer(bgp::IpAddress const& address, std::uint32_t scope_id) const override {
    return speaker_.find_peer(address, scope_id);
  }
  std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery query) const override {
    return speaker_.routes(std::move(query));
  }
  bgp::Explanation explain(bgp::Prefix const& prefix) const override { return speaker_.explain(prefix); }
  bgp::Explanation explain_key(bgp::Family family, std::span<std::uint8_t const> key) const override {
    return speaker_.explain(family, key);
  }
  std::optional<bgp::Prefix> match(bgp::IpAddress const& address, bool also_refused) const override {
    return speaker_.match(address, also_refused);
  }

 private:
  bgp::Speaker const& speaker_;
};

}  // namespace

std::unique_ptr<SpeakerView> view_of(bgp::Speaker const& speaker) { return std::make_unique<RealSpeaker>(speaker); }

}  // namespace tern::mgmt
