// Path attributes and NLRI of a recorded message as JSON, one by one and as they stand in it, right or wrong. What is
// unknown, or does not have the length that it should, is shown in hexadecimal. Not here: what is wrong with them.
// Pure.
#pragma once

#include <string_view>

#include "mgmt/json_writer.h"
#include "wire/attribute_reader.h"
#include "wire/update.h"

namespace tern::ctl {

using bgp::Bytes;
using mgmt::JsonWriter;

/// How NLRI and paths are written in what is shown.
struct Form {
  bool four_octet_as = true;
  bool add_path = false;  ///< in all families
  bool table = false;     ///< MP_REACH_NLRI holds a next hop alone (RFC 6396 §4.3.4), of a route of this family:
  bgp::Family family = {};
};

/// "0x" and the octets.
[[nodiscard]] std::string hex_text(Bytes octets);
/// "ORIGIN"; "" for one without a name here.
[[nodiscard]] std::string_view attribute_name(std::uint8_t type);
/// One NLRI of a family with more than plain prefixes, for people.
[[nodiscard]] std::string nlri_text(Bytes one, bgp::Family family, bool withdrawn);
/// The array of a list; `octet` is where it stands in the message.
void write_attributes(JsonWriter& json, Bytes list, std::size_t octet, Form const& form);
/// The array of prefixes; with ADD-PATH of objects. What cannot be read is the last element, in hexadecimal.
void write_nlri(JsonWriter& json, Bytes nlri, bgp::Family family, Form const& form, bool withdrawn);

}  // namespace tern::ctl
