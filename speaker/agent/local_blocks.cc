#include "speaker/agent/local_blocks.h"

#include <algorithm>

namespace tern::speaker {

std::vector<bgp::Announcement> announcements(config::Node const& node) {
  std::vector<bgp::Announcement> all;
  for (auto const& block : node.pod_cidrs) {
    auto own = std::ranges::find_if(node.addresses,
                                    [&](auto const& one) { return one.address.size() == block.address().size(); });
    // For those who take IPv6 next hops of IPv4 blocks (RFC 8950).
    if (own == node.addresses.end() && block.address().is_v4()) own = node.addresses.begin();
    if (own == node.addresses.end()) continue;
    bgp::Announcement one{block, {}};
    one.attributes.next_hop = own->address;
    all.push_back(std::move(one));
  }
  return all;
}

namespace {

// The node originates its blocks and nothing else, so that the filter needs no list of them: where they change, no
// neighbour gets another filter.
class OnlyLocalBlocks final : public bgp::Filter {
 public:
  bgp::FilterVerdict judge(bgp::FilteredRoute const& route) const override {
    if (route.source.kind == bgp::RouteSource::Kind::local) return {true, "a block of this node"};
    return {false, "not a block of this node"};
  }
  std::string name() const override { return "only-local-blocks"; }
  bool same_as(bgp::Filter const& other) const override {
    return dynamic_cast<OnlyLocalBlocks const*>(&other) != nullptr;
  }
};

}  // namespace

bgp::FilterPtr only_local_blocks() { return std::make_shared<OnlyLocalBlocks>(); }

void export_local_blocks(config::SpeakerFile& file) {
  auto const filter = only_local_blocks();
  auto const prepare = [&](bgp::PeerConfig& peer) {
    if (!peer.export_filter) peer.export_filter = filter;
    if (peer.remote_as != file.speaker.local_as) peer.next_hop_self = !peer.next_hop_unchanged;
  };
  for (auto& neighbor : file.neighbors) prepare(neighbor);
  for (auto& range : file.ranges) prepare(range.peer);
}

}  // namespace tern::speaker
