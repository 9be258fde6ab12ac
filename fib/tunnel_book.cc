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
  look_ = true;
  auto& entry = devices_[device.name];
  entry.wanted = true;
  if (entry.device == device) return;
  entry.device = device;
  entry.failure.reset();
}

void TunnelBook::unwant(std::string const& name) {
  look_ = true;
  auto const known = devices_.find(name);
  if (known == devices_.end()) return;
  known->second.wanted = false;
  known->second.vteps.clear();
}

void TunnelBook::want_vtep(std::string const& device, Vtep const& vtep) {
  look_ = true;
  devices_[device].vteps[vtep.address] = vtep;
}

void TunnelBook::unwant_vtep(std::string const& device, bgp::IpAddress const& address) {
  look_ = true;
  if (auto const known = devices_.find(device); known != devices_.end()) known->second.vteps.erase(address);
}

void TunnelBook::sweep() {
  look_ = true;
  for (auto const& [index, link] : links_) {
    if (link.alias != our_alias || (link.kind != "vxlan" && link.kind != "ipip")) continue;
    auto const [left, unknown] = devices_.try_emplace(link.name);
    if (!unknown) continue;
    left->second.device.name = link.name;
    left->second.wanted = false;
  }
}

// ---- What the kernel has

void TunnelBook::links_are(std::vector<rtnl::Link> const& links) {
  look_ = true;
  links_.clear();
  for (auto const& link : links) links_[link.index] = link;
}

void TunnelBook::link_is(rtnl::Link const& link) {
  look_ = true;
  links_[link.index] = link;
}

// The kernel says nothing of the addresses and neighbours that go with a device.
void TunnelBook::link_gone(unsigned index) {
  look_ = true;
  links_.erase(index);
  std::erase_if(addresses_, [index](auto const& address) { return address.interface == index; });
  std::erase_if(neighbours_, [index](auto const& one) { return one.second.interface == index; });
}

void TunnelBook::addresses_are(std::vector<rtnl::InterfaceAddress> const& addresses) {
  look_ = true;
  addresses_ = {addresses.begin(), addresses.end()};
}

void TunnelBook::heard(rtnl::InterfaceAddress const& address, bool removed) {
  look_ = true;
  if (removed) {
    addresses_.erase(address);
  } else {
    addresses_.insert(address);
  }
}

void TunnelBook::neighbours_are(std::vector<rtnl::Neighbour> const& neighbours) {
  look_ = true;
  neighbours_.clear();
  for (auto const& neighbour : neighbours) heard(neighbour, false);
}

// A neighbour is one of its address, a forwarding entry one of its MAC.
TunnelBook::NeighbourKey TunnelBook::key_of(rtnl::Neighbour const& neighbour) {
  if (neighbour.forwarding) return {neighbour.interface, true, {}, neighbour.mac};
  return {neighbour.interface, false, neighbour.address, {}};
}

