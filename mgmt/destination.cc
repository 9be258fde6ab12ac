#include "mgmt/destination.h"

namespace tern::mgmt {

std::optional<Destination> parse_destination(std::string const& text, Response& problem) {
  auto const prefix = bgp::Prefix::parse(text);
  if (!prefix) {
    problem = error_response(400, "'" + text + "' is neither a prefix nor an address",
                             "write for instance 192.0.2.0/24, or an address to find its route");
    return std::nullopt;
  }
  auto const slash = text.find('/');
  if (slash == std::string::npos) return Destination{*prefix, true};
  if (bgp::IpAddress::parse(text.substr(0, slash)) == prefix->address()) return Destination{*prefix, false};
  problem = error_response(400, "'" + text + "' has bits set past its length", "write " + prefix->text());
  return std::nullopt;
}

std::optional<bool> longer_of(Request const& request, Response& problem) {
  auto const longer = request.get("longer");
  if (longer != "" && longer != "true" && longer != "false") {
    problem = error_response(400, "longer is neither true nor false", "write longer=true");
    return std::nullopt;
  }
  if (longer == "true" && request.get("prefix").empty()) {
    problem = error_response(400, "longer needs a prefix", "add prefix=...");
    return std::nullopt;
  }
  return longer == "true";
}

}  // namespace tern::mgmt
