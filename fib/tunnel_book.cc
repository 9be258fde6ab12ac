#include "fib/tunnel_book.h"

#include <algorithm>
#include <cerrno>
#include <regex>

namespace tern::fib {

using Kind = TunnelOperation::Kind;

namespace {
constexpr std::uint32_t least_mtu = 68;  // of any device

std::uint32_t less(std::uint32_t mtu, std::uint32_t overhead) { return std::max(mtu, least_mtu + overhead) - overhead; }
std::uint32_t vxlan_overhead(bgp::IpAddress const& local) { return local.is_v6() ? 70 : 50; }
}  // namespace

std::uint32_t tunnel_mtu(std::map<unsigned, rtnl::Link> const& links, TunnelDevice const& device) {
  static std::regex const network_card("((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)");
  std::uint32_t smallest = 0;
  for (auto const& [index, link] : links) {
    if (!link.up || !std::regex_match(link.name, network_card)) continue;
    smallest = smallest == 0 ? link.mtu : std::min(smallest, link.mtu);
  }
  if (smallest == 0) smallest = 1460;
  return less(smallest, device.kind == TunnelDevice::Kind::ipip ? 20 : vxlan_overhead(device.local));
}

// ---- What is wanted

void TunnelBook::want(TunnelDevice const& device) {
  look_ = true;
  auto& entry = devices_[device.name];
  entry.wanted = true;
  if (entry.device == device) return;
  entry.device = device;
  entry.failure.reset();
  entry.mtu_failure.reset();
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
  auto const key = key_of(neighbour);
  auto const gone = removed || !neighbour.permanent;
  if (gone) {
    neighbours_.erase(key);
  } else {
    neighbours_[key] = neighbour;
  }
  // What somebody else has changed is his.
  for (auto& [name, entry] : devices_) {
    auto const given = entry.given.find(key);
    if (given != entry.given.end() && (gone || given->second != neighbour)) entry.given.erase(given);
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
  link.mtu = std::min(link.mtu, mtu_limit(link));
  return link;
}

// The kernel refuses more than the interface that the packets leave by can carry.
std::uint32_t TunnelBook::mtu_limit(rtnl::Link const& wanted) const {
  auto const parent = wanted.vxlan ? links_.find(wanted.vxlan->parent) : links_.end();
  if (parent == links_.end() || parent->second.mtu == 0) return 65535;
  return less(parent->second.mtu, vxlan_overhead(wanted.vxlan->local));
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

// Ours by its alias, or because nobody has begun to use it: tunl0 as it comes with the module.
bool TunnelBook::ours(Entry const& entry, rtnl::Link const& present) const {
  if (entry.made || present.alias == our_alias) return true;
  auto const ipip = entry.device.kind == TunnelDevice::Kind::ipip && present.kind == "ipip";
  auto const bare = present.alias.empty() && !present.up && addresses_of(present.index).empty();
  return ipip && present.name == module_device && bare;
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
      // With the MTU that the kernel gives it: it shall not fail for that.
      auto created = *wanted;
      created.mtu = 0;
      out.push_back({Kind::create, name, created, {}, {}});
    } else {
      entry.mismatch = "there is no such device, and it is external: whoever manages it must make it";
    }
    return;
  }
  if (present->alias == our_alias) entry.made = false;
  if (managed && ours(entry, *present)) return plan_own(entry, *wanted, *present, now, out);
  entry.mismatch = difference(entry, *wanted, *present);
  if (entry.mismatch.empty()) {
    if (entry.device.kind == TunnelDevice::Kind::vxlan) plan_neighbours(entry, present->index, false, now, out);
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
  // The mark before all else; the kernel sets it before the device is up.
  auto change = present;
  change.up = true;
  change.mtu = 0;
  change.alias = wanted.alias;
  if (std::tie(present.up, present.alias) != std::tie(change.up, change.alias)) {
    out.push_back({Kind::change, wanted.name, change, {}, {}});
  }
  plan_mtu(entry, wanted, change, present.mtu, now, out);
  plan_addresses(entry, present.index, out);
  if (entry.device.kind == TunnelDevice::Kind::vxlan) plan_neighbours(entry, present.index, true, now, out);
}

// Apart from the rest: an MTU that the kernel refuses keeps no device down and no remote end out.
void TunnelBook::plan_mtu(Entry& entry, rtnl::Link const& wanted, rtnl::Link change, std::uint32_t present, Time now,
                          Operations& out) {
  if (entry.device.mtu > wanted.mtu) {
    entry.mismatch = "an MTU of " + std::to_string(entry.device.mtu) + " is more than the interface it leaves by has " +
                     "room for, it has " + std::to_string(wanted.mtu) + ": lower `tunnels: {mtu: ...}`, or raise the " +
                     "interface's";
  }
  if (present == wanted.mtu) return entry.mtu_failure.reset();
  if (entry.mtu_failure && entry.mtu_failure->next > now) return;
  change.mtu = wanted.mtu;
  out.push_back({Kind::set_mtu, wanted.name, change, {}, {}});
}

// True while something is to be done before the device can be forgotten. The kernel's own tunl0 is removed without an
// effect and without an error: then it is bare at least.
bool TunnelBook::plan_leave(Entry const& entry, Operations& out) const {
  auto const& name = entry.device.name;
  auto const* present = find(name);
  if (present == nullptr) return false;
  auto const before = out.size();
  if (!entry.device.managed || (present->alias != our_alias && !entry.made)) {
    for (auto const& [key, neighbour] : entry.given) {
      if (neighbours_.contains(key)) out.push_back({Kind::remove_neighbour, name, {}, {}, neighbour});
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

// A permanent entry that we did not give.
bool TunnelBook::is_strangers(Entry const& entry, NeighbourKey const& key) const {
  return neighbours_.contains(key) && !entry.given.contains(key);
}

// What the kernel refused waits on its own: one remote end that it does not take must not keep the others out. On a
// device that is not ours nothing of others is replaced or removed but what the kernel itself found out.
void TunnelBook::plan_neighbours(Entry& entry, unsigned index, bool own, Time now, Operations& out) const {
  entry.conflict.clear();
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
      auto const removable = own || entry.given.contains(it->first);
      if (removable) out.push_back({Kind::remove_neighbour, entry.device.name, {}, {}, it->second});
    } else if (known->second == it->second) {
      wanted.erase(known);
    }
  }
  std::erase_if(entry.refused, [&](auto const& one) { return !wanted.contains(one.first); });
  std::erase_if(entry.passing, [&](auto const& key) { return !wanted.contains(key); });
  for (auto const& [key, neighbour] : wanted) {
    auto const refused = entry.refused.find(key);
    if (refused != entry.refused.end() && refused->second.next > now) continue;
    if (!own && is_strangers(entry, key)) {
      entry.conflict = "somebody else's permanent entry stands where that of the remote end " +
                       neighbour.address.text() + " should: remove it, or whoever puts it there";
      continue;
    }
    auto const replace = own || entry.given.contains(key) || entry.passing.contains(key);
    out.push_back({Kind::add_neighbour, entry.device.name, {}, {}, neighbour, replace});
  }
}

// A refusal is forgotten when there is nothing more to do, however that came about: a retry in the past would be one
// without an end.
void TunnelBook::forget_failures(Entry& entry, Time now) {
  entry.failure.reset();
  if (entry.mtu_failure && entry.mtu_failure->next <= now) entry.mtu_failure.reset();
  std::erase_if(entry.refused, [now](auto const& one) { return one.second.next <= now; });
}

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
      if (out.size() == before) forget_failures(entry, now);
    }
    it = done ? devices_.erase(it) : std::next(it);
  }
  look_ = !out.empty();
  return out;
}

