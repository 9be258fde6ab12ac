// A glance at the message that is next: which routes it is about, before anything of it was checked. For who would have
// in the cache what they will need by then; nothing else may come of it.
#pragma once

#include "base/bytes.h"
#include "bgp/types.h"

namespace bgp::wire {

struct RoutesAhead {
  Family family;
  Bytes nlri;  ///< unchecked; empty: nothing was seen
};
/// Those that the UPDATE with which `buffer` begins announces or, where it announces none, withdraws; nothing when no
/// whole UPDATE stands there.
[[nodiscard]] RoutesAhead routes_ahead(Bytes buffer);

}  // namespace bgp::wire
