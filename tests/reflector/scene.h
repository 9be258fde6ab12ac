// tern-reflector as an operator runs it, in a network namespace of the test's own: AS 65000 at 10.77.0.1, clients from
// 10.77.0.0/16, an external neighbour of AS 65010 at 192.0.2.1. The test plays the neighbours and asks ternctl. Without
// root the tests are skipped with the reason; with CI=true they fail. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/eventually.h"
#include "support/peer.h"
#include "support/process.h"

namespace programs {

using namespace std::chrono_literals;
using support::Arguments;

class Scene : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// The file that the reference shows, but for the socket's place; `limit` of its range, `more` lines behind it.
  [[nodiscard]] std::string file(std::size_t limit = 5000, std::string const& more = "") const;
  /// Starts tern-reflector with this file and waits until it answers.
  void start(std::string const& yaml);
  /// ternctl to its end.
  [[nodiscard]] support::Finished ctl(Arguments const& arguments) const;
  /// What `ternctl --json ARGUMENTS` prints, read by a JSON parser. Null, and a failure, when that does not work.
  [[nodiscard]] boost::json::value json(Arguments const& arguments) const;
  [[nodiscard]] Arguments ctl_command(Arguments const& arguments) const;
  /// A neighbour of AS `as` at `address`, not connected yet.
  [[nodiscard]] support::Peer neighbour(std::string const& address, std::uint32_t as = 65000,
                                        unsigned hold = 240) const;

  support::TemporaryDirectory directory_;
  std::string const socket_ = directory_.path() + "/reflector.sock";
  std::optional<support::Process> reflector_;
};

inline support::Deadline soon() { return support::in(20s); }

/// An UPDATE of an iBGP neighbour: ORIGIN IGP, this AS_PATH, NEXT_HOP, LOCAL_PREF 100.
support::Update announcement(std::vector<std::string> const& prefixes, support::Bytes const& as_path,
                             std::string const& next_hop);

/// A field of a JSON object as text: strings bare, everything else as it is written. "" when absent.
std::string field(boost::json::value const& object, std::string const& name);

/// The element of an array of objects whose `name` is `value`; null when there is none.
boost::json::value pick(boost::json::value const& array, std::string const& name, std::string const& value);

}  // namespace programs
