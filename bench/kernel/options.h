// What the command line of tern-kernel asks for.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

namespace bench {

/// A way in the kernel's namespace: by this interface to this neighbour.
struct Way {
  std::string interface;
  std::string gateway;
};

struct KernelOptions {
  std::string work = "alone";
  std::string netns;                          // of the kernel's tables; empty: our own
  std::string mrt;                            // a recorded feed; empty: a generated table
  std::uint32_t routes = 500'000;             // of the generated table
  std::uint64_t seed = 1;                     // and of the shuffle
  Way way, other;                             // where all routes lead at first, and after they were moved
  std::uint8_t protocol = 179;                // whose routes are looked at (BIRD's are 12)
  std::uint32_t batch = 200;                  // alone: requests a send
  std::uint32_t objects = 1;                  // alone: next-hop objects that share the routes; 0: as many as the feed's
  std::string local, remote, next_hop;        // the BGP session; next_hop: instead of the feed's own
  std::uint32_t as = 65000;                   // of both
  pid_t pid = 0;                              // the daemon, for its CPU time and memory
  double rest = 0;                            // feed: seconds for which the daemon is left alone
  double timeout = 120;                       // of each phase, s
  std::uint32_t nodes = 1000, blocks = 4000;  // nodes: how many of each
};

}  // namespace bench
