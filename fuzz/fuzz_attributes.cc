// The input is an octet that chooses the session, sixteen that choose the edits of export, and a list of attributes.
// What is exported decodes at the other end without a fault, and carries the edits.
#include "input.h"
#include "wire/attributes.h"

using namespace bgp;

namespace {

struct Choice {
  wire::DecodeContext from;
  wire::ExportEdit edit;
  IpAddress next_hop;
};

Choice choose(Reader& reader) {
  Choice choice;
  choice.from = fuzz::context_from(reader.u8());
  auto const bits = reader.u8();
  auto const as = reader.u32();
  auto const preference = reader.u32();
  auto const id = reader.u32();
  auto const more = reader.u16();
  auto& edit = choice.edit;
  if ((bits & 1) != 0 && as != 0) edit.prepend = Asn{as};
  edit.remove_local_pref = (bits & 2) != 0;
  if ((bits & 4) != 0) edit.add_local_pref = preference;
  edit.remove_med = (bits & 8) != 0;
  edit.remove_reflection = (bits & 16) != 0;
  if ((bits & 32) != 0) edit.originator_id = RouterId{id};
  if ((bits & 64) != 0) edit.prepend_cluster = RouterId{id ^ more};
  edit.four_octet_as = (bits & 128) == 0;
  if ((more & 1) != 0) choice.next_hop = IpAddress::v4(id);
  return choice;
}

void check_edits(Bytes canonical, wire::AttributeSummary const& summary, wire::ExportEdit const& edit) {
  if (edit.prepend) FUZZ_CHECK(wire::count_in_as_path(canonical, *edit.prepend) >= 1);
  if (edit.add_local_pref) FUZZ_CHECK(summary.has_local_pref);
  if (edit.remove_med) FUZZ_CHECK(!summary.has_med);
  if (edit.originator_id) FUZZ_CHECK(summary.has_originator_id);
  if (edit.prepend_cluster) FUZZ_CHECK(wire::in_cluster_list(canonical, *edit.prepend_cluster));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  Reader reader({data, size});
  auto const choice = choose(reader);
  if (reader.failed()) return 0;
  (void)wire::decode_canonical(reader.rest());  // whatever it is, it is read within bounds
  (void)wire::summarize(reader.rest());

  auto const decoded = wire::decode_attributes(reader.rest(), choice.from);
  // What is refused is not exported.
  for (auto const& fault : decoded.faults) {
    if (fault.action >= wire::Action::withdraw) return 0;
  }
  Buffer out;
  if (!wire::encode_for_export(decoded.canonical, choice.edit, choice.next_hop, out)) {
    FUZZ_CHECK(out.empty());
    return 0;
  }
  wire::DecodeContext other_end;
  other_end.four_octet_as = choice.edit.four_octet_as;
  other_end.accept_as_set = true;
  auto const received = wire::decode_attributes(out, other_end);
  FUZZ_CHECK(received.faults.empty());
  check_edits(received.canonical, received.summary, choice.edit);
  return 0;
}
