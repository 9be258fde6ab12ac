// What all interop tests begin with: a network namespace of the test's own with the addresses it needs, the daemons
// that it names, and waiting for what they say. Without root or without a daemon the test is skipped with the reason;
// with CI=true it fails.
#pragma once

#include <gtest/gtest.h>

#include "daemons.h"
#include "support/eventually.h"

namespace interop {

using namespace std::chrono_literals;

class Interop : public testing::Test {
 protected:
  void SetUp() override;
  /// The programs this test cannot do without. False: it was skipped or has failed.
  [[nodiscard]] bool need(std::vector<std::string> const& programs);
  /// Skips the test, or lets it fail in CI.
  static void give_up(std::string const& why);

  support::TemporaryDirectory directory_;
};

/// The source shows exactly this route (or, with nothing, none) before the time is over. `show` is asked again and
/// again.
template <typename Show>
testing::AssertionResult comes_to_show(Show show, std::optional<Shown> const& wanted,
                                       std::chrono::milliseconds span = 30s);

std::string text(std::optional<Shown> const& route);

template <typename Show>
testing::AssertionResult comes_to_show(Show show, std::optional<Shown> const& wanted, std::chrono::milliseconds span) {
  std::optional<Shown> last;
  if (support::eventually(span, [&] { return (last = show()) == wanted; })) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "shown: " << text(last) << "\nwanted: " << text(wanted);
}

}  // namespace interop