void TunnelBook::heard(rtnl::Neighbour const& neighbour, bool removed) {
  look_ = true;
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

// The interface that packets with this source leave by; 0: whichever the route to their destination names, for an
// address that is on no link.
std::optional<unsigned> TunnelBook::parent(TunnelDevice const& device, std::string& missing) const {
  if (!device.parent.empty()) {
    if (auto const* const link = find(device.parent)) return link->index;
    missing = "there is no interface " + device.parent + " for it to leave by";
    return std::nullopt;
  }
  for (auto const& address : addresses_) {
    auto const link = links_.find(address.interface);
    if (address.address != device.local || link == links_.end()) continue;
    auto const& [name, kind] = std::tie(link->second.name, link->second.kind);
    if (kind == "vxlan" || kind == "ipip") continue;
    return name == "lo" || kind == "dummy" ? 0 : address.interface;
  }
  missing = "no interface has the address " + device.local.text() + " for it to leave by";
  return std::nullopt;
}

// The device as the kernel should show it; nothing, and what is missing, while it cannot be made.
std::optional<rtnl::Link> TunnelBook::model(Entry const& entry, std::string& missing) const {
  auto const& device = entry.device;
  rtnl::Link link;
  link.name = device.name;
  link.alias = our_alias;
  link.up = true;
  link.mtu = device.mtu != 0 ? device.mtu : tunnel_mtu(links_, device);
  link.kind = device.kind == TunnelDevice::Kind::vxlan ? "vxlan" : "ipip";
  if (device.kind == TunnelDevice::Kind::ipip) return link;
  auto const leaves_by = parent(device, missing);
  if (!leaves_by) return std::nullopt;
  link.mac = device.mac;
  link.vxlan = rtnl::VxlanOptions{device.vni, device.port, *leaves_by, device.local, false};
  return link;
}

namespace {
bool differs(rtnl::Link const& wanted, rtnl::Link const& present) {
  return wanted.kind != present.kind || wanted.vxlan != present.vxlan || (wanted.mac && wanted.mac != present.mac);
}
}  // namespace

std::set<rtnl::InterfaceAddress> TunnelBook::addresses_of(unsigned index) const {
  std::set<rtnl::InterfaceAddress> all;
  for (auto const& address : addresses_) {
    if (address.interface == index && !address.address.is_link_local()) all.insert(address);
  }
  return all;
}

// What is wrong with a device that somebody else made; empty: nothing.
std::string TunnelBook::difference(Entry const& entry, rtnl::Link const& wanted, rtnl::Link const& present) const {
  if (differs(wanted, present)) return "its kind, VNI, port, parent, local address or MAC is not what is wanted";
  if (!entry.device.managed) return "";
  if (!present.up) return "it is down";
  if (present.mtu != wanted.mtu) {
    return "its MTU is " + std::to_string(present.mtu) + ", not " + std::to_string(wanted.mtu);
  }
  std::set<rtnl::InterfaceAddress> addresses;
  for (auto const& [address, length] : entry.device.addresses) addresses.insert({present.index, address, length});
  return addresses_of(present.index) == addresses ? "" : "its addresses are not those that are wanted";
}

// Ours by its alias, or because nobody has begun to use it: tunl0 as it comes with the module, or a device whose maker
// was ended before he could mark it.
bool TunnelBook::ours(Entry const& entry, rtnl::Link const& present) const {
  if (entry.made || present.alias == our_alias) return true;
  std::string missing;
  auto const wanted = model(entry, missing);
  auto const bare = present.alias.empty() && addresses_of(present.index).empty();
  return bare && wanted && !differs(*wanted, present) && (!present.up || present.kind == "ipip");
}

void TunnelBook::plan_device(Entry& entry, Time now, Operations& out) {
  auto const& name = entry.device.name;
  auto const managed = entry.device.managed;
  auto const* present = find(name);
  entry.mismatch.clear();
  auto const wanted = model(entry, entry.mismatch);
  if (!wanted) return;
  if (present == nullptr) {
    if (managed) {
      out.push_back({Kind::create, name, *wanted, {}, {}});
    } else {
      entry.mismatch = "there is no such device, and it is external: whoever manages it must make it";
    }
    return;
  }
  if (present->alias == our_alias) entry.made = false;
  if (managed && ours(entry, *present)) return plan_own(entry, *wanted, *present, now, out);
  entry.mismatch = difference(entry, *wanted, *present);
  if (entry.mismatch.empty()) {
    if (entry.device.kind == TunnelDevice::Kind::vxlan) plan_neighbours(entry, present->index, now, out);
    return;
  }
  entry.mismatch += managed ? ", and it is not ours: remove it, or leave it to whoever made it with "
                              "`tunnels: {devices: external}`"
                            : ", and it is external";
}

void TunnelBook::plan_own(Entry& entry, rtnl::Link const& wanted, rtnl::Link const& present, Time now,
                          Operations& out) const {
  if (differs(wanted, present)) {
    out.push_back({Kind::remove, wanted.name, present, {}, {}});
    return;
  }
  auto change = present;
  change.up = true;
  change.mtu = wanted.mtu;
  change.alias = wanted.alias;
  if (std::tie(present.up, present.mtu, present.alias) != std::tie(change.up, change.mtu, change.alias)) {
    out.push_back({Kind::change, wanted.name, change, {}, {}});
  }
  plan_addresses(entry, present.index, out);
  if (entry.device.kind == TunnelDevice::Kind::vxlan) plan_neighbours(entry, present.index, now, out);
}

// True while something is to be done before the device can be forgotten. The kernel's own tunl0 is removed without an
// effect and without an error: then it is bare at least.
bool TunnelBook::plan_leave(Entry const& entry, Operations& out) const {
  auto const& name = entry.device.name;
  auto const* present = find(name);
  if (present == nullptr) return false;
  auto const before = out.size();
  if (!entry.device.managed || (present->alias != our_alias && !entry.made)) {
    for (auto const& key : entry.given) {
      if (auto const known = neighbours_.find(key); known != neighbours_.end()) {
        out.push_back({Kind::remove_neighbour, name, {}, {}, known->second});
      }
    }
    return out.size() != before;
  }
  if (present->kind == "ipip") {
    for (auto const& address : addresses_of(present->index)) {
      out.push_back({Kind::remove_address, name, {}, address, {}});
    }
    auto bare = *present;
    bare.up = false;
    bare.alias.clear();
    out.push_back({Kind::change, name, bare, {}, {}});
  }
  out.push_back({Kind::remove, name, *present, {}, {}});
  return true;
}

void TunnelBook::plan_addresses(Entry const& entry, unsigned index, Operations& out) const {
  std::set<rtnl::InterfaceAddress> wanted;
  for (auto const& [address, length] : entry.device.addresses) wanted.insert({index, address, length});
  for (auto const& address : addresses_of(index)) {
    if (wanted.erase(address) == 0) out.push_back({Kind::remove_address, entry.device.name, {}, address, {}});
  }
  for (auto const& address : wanted) out.push_back({Kind::add_address, entry.device.name, {}, address, {}});
}

// What the kernel refused waits on its own: one remote end that it does not take must not keep the others out.
void TunnelBook::plan_neighbours(Entry& entry, unsigned index, Time now, Operations& out) const {
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
      auto const removable = entry.given.contains(it->first) || (entry.device.managed && ours(entry, links_.at(index)));
      if (removable) out.push_back({Kind::remove_neighbour, entry.device.name, {}, {}, it->second});
    } else if (known->second == it->second) {
      wanted.erase(known);
    }
  }
  std::erase_if(entry.refused, [&](auto const& one) { return !wanted.contains(one.first); });
  for (auto const& [key, neighbour] : wanted) {
    auto const refused = entry.refused.find(key);
    if (refused != entry.refused.end() && refused->second.next > now) continue;
    out.push_back({Kind::add_neighbour, entry.device.name, {}, {}, neighbour});
  }
}

