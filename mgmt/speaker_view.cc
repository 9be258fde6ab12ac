#include "mgmt/speaker_view.h"

namespace tern::mgmt {

namespace {

class RealSpeaker : public SpeakerView {
 public:
  explicit RealSpeaker(bgp::Speaker const& speaker) : speaker_(speaker) {}
  bgp::SpeakerStatus status() const override { return speaker_.status(); }
  std::vector<bgp::PeerStatus> peers() const override { return speaker_.peers(); }
  std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery query) const override {
    return speaker_.routes(std::move(query));
  }
  bgp::Explanation explain(bgp::Prefix const& prefix) const override { return speaker_.explain(prefix); }
  std::optional<bgp::Prefix> match(bgp::IpAddress const& address) const override { return speaker_.match(address); }

 private:
  bgp::Speaker const& speaker_;
};

}  // namespace

std::unique_ptr<SpeakerView> view_of(bgp::Speaker const& speaker) { return std::make_unique<RealSpeaker>(speaker); }

}  // namespace tern::mgmt
