#include "fib/tunnel_book.h"

#include <algorithm>
#include <cerrno>
#include <regex>

namespace tern::fib {

using Kind = TunnelOperation::Kind;

std::uint32_t tunnel_mtu(std::map<unsigned, rtnl::Link> const& links, TunnelDevice const& device) {
  static std::regex const network_card("((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)");
  std::uint32_t smallest = 0;
  for (auto const& [index, link] : links) {
    if (!link.up || !std::regex_match(link.name, network_card)) continue;
    smallest = smallest == 0 ? link.mtu : std::min(smallest, link.mtu);
  }
  if (smallest == 0) smallest = 1460;
  if (device.kind == TunnelDevice::Kind::ipip) return smallest - 20;
  return smallest - (device.local.is_v6() ? 70 : 50);
}

// ---- What is wanted

void TunnelBook::want(TunnelDevice const& device) {
  auto& entry = devices_[device.name];
  entry.wanted = true;
  if (entry.device == device) return;
  entry.device = device;
  entry.failure.reset();
}

void TunnelBook::unwant(std::string const& name) {
  auto const known = devices_.find(name);
  if (known == devices_.end()) return;
  known->second.wanted = false;
  known->second.vteps.clear();
}

void TunnelBook::want_vtep(std::string const& device, Vtep const& vtep) { devices_[device].vteps[vtep.address] = vtep; }

void TunnelBook::unwant_vtep(std::string const& device, bgp::IpAddress const& address) {
  if (auto const known = devices_.find(device); known != devices_.end()) known->second.vteps.erase(address);
}

// ---- What the kernel has

void TunnelBook::links_are(std::vector<rtnl::Link> const& links) {
  links_.clear();
  for (auto const& link : links) links_[link.index] = link;
}

// The kernel says nothing of the addresses and neighbours that go with a device.
void TunnelBook::link_gone(unsigned index) {
  links_.erase(index);
  std::erase_if(addresses_, [index](auto const& address) { return address.interface == index; });
  std::erase_if(neighbours_, [index](auto const& one) { return one.second.interface == index; });
}

void TunnelBook::addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses) {
  addresses_ = {addresses.begin(), addresses.end()};
}

void TunnelBook::heard(rtnl::InterfaceAddress const& address, bool removed) {
  if (removed) {
    addresses_.erase(address);
  } else {
    addresses_.insert(address);
  }
}

void TunnelBook::neighbours_are(std::vector<rtnl::Neighbour> const& neighbours) {
  neighbours_.clear();
  for (auto const& neighbour : neighbours) heard(neighbour, false);
}

// A neighbour is one of its address, a forwarding entry one of its MAC.
TunnelBook::NeighbourKey TunnelBook::key_of(rtnl::Neighbour const& neighbour) {
  if (neighbour.forwarding) return {neighbour.interface, true, {}, neighbour.mac};
  return {neighbour.interface, false, neighbour.address, {}};
}

void TunnelBook::heard(rtnl::Neighbour const& neighbour, bool removed) {
  if (removed || !neighbour.permanent) {
    neighbours_.erase(key_of(neighbour));
  } else {
    neighbours_[key_of(neighbour)] = neighbour;
  }
}

rtnl::Link const* TunnelBook::find(std::string const& name) const {
  auto const known = std::ranges::find_if(links_, [&](auto const& one) { return one.second.name == name; });
  return known == links_.end() ? nullptr : &known->second;
}

// ---- The operations between

// The device as the kernel should show it; nothing, and what is missing, while it cannot be made.
std::optional<rtnl::Link> TunnelBook::model(Entry const& entry, std::string& missing) const {
  auto const& device = entry.device;
  rtnl::Link link;
  link.name = device.name;
  link.mtu = device.mtu != 0 ? device.mtu : tunnel_mtu(links_, device);
  link.kind = device.kind == TunnelDevice::Kind::vxlan ? "vxlan" : "ipip";
  if (device.kind == TunnelDevice::Kind::ipip) return link;
  auto const* parent = find(device.parent);
  if (parent == nullptr) {
    missing = "there is no interface " + device.parent + " for it to leave by";
    return std::nullopt;
  }
  link.mac = device.mac;
  link.vxlan = rtnl::VxlanOptions{device.vni, device.port, parent->index, device.local, false};
  return link;
}

namespace {
bool differs(rtnl::Link const& wanted, rtnl::Link const& present) {
  return wanted.kind != present.kind || wanted.vxlan != present.vxlan || (wanted.mac && wanted.mac != present.mac);
}
}  // namespace

