// What GoBGP's command line cannot say, through its gRPC API: a route of any family as the octets of its NLRI and its
// attributes. gRPC is a POST of HTTP/2 with a length before a protobuf message, which curl can send.
#pragma once

#include <string>
#include <vector>

#include "bgp/types.h"
#include "support/process.h"

namespace interop {

struct RawPath {
  bgp::Family family;
  std::string nlri;                     ///< in hex
  std::vector<std::string> attributes;  ///< whole ones, in hex; MP_REACH_NLRI among them says the next hop
  bool withdrawn = false;
};

/// Adds `path` to the table of the GoBGP whose API is at `socket`, or takes it out. What it answers: "" for yes.
[[nodiscard]] std::string add_path(support::TemporaryDirectory const& directory, std::string const& socket,
                                   RawPath const& path);
/// Whether its table of the family holds this NLRI.
[[nodiscard]] bool has_path(support::TemporaryDirectory const& directory, std::string const& socket, bgp::Family family,
                            std::string const& nlri);

}  // namespace interop
