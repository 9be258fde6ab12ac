// Carries out one row on one kind of session and compares what came with what had to come.
#pragma once

#include "lab.h"

namespace conformance {

/// Never throws: a daemon that died or a message that cannot be read is a failed row.
Result run(Lab& lab, Selected const& selected);

Result failed(std::string why);
/// Whether the route has the attributes that it should.
Result check_route(support::Route const& route, std::vector<Check> const& checks);
/// The NOTIFICATION that came against the one that had to come.
Result compare(support::Peer& peer, Expectation const& expected, std::chrono::milliseconds patience);

}  // namespace conformance
