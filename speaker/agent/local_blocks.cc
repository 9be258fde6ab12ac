#include "speaker/agent/local_blocks.h"

#include <algorithm>

namespace tern::speaker {

std::vector<bgp::Announcement> announcements(config::Node const& node) {
  std::vector<bgp::Announcement> all;
  for (auto const& block : node.pod_cidrs) {
    auto const own = std::ranges::find_if(
        node.addresses, [&](auto const& one) { return one.address.size() == block.address().size(); });
    if (own == node.addresses.end()) continue;
    bgp::Announcement one{block, {}};
    one.attributes.next_hop = own->address;
    all.push_back(std::move(one));
  }
  return all;
}

namespace {

class OnlyLocalBlocks final : public bgp::Filter {
 public:
  explicit OnlyLocalBlocks(std::vector<bgp::Prefix> blocks) : blocks_(std::move(blocks)) {}
  bgp::FilterVerdict judge(bgp::Prefix const& prefix, bgp::Attributes const&) const override {
    if (std::ranges::find(blocks_, prefix) != blocks_.end()) return {true, "a block of this node"};
    return {false, "not a block of this node"};
  }
  std::string name() const override { return "only-local-blocks"; }

 private:
  std::vector<bgp::Prefix> const blocks_;
};

}  // namespace

bgp::FilterPtr only_local_blocks(config::Node const& node) { return std::make_shared<OnlyLocalBlocks>(node.pod_cidrs); }

void export_local_blocks(config::SpeakerFile& file) {
  auto const filter = only_local_blocks(file.node);
  for (auto& neighbor : file.neighbors) {
    if (!neighbor.export_filter) neighbor.export_filter = filter;
  }
  for (auto& range : file.ranges) {
    if (!range.peer.export_filter) range.peer.export_filter = filter;
  }
}

}  // namespace tern::speaker
