// What the HTTP service asks of a speaker, as an interface: the tests put a million invented routes behind it.
// All calls on the Speaker's executor.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "bgp/speaker.h"

namespace tern::mgmt {

class SpeakerView {
 public:
  virtual ~SpeakerView() = default;
  [[nodiscard]] virtual bgp::SpeakerStatus status() const = 0;
  [[nodiscard]] virtual bgp::MemoryStatus memory() const = 0;
  [[nodiscard]] virtual std::vector<bgp::PeerId> peer_ids() const = 0;
  [[nodiscard]] virtual std::optional<bgp::PeerStatus> peer(bgp::PeerId id) const = 0;
  [[nodiscard]] virtual std::optional<bgp::PeerId> find_peer(bgp::IpAddress const& address,
                                                             std::uint32_t scope_id) const = 0;
  [[nodiscard]] virtual std::unique_ptr<bgp::RouteListing> routes(bgp::RouteQuery query) const = 0;
  [[nodiscard]] virtual bgp::Explanation explain(bgp::Prefix const& prefix) const = 0;
  [[nodiscard]] virtual bgp::Explanation explain_key(bgp::Family family, std::span<std::uint8_t const> key) const = 0;
  [[nodiscard]] virtual std::optional<bgp::Prefix> match(bgp::IpAddress const& address, bool also_refused) const = 0;
};

/// The view of a real speaker, which must outlive it.
[[nodiscard]] std::unique_ptr<SpeakerView> view_of(bgp::Speaker const& speaker);

}  // namespace tern::mgmt