void TunnelBook::plan_device(Entry& entry, Operations& out) {
  auto const& name = entry.device.name;
  auto const* present = find(name);
  entry.mismatch.clear();
  auto const wanted = model(entry, entry.mismatch);
  if (!wanted) return;
  if (present == nullptr) {
    if (entry.device.managed) {
      out.push_back({Kind::create, name, *wanted, {}, {}});
    } else {
      entry.mismatch = "there is no such device, and it is external: whoever manages it must make it";
    }
    return;
  }
  if (differs(*wanted, *present)) {
    if (entry.device.managed) {
      out.push_back({Kind::remove, name, *present, {}, {}});
    } else {
      entry.mismatch = "its kind, VNI, port, parent, local address or MAC is not what is wanted, and it is external";
    }
    return;
  }
  if (entry.device.managed) {
    auto const index = present->index;
    if (!present->up || present->mtu != wanted->mtu) {
      auto link = *present;
      link.mtu = wanted->mtu;
      out.push_back({Kind::set_up, name, link, {}, {}});
    }
    plan_addresses(entry, index, out);
  }
  if (entry.device.kind == TunnelDevice::Kind::vxlan) plan_neighbours(entry, present->index, out);
}

void TunnelBook::plan_addresses(Entry const& entry, unsigned index, Operations& out) const {
  std::set<rtnl::InterfaceAddress> wanted;
  for (auto const& [address, length] : entry.device.addresses) wanted.insert({index, address, length});
  for (auto const& address : addresses_) {
    if (address.interface != index || wanted.erase(address) == 1 || address.address.is_link_local()) continue;
    out.push_back({Kind::remove_address, entry.device.name, {}, address, {}});
  }
  for (auto const& address : wanted) out.push_back({Kind::add_address, entry.device.name, {}, address, {}});
}

void TunnelBook::plan_neighbours(Entry const& entry, unsigned index, Operations& out) const {
  std::map<NeighbourKey, rtnl::Neighbour> wanted;
  for (auto const& [address, vtep] : entry.vteps) {
    for (auto const& neighbour : {rtnl::Neighbour{index, false, vtep.address, vtep.mac, true},
                                  rtnl::Neighbour{index, true, vtep.node, vtep.mac, true}}) {
      wanted[key_of(neighbour)] = neighbour;
    }
  }
  auto const first = neighbours_.lower_bound({index, false, {}, {}});
  for (auto it = first; it != neighbours_.end() && it->second.interface == index; ++it) {
    auto const known = wanted.find(it->first);
    if (known == wanted.end()) {
      if (entry.device.managed) out.push_back({Kind::remove_neighbour, entry.device.name, {}, {}, it->second});
    } else if (known->second == it->second) {
      wanted.erase(known);
    }
  }
  for (auto const& [key, neighbour] : wanted) {
    out.push_back({Kind::add_neighbour, entry.device.name, {}, {}, neighbour});
  }
}

std::vector<TunnelOperation> TunnelBook::plan(Time now) {
  Operations out;
  for (auto it = devices_.begin(); it != devices_.end();) {
    auto& entry = it->second;
    auto const waiting = entry.failure && entry.failure->next > now;
    if (entry.wanted) {
      if (!waiting && !entry.device.name.empty()) plan_device(entry, out);
      ++it;
      continue;
    }
    auto const* present = entry.device.managed ? find(entry.device.name) : nullptr;
    if (present != nullptr && !waiting) out.push_back({Kind::remove, entry.device.name, *present, {}, {}});
    it = present == nullptr ? devices_.erase(it) : std::next(it);
  }
  return out;
}

void TunnelBook::performed(TunnelOperation const& operation, std::optional<Refused> const& refused, Time now) {
  auto const known = devices_.find(operation.device);
  if (refused && !harmless(operation, *refused)) {
    if (known == devices_.end()) return;
    if (!known->second.failure) known->second.failure.emplace();
    known->second.failure->again(refused->text, now);
    return;
  }
  if (known != devices_.end()) known->second.failure.reset();
  switch (operation.kind) {
    case Kind::create:
    case Kind::set_up:
      return;  // its user looks at the links again
    case Kind::remove:
      return link_gone(operation.link.index);
    case Kind::add_address:
    case Kind::remove_address:
      return heard(operation.address, operation.kind == Kind::remove_address);
    case Kind::add_neighbour:
    case Kind::remove_neighbour:
      return heard(operation.neighbour, operation.kind == Kind::remove_neighbour);
  }
}

// What is there already, or already gone.
bool TunnelBook::harmless(TunnelOperation const& operation, Refused const& refused) {
  switch (operation.kind) {
    case Kind::create:
    case Kind::add_address:
      return refused.error == EEXIST;
    case Kind::remove:
      return refused.error == ENODEV;
    case Kind::remove_address:
      return refused.error == EADDRNOTAVAIL;
    case Kind::remove_neighbour:
      return refused.error == ENOENT;
    case Kind::set_up:
    case Kind::add_neighbour:
      return false;
  }
  return false;
}

Time TunnelBook::next_retry() const {
  auto next = never;
  for (auto const& [name, entry] : devices_) {
    if (entry.failure) next = std::min(next, entry.failure->next);
  }
  return next;
}

std::string TunnelBook::why_not(std::string const& device) const {
  auto const known = devices_.find(device);
  if (known == devices_.end()) return "nobody wants it";
  return known->second.failure ? known->second.failure->text : known->second.mismatch;
}

}  // namespace tern::fib
