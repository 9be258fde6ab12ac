// Tunnel devices and what a VXLAN device must know of its remote ends: what is wanted, what the kernel has, and the
// operations between. A managed device is made, marked as ours by its alias, kept as it should be, made anew when the
// kernel cannot change it in place, and removed when nobody wants it. One of that name that is not ours is used as it
// is, or reported. An external device is only looked at, and given its remote ends. tunl0 comes with the kernel's
// module and stays: it is ours while it has our alias, and is put back to bare when nobody wants it. Pure. One thread.
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
  std::string parent;    ///< VXLAN: the interface that its packets leave by; empty: the one that has `local`
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

/// The alias of a device that we have made: by it a later process knows that it may remove it.
inline constexpr char const* our_alias = "tern";

/// tunl0 comes with the kernel's module, in every network namespace.
inline constexpr char const* module_device = "tunl0";

/// The smallest MTU of the interfaces that look like network cards and are up (1460 without one), less the
/// encapsulation's octets: IPIP 20, VXLAN 50, over IPv6 70. The interface that a device's packets leave by may take
/// less.
[[nodiscard]] std::uint32_t tunnel_mtu(std::map<unsigned, rtnl::Link> const& links, TunnelDevice const& device);

struct TunnelOperation {
  enum class Kind { create, remove, change, set_mtu, add_address, remove_address, add_neighbour, remove_neighbour };
  Kind kind = Kind::create;
  std::string device;
  rtnl::Link link;                 ///< create, remove, change, set_mtu
  rtnl::InterfaceAddress address;  ///< add_address, remove_address
  rtnl::Neighbour neighbour;       ///< add_neighbour, remove_neighbour
  bool replace = true;             ///< add_neighbour: what somebody else has put there
};

class TunnelBook {
 public:
  // ---- What is wanted.
  void want(TunnelDevice const& device);
  /// The device goes, if it is managed and ours.
  void unwant(std::string const& name);
  void want_vtep(std::string const& device, Vtep const& vtep);
  void unwant_vtep(std::string const& device, bgp::IpAddress const& address);

  /// Devices of ours that an earlier process left and nobody wanted until now go.
  void sweep();

  // ---- What the kernel has.
  void links_are(std::vector<rtnl::Link> const& links);
  void link_is(rtnl::Link const& link);
  void link_gone(unsigned index);
  void addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses);
  void heard(rtnl::InterfaceAddress const& address, bool removed);
  void neighbours_are(std::vector<rtnl::Neighbour> const& neighbours);
  void heard(rtnl::Neighbour const& neighbour, bool removed);

  // ---- The operations between: after each batch that changed a device its user says anew what the kernel has.
  [[nodiscard]] std::vector<TunnelOperation> plan(Time now);
  void performed(TunnelOperation const& operation, std::optional<Refused> const& refused, Time now);
  /// What was refused may work now: an interface or an address came or went.
  void retry_now();
  [[nodiscard]] Time next_retry() const;
  /// Why a device is not as wanted; empty when it is.
  [[nodiscard]] std::string why_not(std::string const& device) const;
  struct Description {
    std::string name;
    TunnelDevice::Kind kind = TunnelDevice::Kind::vxlan;
    std::string why_not;          ///< as above
    std::size_t remote_ends = 0;  ///< that are wanted
  };
  /// Those that are wanted.
  [[nodiscard]] std::vector<Description> describe() const;

 private:
  using Operations = std::vector<TunnelOperation>;
  using NeighbourKey = std::tuple<unsigned, bool, bgp::IpAddress, rtnl::Mac>;
  struct Entry {
    TunnelDevice device;
    bool wanted = true;  // false: to be removed
    std::map<bgp::IpAddress, Vtep> vteps;
    std::optional<Failure> failure;
    std::string mismatch;                           // why a device is not as it should be, where a retry is of no use
    bool made = false;                              // by us, and not marked yet
    std::optional<Failure> mtu_failure;             // waits on its own: the device serves with another one, too
    std::map<NeighbourKey, rtnl::Neighbour> given;  // what we told a device
    std::map<NeighbourKey, Failure> refused;
    std::set<NeighbourKey> passing;  // on a device that is not ours, where the kernel itself has put something
    std::string conflict;            // what a stranger has put there
  };
  [[nodiscard]] static NeighbourKey key_of(rtnl::Neighbour const& neighbour);
  [[nodiscard]] static bool harmless(TunnelOperation const& operation, Refused const& refused);

  [[nodiscard]] rtnl::Link const* find(std::string const& name) const;
  [[nodiscard]] std::optional<rtnl::Link> model(Entry const& entry, std::string& missing) const;
  [[nodiscard]] std::uint32_t mtu_limit(rtnl::Link const& wanted) const;
  [[nodiscard]] std::optional<unsigned> parent(TunnelDevice const& device, std::string& missing) const;
  [[nodiscard]] bool ours(Entry const& entry, rtnl::Link const& present) const;
  [[nodiscard]] std::set<rtnl::InterfaceAddress> addresses_of(unsigned index) const;
  [[nodiscard]] std::string difference(Entry const& entry, rtnl::Link const& wanted, rtnl::Link const& present) const;
  static void forget_failures(Entry& entry, Time now);
  void plan_device(Entry& entry, Time now, Operations& out);
  void plan_own(Entry& entry, rtnl::Link const& wanted, rtnl::Link const& present, Time now, Operations& out) const;
  static void plan_mtu(Entry& entry, rtnl::Link const& wanted, rtnl::Link change, std::uint32_t present, Time now,
                       Operations& out);
  [[nodiscard]] bool plan_leave(Entry const& entry, Operations& out) const;
  void plan_addresses(Entry const& entry, unsigned index, Operations& out) const;
  void plan_neighbours(Entry& entry, unsigned index, bool own, Time now, Operations& out) const;
  [[nodiscard]] bool is_strangers(Entry const& entry, NeighbourKey const& key) const;
  static void note_refused(Entry& entry, TunnelOperation const& operation, Refused const& refused, Time now);

  std::map<std::string, Entry> devices_;
  std::map<unsigned, rtnl::Link> links_;
  std::set<rtnl::InterfaceAddress> addresses_;
  std::map<NeighbourKey, rtnl::Neighbour> neighbours_;  // permanent ones
  bool look_ = true;  // something changed since plan() had nothing to do; many batches of routes change nothing here
};

}  // namespace tern::fib