// A refusal is forgotten when there is nothing more to do, however that came about.
std::vector<TunnelOperation> TunnelBook::plan(Time now) {
  Operations out;
  if (!look_ && next_retry() > now) return out;
  for (auto it = devices_.begin(); it != devices_.end();) {
    auto& entry = it->second;
    auto const before = out.size();
    auto done = false;
    if (!entry.failure || entry.failure->next <= now) {
      if (!entry.wanted) {
        done = !plan_leave(entry, out);
      } else if (!entry.device.name.empty()) {
        plan_device(entry, now, out);
      }
      if (out.size() == before) entry.failure.reset();
    }
    it = done ? devices_.erase(it) : std::next(it);
  }
  look_ = !out.empty();
  return out;
}

void TunnelBook::performed(TunnelOperation const& operation, std::optional<Refused> const& refused, Time now) {
  look_ = true;
  auto const known = devices_.find(operation.device);
  if (refused && !harmless(operation, *refused)) {
    if (known == devices_.end()) return;
    auto& entry = known->second;
    if (operation.kind == Kind::add_neighbour) {
      return entry.refused[key_of(operation.neighbour)].again(refused->text, now);
    }
    if (!entry.failure) entry.failure.emplace();
    entry.failure->again(refused->text, now);
    return;
  }
  auto* const entry = known == devices_.end() ? nullptr : &known->second;
  switch (operation.kind) {
    case Kind::create:
      if (entry != nullptr) entry->made = true;
      return;  // its user looks at the links again
    case Kind::change:
      if (entry != nullptr) entry->made = false;
      return;
    case Kind::remove:
      if (entry != nullptr) entry->made = false;
      if (entry != nullptr) entry->given.clear();
      return link_gone(operation.link.index);
    case Kind::add_address:
    case Kind::remove_address:
      return heard(operation.address, operation.kind == Kind::remove_address);
    case Kind::add_neighbour:
      if (entry != nullptr) entry->given.insert(key_of(operation.neighbour));
      if (entry != nullptr) entry->refused.erase(key_of(operation.neighbour));
      return heard(operation.neighbour, false);
    case Kind::remove_neighbour:
      if (entry != nullptr) entry->given.erase(key_of(operation.neighbour));
      return heard(operation.neighbour, true);
  }
}

// What is there already, or already gone.
bool TunnelBook::harmless(TunnelOperation const& operation, Refused const& refused) {
  switch (operation.kind) {
    case Kind::add_address:
      return refused.error == EEXIST;
    case Kind::remove:
      return refused.error == ENODEV;
    case Kind::remove_address:
      return refused.error == EADDRNOTAVAIL;
    case Kind::remove_neighbour:
      return refused.error == ENOENT;
    case Kind::create:
    case Kind::change:
    case Kind::add_neighbour:
      return false;
  }
  return false;
}

Time TunnelBook::next_retry() const {
  auto next = never;
  for (auto const& [name, entry] : devices_) {
    if (entry.failure) next = std::min(next, entry.failure->next);
    for (auto const& [key, failure] : entry.refused) next = std::min(next, failure.next);
  }
  return next;
}

void TunnelBook::retry_now() {
  look_ = true;
  for (auto& [name, entry] : devices_) {
    entry.failure.reset();
    entry.refused.clear();
  }
}

std::string TunnelBook::why_not(std::string const& device) const {
  auto const known = devices_.find(device);
  if (known == devices_.end()) return "nobody wants it";
  auto const& entry = known->second;
  if (entry.failure) return entry.failure->text;
  if (!entry.mismatch.empty() || entry.refused.empty()) return entry.mismatch;
  return std::to_string(entry.refused.size()) +
         " entries of remote ends are refused: " + entry.refused.begin()->second.text;
}

std::vector<TunnelBook::Description> TunnelBook::describe() const {
  std::vector<Description> all;
  for (auto const& [name, entry] : devices_) {
    if (!entry.wanted || entry.device.name.empty()) continue;
    all.push_back({name, entry.device.kind, why_not(name), entry.vteps.size()});
  }
  return all;
}

}  // namespace tern::fib
