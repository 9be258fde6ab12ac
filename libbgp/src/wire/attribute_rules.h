// The one table of path attributes: what each looks like, and what RFC 7606 does to it where it does not. Data and
// small checkers; who applies it are cut_update (NEXT_HOP) and decode_attributes (all others). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "wire/attribute_reader.h"
#include "wire/attributes.h"
#include "wire/update.h"

namespace bgp::wire {

/// Subcodes of the UPDATE Message Error (RFC 4271 §6.3).
enum UpdateError : std::uint8_t {
  malformed_list = 1,
  unrecognized_well_known = 2,
  missing_well_known = 3,
  flags_error = 4,
  length_error = 5,
  invalid_origin = 6,
  invalid_next_hop = 8,
  optional_error = 9,
  invalid_network = 10,
  malformed_as_path = 11,
};
inline constexpr std::uint8_t update_error = 3;

/// What is wrong with a value; no `rule` means nothing. `action` replaces the row's when it is set.
struct Finding {
  std::string_view rule;
  std::uint8_t subcode = 0;
  Action action = Action::none;
  std::size_t at = 0;  ///< the octet of the value
};

/// The lengths that a value may have.
struct LengthRule {
  std::size_t least = 0;
  std::size_t most = 0xffff;
  std::size_t step = 1;
  [[nodiscard]] constexpr bool holds(std::size_t size) const {
    return size >= least && size <= most && size % step == 0;
  }
};

/// From whom the attribute is taken; from others it is discarded unseen.
enum class Source : std::uint8_t { anyone, internal_peer, two_octet_peer };

/// Whether it becomes part of the route.
enum class Keep : std::uint8_t {
  yes,
  no,    ///< optional, non-transitive, and nothing here uses it: it must not leak to other peers
  apart  ///< cut_update or the AS4 merge takes it
};

struct AttributeRule {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;  ///< the Optional and Transitive bits
  Source source = Source::anyone;
  Keep keep = Keep::yes;
  LengthRule length;
  Action malformed = Action::none;  ///< wrong length or value
  Action bad_flags = Action::none;
  Finding (*check)(Bytes value, DecodeContext const& context) = nullptr;
  std::string_view source_text;
  std::string_view flags_text;
  std::string_view length_text;
};

/// The row of `type`; nullptr when the attribute is unknown.
[[nodiscard]] AttributeRule const* find_rule(std::uint8_t type);

/// Applies a row: nothing when the attribute is as it should be. In the order in which RFC 7606 decides: from whom it
/// comes, flags, length, value.
[[nodiscard]] std::optional<AttributeFault> apply_rule(AttributeRule const& rule, RawAttribute const& attribute,
                                                       DecodeContext const& context);

// What a fault may be about, in octets from the attribute's first; a value begins at value_at.
inline constexpr std::size_t flags_at = 0, type_at = 1, length_at = 2;
[[nodiscard]] inline std::size_t value_at(RawAttribute const& attribute) {
  return attribute.whole.size() - attribute.value.size();
}

/// `octet` counts from the attribute's first; who knows where that stands adds it.
[[nodiscard]] inline AttributeFault make_fault(Action action, RawAttribute const& attribute, std::uint8_t subcode,
                                               std::string_view rule, std::size_t octet) {
  return {action, attribute.type, subcode, Buffer(attribute.whole.begin(), attribute.whole.end()), rule, 0, octet};
}

}  // namespace bgp::wire
