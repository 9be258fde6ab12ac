// One BGP message as JSON: what it says, what is wrong with it at which octet and by which rule, and what a receiver
// does (RFC 4271 §6, RFC 7606). What can be read is shown, whatever is wrong elsewhere. The judgement is that of the
// wire room, as a daemon of ours would make it. Not here: what depends on the receiver's own state, such as an AS loop.
// Pure.
#pragma once

#include <optional>

#include "mgmt/ternctl/decode/attribute_json.h"

namespace tern::ctl {

/// The session that a message came over, as far as its meaning depends on it.
struct DecodeOptions {
  bgp::wire::DecodeContext session;  ///< with check_first_as when the AS of the peer is known
  std::optional<bgp::Asn> peer_as;   ///< then an OPEN is held against it, too
  bool extended_messages = false;    ///< RFC 8654
};

struct Shown {
  std::size_t size = 0;  ///< octets that the message took; all of them when what follows cannot be found
  bool sound = true;
};
/// The first message of `octets`, as an object. Something is shown of whatever it is.
[[nodiscard]] Shown write_message(JsonWriter& json, Bytes octets, DecodeOptions const& options);

/// Writes "faults" of a list of attributes of a table (RFC 6396 §4.3.4), if there are any; true when there are none.
/// `octet` is where the list stands in its record.
[[nodiscard]] bool write_table_faults(JsonWriter& json, Bytes list, std::size_t octet);

}  // namespace tern::ctl
