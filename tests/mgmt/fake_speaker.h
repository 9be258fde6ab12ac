// A speaker with as many invented neighbours and routes as a test asks for.
#pragma once

#include "mgmt/speaker_view.h"

namespace tern::mgmt {

using namespace bgp::literals;

class FakeListing : public bgp::RouteListing {
 public:
  FakeListing(std::size_t size, std::size_t& made) : size_(size), made_(made) {}
  bool next(std::size_t budget, std::vector<bgp::RouteEntry>& out) override {
    for (std::size_t i = 0; i < budget && made_ < size_; ++i, ++made_) {
      out.emplace_back();
      out.back().prefix = bgp::Prefix(bgp::IpAddress::v4(static_cast<std::uint32_t>(made_ << 8)), 24);
    }
    return made_ < size_;
  }

 private:
  std::size_t size_;
  std::size_t& made_;
};

class FakeSpeaker : public SpeakerView {
 public:
  bgp::SpeakerStatus status() const override {
    bgp::SpeakerStatus out;
    out.peers = peers;
    return out;
  }
  bgp::MemoryStatus memory() const override { return the_memory; }
  std::vector<bgp::PeerId> peer_ids() const override {
    std::vector<bgp::PeerId> ids;
    for (std::uint32_t i = 1; i <= peers; ++i) ids.push_back(bgp::PeerId{static_cast<std::uint16_t>(i)});
    return ids;
  }
  std::optional<bgp::PeerStatus> peer(bgp::PeerId id) const override {
    ++peers_made;
    if (id.value > peers || id == gone) return std::nullopt;
    bgp::PeerStatus status;
    status.id = id;
    status.address = bgp::IpAddress::v4(0x0a000000 + id.value);
    return status;
  }
  std::optional<bgp::PeerId> find_peer(bgp::IpAddress const& address, std::uint32_t scope_id) const override {
    if (address == "fe80::1"_ip && scope_id == 1) return bgp::PeerId{1};
    return std::nullopt;
  }
  std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery) const override {
    return std::make_unique<FakeListing>(size, made);
  }
  bgp::Explanation explain(bgp::Prefix const&) const override { return {}; }
  bgp::Explanation explain_key(bgp::Family, std::span<std::uint8_t const>) const override { return {}; }
  std::optional<bgp::Prefix> match(bgp::IpAddress const&, bool) const override { return std::nullopt; }
  bgp::MemoryStatus the_memory;
  std::size_t size = 1;
  std::uint32_t peers = 0;
  bgp::PeerId gone;
  mutable std::size_t peers_made = 0;
  mutable std::size_t made = 0;
};

}  // namespace tern::mgmt
