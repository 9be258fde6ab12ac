// A small network to test daemons in, said in a few words: hosts on segments, a host on two of them is a router, pods
// behind hosts as a CNI plugin makes them. Hosts and pods are network namespaces without names, segments are bridges in
// the test's own: nothing is left behind, and scenes in several processes do not meet. Not here: daemons (daemons.h).
// One thread; the process must be in a namespace of its own (support::isolate) before a Scene is made.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "support/netns.h"
#include "support/process.h"

namespace scene {

/// Addresses of a host on a segment: "10.0.0.1/24", "2001:db8::1/64".
struct Leg {
  std::string segment;
  std::vector<std::string> addresses;
};

/// Its legs are eth0, eth1, ... It forwards.
class Host {
 public:
  explicit Host(std::string name);
  virtual ~Host() = default;
  Host(Host const&) = delete;
  Host& operator=(Host const&) = delete;

  [[nodiscard]] std::string const& name() const { return name_; }
  [[nodiscard]] support::Namespace const& network() const { return network_; }
  /// What a shell prints for this in the host; throws when it fails, with what it printed.
  std::string run(std::string const& command) const;  // NOLINT(modernize-use-nodiscard)
  /// The same, whatever its exit status.
  [[nodiscard]] std::string show(std::string const& command) const;
  void ip(std::string const& arguments) const { run("ip " + arguments); }

 private:
  std::string name_;
  support::Namespace network_;
};

/// A host behind another: eth0 with its addresses, everything by way of its node, which has a route to it.
class Pod : public Host {
 public:
  Pod(std::string name, Host const& node, std::vector<std::string> addresses);
  [[nodiscard]] std::vector<std::string> const& addresses() const { return addresses_; }
  /// The node's end: "cali" and its name.
  [[nodiscard]] std::string interface() const { return "cali" + name(); }

 private:
  std::vector<std::string> addresses_;
};

class Scene {
 public:
  /// A host; what it names are made. With `gateway` (one a family) its default routes.
  Host& host(std::string const& name, std::vector<Leg> const& legs, std::vector<std::string> const& gateways = {});
  /// `addresses` without a length; the name at most ten characters.
  Pod& pod(std::string const& name, Host const& node, std::vector<std::string> const& addresses);
  /// A leg's cable is drawn, or put back.
  void plug(Host const& host, unsigned leg, bool in);

 private:
  std::list<Host> hosts_;
  std::list<Pod> pods_;
  std::map<std::string, std::string> bridges_;                        // segment -> interface of our namespace
  std::map<std::pair<Host const*, unsigned>, std::string> our_ends_;  // of a leg
  unsigned ends_ = 0;
};

/// Three echoes each, all answered: to an address, or to each address of a pod.
[[nodiscard]] bool ping(Host const& from, std::string const& address);
[[nodiscard]] bool ping(Host const& from, Pod const& to);

/// All of a host's routes, rules, next-hop objects, addresses and permanent neighbours but those of `protocol` and on
/// tunnel devices (vxlan.calico, vxlan-v6.calico, tunl0), as `ip` prints them: the same before and after means that
/// nothing of anybody else's was touched.
[[nodiscard]] std::string foreign_state(Host const& host, unsigned protocol = 179);

/// Routes of BIRD, of Felix, of an operator, and one at each of `contested` (prefix and metric), all by way of
/// `gateway`; and a rule.
void seed_foreign(Host const& host, std::string const& gateway, std::vector<std::string> const& contested = {},
                  unsigned metric = 1024);

}  // namespace scene
