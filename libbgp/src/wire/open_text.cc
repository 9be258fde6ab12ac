#include <algorithm>
#include <utility>

#include "bgp/peer_config.h"
#include "wire/open.h"

namespace bgp::wire {

std::string role_name(std::uint8_t role) { return role < roles ? std::string(name(Role{role})) : std::to_string(role); }

std::string_view add_path_mode_name(std::uint8_t mode) {
  if (mode == AddPath::receive) return "receive";
  return mode == AddPath::send ? "send" : "send and receive";
}

std::string protocol_name(std::uint16_t afi) {
  if (afi == ipv4_unicast.afi) return "ipv4";
  return afi == ipv6_unicast.afi ? "ipv6" : "afi " + std::to_string(afi);
}

std::string_view capability_name(std::uint8_t code) {
  using Name = std::pair<std::uint8_t, std::string_view>;
  static constexpr Name names[] = {
      {1, "multiprotocol"},
      {2, "route refresh"},
      {3, "outbound route filtering"},
      {4, "multiple routes to a destination"},
      {5, "extended next hop"},
      {6, "extended message"},
      {7, "BGPsec"},
      {8, "multiple labels"},
      {9, "role"},
      {64, "graceful restart"},
      {65, "four-octet AS"},
      {67, "dynamic capability"},
      {68, "multisession"},
      {69, "ADD-PATH"},
      {70, "enhanced route refresh"},
      {71, "long-lived graceful restart"},
      {72, "routing policy distribution"},
      {73, "FQDN"},
      {74, "BFD strict mode"},
      {75, "software version"},
      {76, "PATHS-LIMIT"},
      {128, "route refresh (prestandard)"},
  };
  auto const* const found = std::ranges::find(names, code, &Name::first);
  return found == std::end(names) ? std::string_view() : found->second;
}

}  // namespace bgp::wire