void TunnelBook::note_refused(Entry& entry, TunnelOperation const& operation, Refused const& refused, Time now) {
  if (operation.kind == Kind::add_neighbour) {
    auto const key = key_of(operation.neighbour);
    // If it is somebody's, we are told before the next plan.
    if (!operation.replace && refused.error == EEXIST && entry.passing.insert(key).second) return;
    return entry.refused[key].again(refused.text, now);
  }
  auto& failure = operation.kind == Kind::set_mtu ? entry.mtu_failure : entry.failure;
  if (!failure) failure.emplace();
  failure->again(refused.text, now);
}

void TunnelBook::performed(TunnelOperation const& operation, std::optional<Refused> const& refused, Time now) {
  look_ = true;
  auto const known = devices_.find(operation.device);
  if (refused && !harmless(operation, *refused)) {
    if (known == devices_.end()) return;
    return note_refused(known->second, operation, *refused, now);
  }
  auto* const entry = known == devices_.end() ? nullptr : &known->second;
  switch (operation.kind) {
    case Kind::create:
      if (entry != nullptr) entry->made = true;
      return;  // its user looks at the links again
    case Kind::change:
      if (entry != nullptr) entry->made = false;
      return;
    case Kind::set_mtu:
      if (auto const link = links_.find(operation.link.index); link != links_.end())
        link->second.mtu = operation.link.mtu;
      return;
    case Kind::remove:
      if (entry != nullptr) entry->made = false;
      if (entry != nullptr) entry->given.clear();
      return link_gone(operation.link.index);
    case Kind::add_address:
    case Kind::remove_address:
      return heard(operation.address, operation.kind == Kind::remove_address);
    case Kind::add_neighbour:
      if (entry != nullptr) entry->given[key_of(operation.neighbour)] = operation.neighbour;
      if (entry != nullptr) entry->refused.erase(key_of(operation.neighbour));
      if (entry != nullptr) entry->passing.erase(key_of(operation.neighbour));
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
    case Kind::set_mtu:
    case Kind::add_neighbour:
      return false;
  }
  return false;
}

Time TunnelBook::next_retry() const {
  auto next = never;
  for (auto const& [name, entry] : devices_) {
    if (entry.failure) {  // nothing of the device is looked at before
      next = std::min(next, entry.failure->next);
      continue;
    }
    if (entry.mtu_failure) next = std::min(next, entry.mtu_failure->next);
    for (auto const& [key, failure] : entry.refused) next = std::min(next, failure.next);
  }
  return next;
}

void TunnelBook::retry_now() {
  look_ = true;
  for (auto& [name, entry] : devices_) {
    entry.failure.reset();
    entry.mtu_failure.reset();
    entry.refused.clear();
  }
}

std::string TunnelBook::why_not(std::string const& device) const {
  auto const known = devices_.find(device);
  if (known == devices_.end()) return "nobody wants it";
  auto const& entry = known->second;
  if (entry.failure) return entry.failure->text;
  if (!entry.mismatch.empty()) return entry.mismatch;
  if (entry.mtu_failure) return "its MTU is refused: " + entry.mtu_failure->text;
  if (entry.refused.empty()) return entry.conflict;
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
