// Tunnel devices and what a VXLAN device must know of its remote ends: what is wanted, what the kernel has, and the
// operations between. A managed device is made, kept as it should be, made anew when the kernel cannot change it in
// place, and removed when nobody wants it; an external one is only looked at, and given its remote ends. Pure. One
// thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "fib/retry.h"
#include "fib/rtnl/link.h"
#include "fib/rtnl/neighbour.h"

namespace tern::fib {

struct DeviceAddress {
  bgp::IpAddress address;
  unsigned length = 0;
  friend auto operator<=>(DeviceAddress const&, DeviceAddress const&) = default;
};

struct TunnelDevice {
  enum class Kind { vxlan, ipip };
  Kind kind = Kind::vxlan;
  std::string name;  ///< "vxlan.calico", "vxlan-v6.calico", "tunl0"
  bool managed = true;
  std::string parent;    ///< VXLAN: the interface that its packets leave by
  bgp::IpAddress local;  ///< VXLAN: their source
  std::uint32_t vni = 4096;
  std::uint16_t port = 4789;
  std::optional<rtnl::Mac> mac;  ///< VXLAN; none: the kernel chooses one
  std::uint32_t mtu = 0;         ///< 0: as tunnel_mtu() says
  std::vector<DeviceAddress> addresses;
  friend bool operator==(TunnelDevice const&, TunnelDevice const&) = default;
};

/// A remote end of a VXLAN device: packets to `address` go in frames to `mac`, and those to the node at `node`.
struct Vtep {
  bgp::IpAddress address;
  rtnl::Mac mac{};
  bgp::IpAddress node;
  friend auto operator<=>(Vtep const&, Vtep const&) = default;
};

/// The smallest MTU of the interfaces that look like network cards and are up (1460 without one), less the
/// encapsulation's octets: IPIP 20, VXLAN 50, over IPv6 70.
[[nodiscard]] std::uint32_t tunnel_mtu(std::map<unsigned, rtnl::Link> const& links, TunnelDevice const& device);

struct TunnelOperation {
  enum class Kind { create, remove, set_up, add_address, remove_address, add_neighbour, remove_neighbour };
  Kind kind = Kind::create;
  std::string device;
  rtnl::Link link;                 ///< create, remove, set_up
  rtnl::InterfaceAddress address;  ///< add_address, remove_address
  rtnl::Neighbour neighbour;       ///< add_neighbour, remove_neighbour
};

class TunnelBook {
 public:
  // ---- What is wanted.
  void want(TunnelDevice const& device);
  /// The device goes, if it is managed.
  void unwant(std::string const& name);
  void want_vtep(std::string const& device, Vtep const& vtep);
  void unwant_vtep(std::string const& device, bgp::IpAddress const& address);

  // ---- What the kernel has.
  void links_are(std::vector<rtnl::Link> const& links);
  void link_is(rtnl::Link const& link) { links_[link.index] = link; }
  void link_gone(unsigned index);
  void addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses);
  void heard(rtnl::InterfaceAddress const& address, bool removed);
  void neighbours_are(std::vector<rtnl::Neighbour> const& neighbours);
  void heard(rtnl::Neighbour const& neighbour, bool removed);

  // ---- The operations between: after each batch that changed a device its user says anew what the kernel has.
  [[nodiscard]] std::vector<TunnelOperation> plan(Time now);
  void performed(TunnelOperation const& operation, std::optional<Refused> const& refused, Time now);
  [[nodiscard]] Time next_retry() const;
  /// Why a device is not as wanted; empty when it is.
  [[nodiscard]] std::string why_not(std::string const& device) const;

 private:
  struct Entry {
    TunnelDevice device;
    bool wanted = true;  // false: to be removed
    std::map<bgp::IpAddress, Vtep> vteps;
    std::optional<Failure> failure;
    std::string mismatch;  // an external device that is not as it should be
  };
  using Operations = std::vector<TunnelOperation>;
  using NeighbourKey = std::tuple<unsigned, bool, bgp::IpAddress, rtnl::Mac>;

  [[nodiscard]] static NeighbourKey key_of(rtnl::Neighbour const& neighbour);
  [[nodiscard]] static bool harmless(TunnelOperation const& operation, Refused const& refused);

  [[nodiscard]] rtnl::Link const* find(std::string const& name) const;
  [[nodiscard]] std::optional<rtnl::Link> model(Entry const& entry, std::string& missing) const;
  void plan_device(Entry& entry, Operations& out);
  void plan_addresses(Entry const& entry, unsigned index, Operations& out) const;
  void plan_neighbours(Entry const& entry, unsigned index, Operations& out) const;

  std::map<std::string, Entry> devices_;
  std::map<unsigned, rtnl::Link> links_;
  std::set<rtnl::InterfaceAddress> addresses_;
  std::map<NeighbourKey, rtnl::Neighbour> neighbours_;  // permanent ones
};

}  // namespace tern::fib
