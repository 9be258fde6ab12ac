// The input is an octet that chooses the session, and the body of an UPDATE. Every way through the three steps ends
// with a NOTIFICATION of code 3, or with NLRI that can be read and attributes in canonical form.
#include <algorithm>

#include "input.h"
#include "wire/attributes.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

using namespace bgp;

namespace {

bool within(Bytes part, Bytes whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// What is taken apart and put together again is the same route, and can be shown.
void read_other(Bytes nlri, Family family, wire::DecodeContext const& context, bool withdrawn) {
  for (wire::OtherNlriReader reader(nlri, family, context.add_path(family)); !reader.at_end();) {
    wire::OtherNlri cut, again;
    wire::cut_other_nlri(reader.next(), family, withdrawn, cut);
    if (!cut.fault.empty()) continue;
    Buffer joined;
    if (withdrawn) {
      wire::join_withdrawn_nlri(family, cut.key, joined);
    } else {
      wire::join_other_nlri(family, cut.key, cut.value, joined);
    }
    FUZZ_CHECK(joined.size() <= wire::longest_nlri(family));
    FUZZ_CHECK(wire::check_nlri(joined, family, false) == joined.size());
    wire::cut_other_nlri(joined, family, withdrawn, again);
    FUZZ_CHECK(again.fault.empty() && again.key == cut.key && again.value == cut.value);
    FUZZ_CHECK(!wire::key_text(family, cut.key).empty());
    FUZZ_CHECK(wire::value_text(family, cut.key, cut.value).empty() == cut.value.empty());
    if (auto const prefix = wire::prefix_of(family, cut.key)) FUZZ_CHECK(prefix->family().afi == family.afi);
  }
}

void read_nlri(Bytes nlri, Family family, wire::DecodeContext const& context, Bytes body, bool withdrawn) {
  FUZZ_CHECK(within(nlri, body));
  if (!has_table(family)) return;
  if (!has_plain_prefixes(family)) return read_other(nlri, family, context, withdrawn);
  for (wire::NlriReader reader(nlri, family, context.add_path(family)); !reader.at_end();) {
    auto const prefix = reader.next();
    FUZZ_CHECK(prefix.family().afi == family.afi);
    FUZZ_CHECK(prefix == Prefix(prefix.address(), prefix.length()));
  }
}

void check_parts(wire::UpdateParts const& parts, wire::DecodeContext const& context, Bytes body) {
  read_nlri(parts.withdrawn, ipv4_unicast, context, body, true);
  read_nlri(parts.nlri, ipv4_unicast, context, body, false);
  if (parts.mp_reach) read_nlri(parts.mp_reach->nlri, parts.mp_reach->family, context, body, false);
  if (parts.mp_unreach) read_nlri(parts.mp_unreach->withdrawn, parts.mp_unreach->family, context, body, true);
  for (auto const& fault : parts.faults) {
    FUZZ_CHECK(fault.action == wire::Action::discard || fault.action == wire::Action::withdraw);
    FUZZ_CHECK(!fault.rule.empty() && fault.position <= parts.rest.size());
  }
}

// Canonical octets are their own canonical form, and hold no fault unless the route was refused for it (its AS_PATH
// stays to be shown): only for four-octet internal sessions, which is what canonical form is that of.
void check_canonical(wire::DecodedAttributes const& decoded) {
  auto const refused = std::ranges::any_of(
      decoded.faults, [](wire::AttributeFault const& fault) { return fault.action >= wire::Action::withdraw; });
  auto const again = wire::decode_attributes(decoded.canonical, {.accept_as_set = true, .peer_as = {}});
  FUZZ_CHECK(again.canonical == decoded.canonical);
  FUZZ_CHECK(refused || again.faults.empty());
  FUZZ_CHECK(again.summary.as_path_length == decoded.summary.as_path_length);
  Buffer rebuilt;
  wire::encode_canonical(wire::decode_canonical(decoded.canonical), rebuilt);
  if (decoded.summary.has_origin && decoded.summary.has_as_path) FUZZ_CHECK(rebuilt == decoded.canonical);
}

void check_verdict(wire::Verdict const& verdict, wire::UpdateParts const& parts,
                   wire::AttributeSummary const& summary) {
  if (verdict.action == wire::Action::none) FUZZ_CHECK(verdict.rule.empty());
  if (verdict.action != wire::Action::none) FUZZ_CHECK(!verdict.rule.empty());
  if (verdict.action == wire::Action::reset) FUZZ_CHECK(verdict.notification.code == 3);
  if (verdict.action < wire::Action::withdraw && parts.announces()) {
    FUZZ_CHECK(summary.has_origin && summary.has_as_path);
    FUZZ_CHECK(parts.nlri.empty() || parts.next_hop.has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  auto const context = fuzz::context_from(data[0]);
  Bytes const body(data + 1, size - 1);
  static Buffer scratch;
  auto const cut = wire::cut_update(body, context, scratch);
  if (!cut.ok()) {
    FUZZ_CHECK(cut.error().code == 3);
    return 0;
  }
  check_parts(*cut, context, body);
  if (cut->end_of_rib()) FUZZ_CHECK(!cut->announces() && cut->rest.empty() && cut->faults.empty());
  auto const decoded = wire::decode_attributes(cut->rest, context);
  check_canonical(decoded);
  check_verdict(wire::judge(*cut, decoded.summary, decoded.faults), *cut, decoded.summary);
  return 0;
}
