// Every row of the conformance tables through the decoder: what is malformed is explained with an octet and a rule and
// by what the row expects of a receiver; what is fine has no fault.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "mgmt/ternctl/decode/message_json.h"
#include "tables.h"

namespace tern::ctl {
namespace {

using conformance::Case;
using conformance::Fate;
using conformance::Kind;
namespace json = boost::json;

conformance::Session session_of(Case const& row, Kind kind) {
  conformance::Session session;
  session.kind = kind;
  session.local = session.local_end = session.id = "10.77.200.2";
  session.daemon = session.daemon_end = "10.77.0.1";
  session.daemon6 = "2001:db8:77::1";
  session.daemon_id = "10.77.0.1";
  session.daemon_as = 65000;
  session.as = kind == Kind::ebgp ? (row.as != 0 ? row.as : 65010) : 65000;
  session.width = row.width;
  session.offers = row.offers;
  return session;
}

DecodeOptions options_of(Case const& row, conformance::Session const& session) {
  DecodeOptions options;
  options.session.four_octet_as = row.width == 4;
  options.session.ebgp = session.external();
  options.session.check_first_as = !row.route_server;
  options.session.accept_as_set = row.as_set;
  options.session.peer_as = bgp::Asn{session.as};
  options.peer_as = options.session.peer_as;
  return options;
}

bool starts_with_any(std::string const& name, std::initializer_list<char const*> beginnings) {
  return std::ranges::any_of(beginnings, [&](char const* one) { return name.starts_with(one); });
}

/// Messages without a fault of their own, whatever comes of them: it depends on the receiver's state, configuration and
/// addresses, or they are the withdrawals that they seem to be.
bool is_sound(Case const& row) {
  static std::set<std::string> const names = {
      "withdrawal",
      "withdrawal in MP_UNREACH of IPv4",
      "a route that no longer fits",
      "our identifier on an internal session",
      "no family in common",
      "AS_PATH with the receiver's AS",
      "ORIGINATOR_ID is ours",
      "CLUSTER_LIST has our cluster",
      "MP_REACH with next hop ::",
      "MP_REACH with next hop ::1",
      "MP_REACH with next hop ff02::1",
      "MP_REACH with the receiver as next hop",
      "NEXT_HOP is the receiver",
      "NEXT_HOP 0.0.0.0",
      "NEXT_HOP 0.1.2.3",
      "NEXT_HOP 224.0.0.1",
  };
  return names.contains(row.name) || (row.expect.fate == Fate::notified && row.expect.code == 5) ||
         row.expect.fate == Fate::closed || row.expect.fate == Fate::established;
}

/// Of the rows whose route arrives, or whose state stays: those that lose an attribute on the way.
bool is_discard(Case const& row) {
  auto const& name = row.name;
  if (row.table == "mixed") {
    return starts_with_any(name, {"AS4_PATH of", "AS4_PATH with a segment", "AS4_PATH with segment",
                                  "AS4_AGGREGATOR of", "AGGREGATOR with AS 0", "AGGREGATOR of"});
  }
  if (name == "AS4_PATH from a four-octet neighbour" || name == "AS4_AGGREGATOR from a four-octet neighbour")
    return true;
  if (name == "discard and discard" || name == "an attribute discarded and nothing reachable") return true;
  if (name.find(" twice") != std::string::npos) return row.table == "structure";
  if (name.find("from outside") != std::string::npos) return true;
  return starts_with_any(name,
                         {"AIGP ", "BGP-LS of", "BGP-LS with", "PREFIX-SID of", "PREFIX-SID with", "AGGREGATOR of",
                          "AGGREGATOR with AS 0", "ATOMIC_AGGREGATE of length 1", "malformed AS4_PATH"}) &&
         row.expect.fate == Fate::arrives;
}

std::string expected_action(Case const& row) {
  if (is_sound(row)) return "";
  switch (row.expect.fate) {
    case Fate::notified:
      return "session reset";
    case Fate::withdrawn:
    case Fate::ignored:
      return "treat as withdraw";
    default:
      return is_discard(row) ? "attribute discard" : "";
  }
}

void check_faults(json::object const& shown, std::size_t size) {
  ASSERT_TRUE(shown.contains("faults"));
  for (auto const& fault : shown.at("faults").as_array()) {
    EXPECT_LE(fault.at("octet").to_number<std::size_t>(), size);
    EXPECT_NE(fault.at("rule").as_string().find("RFC "), std::string::npos) << fault;
  }
}

void check(Case const& row, Kind kind) {
  auto const session = session_of(row, kind);
  auto const bytes = row.send(session);
  std::string text;
  JsonWriter writer(text);
  auto const result = write_message(writer, bytes, options_of(row, session));
  SCOPED_TRACE(row.table + ": " + row.name + " (" + text_of(kind, {}) + "): " + text);
  auto const shown = json::parse(text).as_object();
  auto const expected = expected_action(row);
  EXPECT_EQ(result.sound, expected.empty());
  EXPECT_EQ(shown.contains("faults"), !expected.empty());
  if (expected.empty() || !shown.contains("faults")) return;
  check_faults(shown, bytes.size());
  auto const& receiver = shown.at("receiver").as_object();
  EXPECT_TRUE(receiver.at("action").as_string().starts_with(expected));
  if (row.expect.fate != Fate::notified) return;
  auto const& notification = receiver.at("notification").as_object();
  EXPECT_EQ(notification.at("code").to_number<unsigned>(), row.expect.code);
  EXPECT_TRUE(std::ranges::count(row.expect.subcodes, notification.at("subcode").to_number<unsigned>()));
  if (row.expect.data) {
    EXPECT_EQ(notification.at("data").as_string(), "0x" + support::to_hex(*row.expect.data));
  }
}

TEST(Decode, ExplainsEveryVectorOfTheConformanceTables) {
  std::size_t checked = 0;
  for (auto const& row : conformance::all_rows()) {
    if (!row.send) continue;  // a script: more than a message
    for (auto const kind : row.kinds) {
      check(row, kind);
      ++checked;
    }
  }
  EXPECT_GT(checked, 600U);
}

}  // namespace
}  // namespace tern::ctl
