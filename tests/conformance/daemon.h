// What differs between one daemon and the next: how its configuration is written and how it is started.
// A driver is data plus two functions; daemons.cc has one for each daemon that the runner knows.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"

namespace conformance {

struct Neighbour {
  std::string address;
  std::uint32_t as = 0;
  bool client = false;        // of our route reflection
  bool passive = true;        // the daemon waits for it
  bool as_set = false;        // AS_SET is accepted from it
  bool route_server = false;  // the first AS of its paths need not be its own
  [[nodiscard]] bool ipv6() const { return address.find(':') != std::string::npos; }
};

/// The daemon is a route reflector with IPv4 and IPv6 unicast, accepts and exports everything, and knows each next hop.
struct Plan {
  std::string address = "10.77.0.1";
  std::string address6 = "2001:db8:77::1";
  std::string id = "10.77.0.1";
  std::string cluster = "1.1.1.1";
  std::uint32_t as = 65000;
  std::vector<Neighbour> neighbours = {};
  [[nodiscard]] std::string const& end(Neighbour const& one) const { return one.ipv6() ? address6 : address; }
};

struct Driver {
  std::string_view name;
  std::string_view program;  // unless another path is given
  bool ours = false;
  std::function<std::string(Plan const&, std::string const& directory)> configuration;
  std::function<support::Arguments(std::string const& program, std::string const& file, std::string const& directory)>
      command;
};

std::vector<Driver> const& drivers();
/// Null when there is none of that name.
Driver const* find_driver(std::string_view name);

}  // namespace conformance
