// A neighbour that does not know four-octet ASes, RFC 6793 §4.2.3 and §6: what the second neighbour, which does, sees.
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

std::uint32_t const as_trans = 23456;

// The AS_PATH that this neighbour sends: its own AS on eBGP, then these.
std::vector<std::uint32_t> from_here(Session const& session, std::vector<std::uint32_t> rest) {
  if (session.external()) rest.insert(rest.begin(), session.as);
  return rest;
}

Edit old_path(std::vector<std::uint32_t> rest) {
  return [=](Update& update, Session const& session) {
    update.set(kWellKnown, kAsPath, sequence(from_here(session, rest), 2));
  };
}

Edit old_aggregator(unsigned as) { return add(kOptTrans, kAggregator, u16(as) + ip("192.0.2.7")); }
Edit as4_path(Bytes value) { return add(kOptTrans, kAs4Path, std::move(value)); }
Edit as4_aggregator(Bytes value) { return add(kOptTrans, kAs4Aggregator, std::move(value)); }

// One row on eBGP and one on internal sessions, because the expected path differs.
void merged(Table& table, std::string const& name, std::string const& spec, std::vector<Edit> const& edits,
            std::vector<std::uint32_t> const& expected, std::vector<Check> more = {}) {
  auto outside = expected;
  outside.insert(outside.begin(), 65010);
  auto checks = more;
  checks.push_back(absent(kAs4Path));
  checks.push_back(absent(kAs4Aggregator));
  auto inside = checks;
  inside.push_back(path(expected));
  checks.push_back(path(outside));
  table.row(name, spec, edited(edits), arrives(inside)).internal();
  table.row(name + " from outside", spec, edited(edits), arrives(checks)).external();
}

}  // namespace

std::vector<Case> mixed_rows() {
  Table table("mixed");
  auto const merge = "RFC 6793 §4.2.3";
  auto const fault = "RFC 6793 §6";
  Edit const trans = old_path({as_trans, 64999});
  Bytes const who = ip("192.0.2.7");
  merged(table, "two-octet AS_PATH alone", merge, {old_path({64998, 64999})}, {64998, 64999});
  merged(table, "AS4_PATH takes its place", merge, {trans, as4_path(sequence({70000, 64999}))}, {70000, 64999});
  merged(table, "AS4_PATH shorter", merge, {old_path({64997, as_trans, 64999}), as4_path(sequence({70000, 64999}))},
         {64997, 70000, 64999});
  merged(table, "AS4_PATH longer", merge, {trans, as4_path(sequence({70000, 70001, 70002, 64999}))}, {as_trans, 64999});
  merged(table, "AS4_PATH with confederation segments", fault,
         {trans, as4_path(segment(3, {64512}) + sequence({70000, 64999}))}, {70000, 64999});
  merged(table, "AS4_PATH of length 0", fault, {trans, as4_path({})}, {as_trans, 64999});
  merged(table, "AS4_PATH of length 4", fault, {trans, as4_path(hex("02010001"))}, {as_trans, 64999});
  merged(table, "AS4_PATH of odd length", fault, {trans, as4_path(sequence({70000, 64999}) + u8(2))},
         {as_trans, 64999});
  merged(table, "AS4_PATH with a segment of length 0", fault, {trans, as4_path(sequence({70000}) + segment(2, {}))},
         {as_trans, 64999});
  merged(table, "AS4_PATH with a segment that overruns", fault, {trans, as4_path(hex("0203 00011170 0000fde7"))},
         {as_trans, 64999});
  merged(table, "AS4_PATH with segment type 9", fault, {trans, as4_path(segment(9, {70000, 64999}))},
         {as_trans, 64999});
  merged(table, "AGGREGATOR that is not AS_TRANS", merge,
         {trans, old_aggregator(64999), as4_path(sequence({70000, 64999})), as4_aggregator(u32(70000) + who)},
         {as_trans, 64999}, {present(kAggregator, u32(64999) + who)});
  merged(table, "AS4_AGGREGATOR takes its place", merge,
         {trans, old_aggregator(as_trans), as4_path(sequence({70000, 64999})), as4_aggregator(u32(70000) + who)},
         {70000, 64999}, {present(kAggregator, u32(70000) + who)});
  merged(table, "AS4_AGGREGATOR of length 6", fault, {trans, old_aggregator(as_trans), as4_aggregator(u16(1) + who)},
         {as_trans, 64999}, {present(kAggregator, u32(as_trans) + who)});
  merged(table, "AS4_AGGREGATOR of length 0", fault, {trans, old_aggregator(as_trans), as4_aggregator({})},
         {as_trans, 64999}, {present(kAggregator, u32(as_trans) + who)});
  merged(table, "AGGREGATOR with AS 0", "RFC 7607 §2", {old_path({64999}), old_aggregator(0)}, {64999},
         {absent(kAggregator)});
  for (auto const& [name, code, value] : {std::tuple("AS4_PATH", kAs4Path, sequence({70000, 64999})),
                                          std::tuple("AS4_AGGREGATOR", kAs4Aggregator, u32(70000) + who)})
    for (unsigned const flags : {unsigned(kOptional), unsigned(kTransitive)})
      table.row(std::string(name) + (flags == kOptional ? " Transitive" : " Optional") + " bit wrong", "RFC 7606 §3 c",
                edited({trans, add(flags, code, value)}), fate(Fate::withdrawn));
  merged(table, "AGGREGATOR of length 8", "RFC 7606 §7.7",
         {old_path({64999}), add(kOptTrans, kAggregator, u32(70000) + who)}, {64999}, {absent(kAggregator)});
  auto rows = table.take();
  for (auto& row : rows) row.old_speaker();
  return rows;
}

}  // namespace conformance
