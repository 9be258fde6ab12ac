#include "mgmt/address_text.h"

#include <net/if.h>

#include <charconv>

namespace tern::mgmt {

std::string address_text(ScopedAddress const& address) {
  auto out = address.address.text();
  if (address.scope_id == 0) return out;
  char name[IF_NAMESIZE];
  out += '%';
  return out + (if_indextoname(address.scope_id, name) != nullptr ? name : std::to_string(address.scope_id));
}

std::optional<ScopedAddress> parse_address(std::string const& text) {
  auto const percent = text.find('%');
  auto const address = bgp::IpAddress::parse(std::string_view(text).substr(0, percent));
  if (!address) return std::nullopt;
  if (percent == std::string::npos) return ScopedAddress{*address, 0};
  auto const interface = text.substr(percent + 1);
  std::uint32_t index = 0;
  auto const* const end = interface.data() + interface.size();
  auto const [stopped, error] = std::from_chars(interface.data(), end, index);
  if (error != std::errc{} || stopped != end) index = if_nametoindex(interface.c_str());
  if (index == 0 || !address->is_link_local()) return std::nullopt;
  return ScopedAddress{*address, index};
}

}  // namespace tern::mgmt
