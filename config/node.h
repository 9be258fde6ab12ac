// What a node is to be: its addresses, the pod CIDR blocks that it owns, and the pools that say how packets travel to
// the blocks of others. Plain values, the same whether a static file or shared resources gave them.
#pragma once

#include <string>
#include <vector>

#include "bgp/types.h"

namespace tern::config {

/// An address of the node with the length of its subnet: "10.0.0.1/24".
struct NodeAddress {
  bgp::IpAddress address;
  unsigned length = 0;
  [[nodiscard]] bgp::Prefix subnet() const { return {address, length}; }
  friend bool operator==(NodeAddress const&, NodeAddress const&) = default;
};

/// When packets to a pool's blocks go through a tunnel.
enum class TunnelMode { never, always, cross_subnet };

/// `ipip` and `vxlan` are not both other than never; `ipip` is for IPv4 only.
struct Pool {
  bgp::Prefix cidr;
  TunnelMode ipip = TunnelMode::never;
  TunnelMode vxlan = TunnelMode::never;
  friend bool operator==(Pool const&, Pool const&) = default;
};

struct Node {
  std::string name;
  std::vector<NodeAddress> addresses;  ///< one, or one a family
  std::vector<bgp::Prefix> pod_cidrs;  ///< announced, and blackholes under the pods' own routes
  std::vector<Pool> pools;             ///< no two overlap
  friend bool operator==(Node const&, Node const&) = default;
};

}  // namespace tern::config
