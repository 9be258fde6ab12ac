// An OPEN as JSON: its fixed fields, and its capabilities by name (IANA "Capability Codes"). Pure.
#pragma once

#include "mgmt/json_writer.h"
#include "wire/open.h"

namespace tern::ctl {

/// Fields of an object that is open. `version` is the octet of the message, which Open does not keep.
void write_open(mgmt::JsonWriter& json, bgp::wire::Open const& open, unsigned version);

}  // namespace tern::ctl
