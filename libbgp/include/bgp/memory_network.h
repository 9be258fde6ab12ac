// A network that exists in memory only: its Speakers have any addresses they like, reach each other, and nothing leaves
// the process. For tests of programs that use libbgp. Its executor's thread only.
#pragma once

#include "bgp/speaker.h"

namespace bgp {

class MemoryNetwork {
 public:
  explicit MemoryNetwork(boost::asio::any_io_executor executor);
  ~MemoryNetwork();
  MemoryNetwork(MemoryNetwork const&) = delete;
  MemoryNetwork& operator=(MemoryNetwork const&) = delete;

  /// A Speaker that listens and dials on this network, and may outlive it. PeerConfig::local, where it is set, is its
  /// address. Throws as Speaker's constructor does.
  [[nodiscard]] std::unique_ptr<Speaker> make_speaker(SpeakerConfig config) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bgp
