// What the command line of tern-load asks for.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "kit/endpoint.h"

namespace bench {

struct LoadOptions {
  std::string work = "fan";
  Endpoint remote;
  std::uint32_t first_source = 0;  // neighbour i dials from this address + i
  std::uint32_t as = 65000;
  std::uint32_t routes = 500'000;
  std::uint32_t senders = 1;
  std::uint32_t receivers = 1;
  bool add_path = false;  // receivers take the paths of all senders
  bool external = false;  // eBGP: senders are of the AS after the daemon's, receivers of the one after that
  bool ipv6 = false;      // the table's prefixes as IPv6
  bool watch = false;     // fan: how late are keepalives meanwhile, and the machine?
  std::uint64_t seed = 1;
  std::string mrt;              // feed: the recording; empty: a generated table
  bool reflected = true;        // expect ORIGINATOR_ID and CLUSTER_LIST
  double timeout = 120;         // of each phase, s
  pid_t pid = 0;                // the daemon, for its CPU time and memory
  std::uint32_t rounds = 1000;  // latency
  double round_limit = 10;      // latency: s for all rounds
  double stall = 60;            // stall: s
  std::uint32_t rate = 5000;    // stall, churn: changed routes a second
  double duration = 20;         // churn: s
  std::string command;          // reload: what makes the daemon do it
  std::string at_end;           // a shell's line, see at_end.h
  bool json = false;

  [[nodiscard]] std::uint32_t sender_as() const { return external ? as + 1 : as; }
  [[nodiscard]] std::uint32_t receiver_as() const { return external ? as + 2 : as; }
};

}  // namespace bench
