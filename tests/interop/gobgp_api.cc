#include "gobgp_api.h"

namespace interop {

namespace {

// Protobuf: a field's number and kind, then a number, or a length and octets.
std::string varint(std::uint64_t number) {
  std::string out;
  for (; number > 127; number >>= 7) out += static_cast<char>(number | 128);
  return out + static_cast<char>(number);
}
std::string field(unsigned number, std::uint64_t value) { return varint(number << 3) + varint(value); }
std::string field(unsigned number, std::string const& octets) {
  return varint(number << 3 | 2) + varint(octets.size()) + octets;
}

std::string octets_of(std::string const& hex) {
  std::string digits, out;
  for (auto const c : hex) {
    if (c != ' ') digits += c;
  }
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    out += static_cast<char>(std::stoul(digits.substr(at, 2), nullptr, 16));
  }
  return out;
}

std::string family_message(bgp::Family family) { return field(1, family.afi) + field(2, family.safi); }

// The numbers of fields are those of GoBGP 3's api/gobgp.proto.
constexpr unsigned path_is_withdraw = 5, path_family = 9, path_nlri_binary = 20, path_attributes_binary = 21;
constexpr unsigned add_path_path = 3, list_path_family = 3, list_path_nlri_binary = 7;

/// The answer, with the headers and trailers of HTTP in front.
std::string call(support::TemporaryDirectory const& directory, std::string const& socket, std::string const& method,
                 std::string const& message) {
  auto const size = message.size();
  std::string request(1, '\0');
  for (auto const shift : {24U, 16U, 8U, 0U}) request += static_cast<char>(size >> shift);
  auto const file = directory.write("request.grpc", request + message);
  return support::run({"curl", "-s", "-S", "--max-time", "10", "--http2-prior-knowledge", "--unix-socket", socket, "-H",
                       "content-type: application/grpc", "-H", "te: trailers", "--data-binary", "@" + file, "-D", "-",
                       "http://localhost/apipb.GobgpApi/" + method})
      .output;
}

}  // namespace

std::string add_path(support::TemporaryDirectory const& directory, std::string const& socket, RawPath const& path) {
  auto message = field(path_family, family_message(path.family)) + field(path_nlri_binary, octets_of(path.nlri));
  for (auto const& attribute : path.attributes) message += field(path_attributes_binary, octets_of(attribute));
  if (path.withdrawn) message += field(path_is_withdraw, 1);
  auto const answer = call(directory, socket, "AddPath", field(add_path_path, message));
  return answer.find("grpc-status: 0") != std::string::npos ? "" : answer;
}

bool has_path(support::TemporaryDirectory const& directory, std::string const& socket, bgp::Family family,
              std::string const& nlri) {
  auto const message = field(list_path_family, family_message(family)) + field(list_path_nlri_binary, 1);
  return call(directory, socket, "ListPath", message).find(octets_of(nlri)) != std::string::npos;
}

}  // namespace interop
