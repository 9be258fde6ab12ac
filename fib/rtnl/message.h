// Netlink messages to octets and back: headers and attributes in the kernel's layout (host byte order, aligned to
// four). Knows no message's meaning; those stand beside it, one file an object. Pure.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "bgp/types.h"

namespace tern::fib::rtnl {

using Bytes = std::span<std::uint8_t const>;
using Buffer = std::vector<std::uint8_t>;

[[nodiscard]] constexpr std::size_t aligned(std::size_t size) { return (size + 3) / 4 * 4; }

/// Appends one request to a buffer: the header and the fixed part at once, then attributes; complete when it ends.
class Writer {
 public:
  template <class Fixed>
  Writer(Buffer& out, std::uint16_t type, unsigned flags, std::uint32_t sequence, Fixed const& fixed)
      : out_(out), begin_(out.size()) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
    header.nlmsg_seq = sequence;
    raw(header);
    raw(fixed);
  }
  ~Writer() {
    auto const size = static_cast<std::uint32_t>(out_.size() - begin_);
    std::memcpy(out_.data() + begin_ + offsetof(nlmsghdr, nlmsg_len), &size, sizeof size);
  }
  Writer(Writer const&) = delete;
  Writer& operator=(Writer const&) = delete;

  void bytes(std::uint16_t type, void const* value, std::size_t size) {
    raw(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + size), type});
    append(value, size);
  }
  template <class Value>
  void value(std::uint16_t type, Value const& value) {
    bytes(type, &value, sizeof value);
  }
  /// With its terminating zero, as the kernel wants names.
  void text(std::uint16_t type, std::string const& text) { bytes(type, text.c_str(), text.size() + 1); }
  void address(std::uint16_t type, bgp::IpAddress const& address) { bytes(type, address.data(), address.size()); }
  /// What `fill` writes becomes the value of one attribute.
  template <class Fill>
  void nested(std::uint16_t type, Fill&& fill) {
    auto const at = raw(nlattr{0, type});
    fill();
    patch_length(at);
  }
  /// A structure without a header of its own; returns where it stands.
  template <class Fixed>
  std::size_t raw(Fixed const& fixed) {
    static_assert(std::is_trivially_copyable_v<Fixed>);
    auto const at = out_.size();
    append(&fixed, sizeof fixed);
    return at;
  }
  /// Sets the 16-bit length that stands at `at` to the size of all from there.
  void patch_length(std::size_t at) {
    auto const size = static_cast<std::uint16_t>(out_.size() - at);
    std::memcpy(out_.data() + at, &size, sizeof size);
  }

 private:
  void append(void const* data, std::size_t size) {
    auto const at = out_.size();
    out_.resize(at + aligned(size));
    if (size != 0) std::memcpy(out_.data() + at, data, size);
  }

  Buffer& out_;
  std::size_t begin_;
};

/// A received message: its header and what follows.
struct Message {
  nlmsghdr header{};
  Bytes payload;
};

/// Takes the first message off `octets`; nothing at the end, or where the rest is no whole message.
[[nodiscard]] inline std::optional<Message> next_message(Bytes& octets) {
  Message message;
  if (octets.size() < sizeof message.header) return std::nullopt;
  std::memcpy(&message.header, octets.data(), sizeof message.header);
  auto const size = std::size_t{message.header.nlmsg_len};
  if (size < sizeof message.header || size > octets.size()) return std::nullopt;
  message.payload = octets.subspan(sizeof message.header, size - sizeof message.header);
  octets = octets.subspan(std::min(aligned(size), octets.size()));
  return message;
}

/// Reads `T` from the start of `octets`; zeros where they are too short.
template <class T>
[[nodiscard]] T read(Bytes octets) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value{};
  if (octets.size() >= sizeof value) std::memcpy(&value, octets.data(), sizeof value);
  return value;
}

/// A view of the attributes after a message's fixed part, or within one of them.
class Attributes {
 public:
  struct Attribute {
    std::uint16_t type = 0;
    Bytes value;
  };

  explicit Attributes(Bytes octets) : rest_(octets) {}
  template <class Fixed>
  [[nodiscard]] static Attributes after(Bytes payload) {
    return Attributes(payload.subspan(std::min(aligned(sizeof(Fixed)), payload.size())));
  }

  /// The next one; nothing at the end.
  [[nodiscard]] std::optional<Attribute> next() {
    auto const header = read<nlattr>(rest_);
    if (header.nla_len < sizeof header || header.nla_len > rest_.size()) return std::nullopt;
    Attribute const attribute{static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                              rest_.subspan(sizeof header, header.nla_len - sizeof header)};
    rest_ = rest_.subspan(std::min(aligned(header.nla_len), rest_.size()));
    return attribute;
  }

 private:
  Bytes rest_;
};

[[nodiscard]] inline std::string read_text(Bytes value) {
  auto const* begin = reinterpret_cast<char const*>(value.data());
  return {begin, strnlen(begin, value.size())};
}

/// Unset unless `value` has the size of an address.
[[nodiscard]] inline bgp::IpAddress read_address(Bytes value) {
  if (value.size() != 4 && value.size() != 16) return {};
  return bgp::IpAddress::from_bytes(value.data(), value.size());
}

}  // namespace tern::fib::rtnl
