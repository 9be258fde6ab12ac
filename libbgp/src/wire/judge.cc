// The last step of decoding an UPDATE: RFC 7606 §3 d, h, §5.2.
#include "wire/attribute_rules.h"
#include "wire/update.h"

namespace bgp::wire {
namespace {

// The first of the strongest, in the order of the message.
AttributeFault const* strongest(std::vector<AttributeFault> const& faults) {
  AttributeFault const* found = nullptr;
  for (auto const& fault : faults) {
    if (found == nullptr || fault.action > found->action) found = &fault;
  }
  return found;
}

AttributeFault const* stronger(AttributeFault const* of_parts, AttributeFault const* of_rest) {
  if (of_parts == nullptr || of_rest == nullptr) return of_parts == nullptr ? of_rest : of_parts;
  if (of_parts->action != of_rest->action) return of_parts->action > of_rest->action ? of_parts : of_rest;
  return of_parts->position <= of_rest->position ? of_parts : of_rest;
}

struct Missing {
  AttributeType type;
  std::string_view rule;
};

// RFC 4271 §5, RFC 4760 §3: NEXT_HOP belongs to the NLRI field alone.
std::optional<Missing> find_missing(UpdateParts const& parts, AttributeSummary const& summary) {
  if (!parts.announces()) return std::nullopt;
  if (!summary.has_origin) return Missing{AttributeType::origin, "ORIGIN missing (RFC 7606 §3 d)"};
  if (!summary.has_as_path) return Missing{AttributeType::as_path, "AS_PATH missing (RFC 7606 §3 d)"};
  if (!parts.nlri.empty() && !parts.next_hop) {
    return Missing{AttributeType::next_hop, "NEXT_HOP missing (RFC 7606 §3 d)"};
  }
  return std::nullopt;
}

}  // namespace

Verdict judge(UpdateParts const& parts, AttributeSummary const& summary, std::vector<AttributeFault> const& faults) {
  Verdict verdict;
  if (auto const* worst = stronger(strongest(parts.faults), strongest(faults))) {
    verdict.action = worst->action;
    verdict.rule = worst->rule;
    verdict.attribute = worst->type;
    // §5.2: without reachable NLRI it is not sure that the NLRI were found, so that nothing can be withdrawn instead.
    if (worst->action == Action::withdraw && !parts.announces() && parts.any_attribute) verdict.action = Action::reset;
    if (verdict.action == Action::reset) verdict.notification = {update_error, worst->subcode, worst->data};
  }
  if (verdict.action >= Action::withdraw) return verdict;
  if (auto const missing = find_missing(parts, summary)) {
    verdict.action = Action::withdraw;
    verdict.rule = missing->rule;
    verdict.attribute = static_cast<std::uint8_t>(missing->type);
  }
  return verdict;
}

}  // namespace bgp::wire
