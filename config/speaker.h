// The file of tern-speaker (docs/configuration.md): read strictly, all mistakes at once, into plain values. It starts
// nothing. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/result.h"
#include "config/daemon.h"
#include "config/node.h"

namespace tern::config {

/// How routes and tunnel devices stand in the kernel.
struct KernelConfig {
  std::uint32_t table = 254;        ///< RT_TABLE_MAIN
  std::uint8_t protocol = 179;      ///< whose routes are ours (rtnetlink's number, /etc/iproute2/rt_protos)
  std::vector<std::uint8_t> adopt;  ///< protocols whose routes become ours: 80 is Felix's, 12 BIRD's
  std::uint32_t metric = 1024;
  std::chrono::seconds scan_every{0};     ///< 0: only when events were lost
  bool next_hop_objects = true;           ///< false: each route with its own next hops
  std::chrono::seconds sweep_after{120};  ///< what an earlier process left stays so long for neighbours that stay away
  friend bool operator==(KernelConfig const&, KernelConfig const&) = default;
};

struct TunnelConfig {
  bool managed = true;  ///< false: somebody else makes the devices
  std::uint32_t vni = 4096;
  std::uint16_t port = 4789;
  std::uint32_t mtu = 0;  ///< 0: of the network cards, less the encapsulation
  friend bool operator==(TunnelConfig const&, TunnelConfig const&) = default;
};

/// A neighbour without `export` gets the node's own blocks: main fills that in.
struct SpeakerFile : DaemonConfig {
  SpeakerFile() {
    api_socket = "/run/tern/speaker.sock";
    speaker.multipath = 16;
  }

  Node node;
  KernelConfig kernel;
  TunnelConfig tunnels;
};

using SpeakerResult = bgp::Result<SpeakerFile, std::vector<Problem>>;

/// The problems are in the order of lines and never none.
[[nodiscard]] SpeakerResult parse_speaker(std::string_view yaml);
/// The same for a file; one that cannot be read is a Problem of line 0.
[[nodiscard]] SpeakerResult load_speaker(std::string const& path);

}  // namespace tern::config
