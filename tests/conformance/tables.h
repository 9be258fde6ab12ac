// The rows, table by table, in the order of the specification.
#pragma once

#include "case.h"

namespace conformance {

std::vector<Case> header_rows();
std::vector<Case> fsm_rows();
std::vector<Case> collision_rows();
std::vector<Case> open_rows();
/// UPDATE: Optional and Transitive bits (RFC 7606 §3 c).
std::vector<Case> flag_rows();
/// UPDATE: the value of one attribute (RFC 7606 §7).
std::vector<Case> attribute_rows();
/// UPDATE: how its parts fit together (RFC 7606 §3, 4, 5).
std::vector<Case> structure_rows();
/// Sessions with a neighbour of two-octet ASes (RFC 6793).
std::vector<Case> mixed_rows();
/// ROUTE-REFRESH (RFC 2918), End-of-RIB (RFC 4724), and what has to be absent.
std::vector<Case> refresh_rows();
/// What the daemon sends (RFC 7606 §5.1).
std::vector<Case> emission_rows();

/// All of them. Every row has a name of its own within its table.
std::vector<Case> const& all_rows();

}  // namespace conformance
