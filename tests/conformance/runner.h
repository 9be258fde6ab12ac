// Carries out one row on one kind of session and compares what came with what had to come.
#pragma once

#include "lab.h"

namespace conformance {

/// Never throws: a daemon that died or a message that cannot be read is a failed row.
Result run(Lab& lab, Case const& row, Kind kind);

Result failed(std::string why);
/// The NOTIFICATION that came against the one that had to come.
Result compare(support::Peer& peer, Expectation const& expected, std::chrono::milliseconds patience);

}  // namespace conformance
