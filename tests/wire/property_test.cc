// Properties: what is encoded is decoded as it was, canonical form is one, and no input is read outside of its octets
// (under ASan: every input here is a heap block of exactly its size).
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "generators.h"
#include "support.h"
#include "wire/attributes.h"

namespace bgp::wire {
namespace {

using testing::any_attributes;
using testing::any_bool;
using testing::any_octets;
using testing::any_u32;
using testing::between;
using testing::operator+;

DecodeContext any_context() {
  DecodeContext context;
  context.four_octet_as = any_bool();
  context.ebgp = any_bool();
  context.accept_as_set = any_bool();
  context.check_first_as = any_bool();
  context.peer_as = testing::any_asn();
  return context;
}

Buffer canonical_of(Attributes const& attributes) {
  Buffer out;
  encode_canonical(attributes, out);
  return out;
}

// The attributes of a list, each with its octets.
std::vector<Buffer> split(Bytes list) {
  std::vector<Buffer> out;
  while (!list.empty()) {
    bool const wide = (list[0] & 0x10) != 0;
    std::size_t const size = wide ? 4U + (list[2] << 8 | list[3]) : 3U + list[2];
    out.emplace_back(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(size));
    list = list.subspan(size);
  }
  return out;
}

RC_GTEST_PROP(Property, OpenSurvivesTheWire, ()) {
  auto const open = testing::any_open();
  Buffer out;
  encode(open, out);
  auto const frame = next_frame(out);
  RC_ASSERT(frame.ok() && frame.value().has_value());
  auto const decoded = decode_open((**frame).body);
  RC_ASSERT(decoded.ok());
  RC_ASSERT(*decoded == open);
}

RC_GTEST_PROP(Property, NotificationSurvivesTheWire, (std::uint8_t code, std::uint8_t subcode)) {
  Notification const notification{code, subcode, any_octets(4000)};
  Buffer out;
  encode(notification, out);
  auto const frame = next_frame(out);
  RC_ASSERT(frame.ok() && frame.value().has_value());
  RC_ASSERT(decode_notification((**frame).body) == notification);
}

RC_GTEST_PROP(Property, TextOfAnyNotificationIsPrintable, (std::uint8_t subcode)) {
  auto data = any_octets(300);
  if (!data.empty()) data[0] = static_cast<std::uint8_t>(std::min<std::size_t>(data.size() - 1, 255));
  auto const text = Notification{6, subcode, data}.text();
  for (unsigned char const c : text) RC_ASSERT(c >= 0x20 && c != 0x7f);
}

RC_GTEST_PROP(Property, NlriSurviveTheWire, (bool v6)) {
  auto const prefixes = testing::some<Prefix>(20, [v6] { return testing::any_prefix(v6); });
  Buffer out;
  for (auto const& prefix : prefixes) encode_nlri(prefix, out);
  RC_ASSERT(check_nlri(out, v6 ? 128 : 32, false) == out.size());
  std::vector<Prefix> read;
  for (NlriReader reader(out, v6 ? ipv6_unicast : ipv4_unicast, false); !reader.at_end();)
    read.push_back(reader.next());
  RC_ASSERT(read == prefixes);
}

RC_GTEST_PROP(Property, AttributesSurviveCanonicalForm, ()) {
  auto const attributes = any_attributes(true);
  RC_ASSERT(decode_canonical(canonical_of(attributes)) == attributes);
}

RC_GTEST_PROP(Property, CanonicalFormIsAFixedPoint, ()) {
  auto const canonical = canonical_of(any_attributes(true));
  DecodeContext context;
  context.accept_as_set = true;
  auto const decoded = decode_attributes(canonical, context);
  RC_ASSERT(decoded.faults.empty());
  RC_ASSERT(decoded.canonical == canonical);
}

RC_GTEST_PROP(Property, AnyOrderGivesTheSameCanonicalOctets, ()) {
  auto const canonical = canonical_of(any_attributes(false));
  auto pieces = split(canonical);
  for (std::size_t i = pieces.size(); i > 1; --i) {
    std::swap(pieces[i - 1], pieces[static_cast<std::size_t>(between(0, static_cast<int>(i) - 1))]);
  }
  Buffer shuffled;
  for (auto const& piece : pieces) shuffled.insert(shuffled.end(), piece.begin(), piece.end());
  RC_ASSERT(decode_attributes(shuffled, DecodeContext{}).canonical == canonical);
}

RC_GTEST_PROP(Property, SummaryOfCanonicalOctetsIsTheSummaryOfTheDecoding, ()) {
  auto const attributes = any_attributes(true);
  auto const summary = summarize(canonical_of(attributes));
  RC_ASSERT(summary.as_path_length == attributes.as_path.length());
  RC_ASSERT(summary.med == attributes.med.value_or(0));
  RC_ASSERT(summary.local_pref == attributes.local_pref.value_or(100));
  RC_ASSERT(summary.cluster_list_length == attributes.cluster_list.size());
}

// The mixed session in both directions: what a two-octet peer is told, it could tell us again. One segment: how several
// are cut is lost on the way.
RC_GTEST_PROP(Property, AttributesSurviveATwoOctetSession, ()) {
  auto attributes = any_attributes(false);
  attributes.as_path.segments.resize(std::min<std::size_t>(attributes.as_path.segments.size(), 1));
  auto const canonical = canonical_of(attributes);
  ExportEdit edit;
  edit.four_octet_as = false;
  Buffer sent;
  RC_ASSERT(encode_for_export(canonical, edit, {}, sent));
  DecodeContext context;
  context.four_octet_as = false;
  auto const decoded = decode_attributes(sent, context);
  RC_ASSERT(decoded.faults.empty());
  // RFC 6793 §4.2.3: an AGGREGATOR other than AS_TRANS voids AS4_PATH only when AS4_AGGREGATOR stands beside it.
  RC_ASSERT(decoded.canonical == canonical);
}

RC_GTEST_PROP(Property, WhatIsExportedDecodesWithoutFault, ()) {
  auto const canonical = canonical_of(any_attributes(false));
  ExportEdit edit;
  if (any_bool()) edit.prepend = testing::any_asn();
  edit.remove_local_pref = any_bool();
  if (any_bool()) edit.add_local_pref = any_u32();
  edit.remove_med = any_bool();
  edit.remove_reflection = any_bool();
  if (any_bool()) edit.originator_id = RouterId{any_u32()};
  if (any_bool()) edit.prepend_cluster = RouterId{any_u32()};
  edit.four_octet_as = any_bool();
  Buffer out;
  RC_ASSERT(encode_for_export(canonical, edit, IpAddress::v4(any_u32()), out));
  DecodeContext context;
  context.four_octet_as = edit.four_octet_as;
  auto const decoded = decode_attributes(out, context);
  RC_ASSERT(decoded.faults.empty());
  if (edit.prepend) RC_ASSERT(count_in_as_path(decoded.canonical, *edit.prepend) >= 1U);
  if (edit.prepend_cluster) RC_ASSERT(in_cluster_list(decoded.canonical, *edit.prepend_cluster));
  RC_ASSERT(decoded.summary.has_med <= !edit.remove_med);
  auto types = split(out);
  RC_ASSERT(std::is_sorted(types.begin(), types.end(), [](auto const& a, auto const& b) { return a[1] < b[1]; }));
}

// Canonical octets are sound, but for an AS_PATH that was refused and can be read: it stays, to be shown with its
// route.
bool are_of_a_refused_path(std::vector<AttributeFault> const& faults, testing::Fate const& fate) {
  return std::ranges::all_of(faults, [&](AttributeFault const& fault) {
    auto const same = [&](AttributeFault const& first) { return first.type == 2 && first.rule == fault.rule; };
    return fault.type == 2 && fate.verdict.action == Action::withdraw &&
           std::ranges::any_of(fate.attributes.faults, same);
  });
}

// A sound UPDATE with a few octets changed is the input that finds most.
RC_GTEST_PROP(Property, DamagedUpdatesAreJudgedAndReadWithinBounds, ()) {
  testing::Update update;
  update.withdrawn = testing::prefixes({"10.1.0.0/16"});
  update.more = canonical_of(any_attributes(true)) + testing::hex("40 03 04 c0000201 80 0f 06 0002 01 10 2001");
  update.nlri = testing::prefixes({"10.0.0.0/8", "192.0.2.1/32"});
  auto body = update.body();
  for (int left = between(0, 4); left > 0; --left) {
    body[static_cast<std::size_t>(between(0, static_cast<int>(body.size()) - 1))] =
        static_cast<std::uint8_t>(between(0, 255));
  }
  if (any_bool()) body.resize(static_cast<std::size_t>(between(0, static_cast<int>(body.size()))));
  body.shrink_to_fit();
  auto const fate = testing::decide(body, any_context());
  if (fate.verdict.action == Action::reset) {
    RC_ASSERT(fate.verdict.notification.code == 3);
    return;
  }
  auto const again = decode_attributes(fate.attributes.canonical, {.accept_as_set = true, .peer_as = {}});
  RC_ASSERT(again.canonical == fate.attributes.canonical);
  RC_ASSERT(are_of_a_refused_path(again.faults, fate));
}

// Such a draw is rare.
TEST(Property, AReadableAsPathThatIsRefusedStaysWithItsFault) {
  testing::Update update;
  update.more = testing::hex("40 02 0a 02 02 0000fde9 00000000");
  update.nlri = testing::prefixes({"10.0.0.0/8"});
  auto const fate = testing::decide(update.body(), {});
  EXPECT_EQ(fate.verdict.action, Action::withdraw);
  auto const again = decode_attributes(fate.attributes.canonical, {});
  EXPECT_EQ(again.canonical, fate.attributes.canonical);
  EXPECT_EQ(again.faults.size(), 1U);
  EXPECT_TRUE(are_of_a_refused_path(again.faults, fate));
}

RC_GTEST_PROP(Property, RandomOctetsAreReadWithinBounds, ()) {
  auto octets = any_octets(200);
  octets.shrink_to_fit();
  (void)testing::decide(octets, any_context());
  (void)decode_open(octets);
  (void)next_frame(octets);
  (void)decode_canonical(octets);
  (void)summarize(octets);
  if (octets.size() >= 2) (void)decode_notification(octets).text();
}

}  // namespace
}  // namespace bgp::wire
