#include "interop_test.h"

#include <cstdlib>

#include "support/netns.h"

namespace interop {
namespace {

// Each daemon has one of these; 10.77.1.0/24 is for the routers of a second reflector.
std::vector<std::string> all_addresses() {
  std::vector<std::string> out;
  for (int last = 1; last <= 9; ++last) {
    out.push_back("10.77.0." + std::to_string(last) + "/32");
    out.push_back("2001:db8:77::" + std::to_string(last) + "/128");
  }
  return out;
}

bool in_ci() { return std::getenv("CI") != nullptr && std::string(std::getenv("CI")) == "true"; }

}  // namespace

void Interop::give_up(std::string const& why) {
  if (in_ci()) FAIL() << why;
  GTEST_SKIP() << why;
}

void Interop::SetUp() {
  std::string why;
  if (!support::isolate(why)) return give_up(why);
  support::add_addresses("lo", all_addresses());
}

bool Interop::need(std::vector<std::string> const& programs) {
  for (auto const& program : programs) {
    if (support::run({"sh", "-c", "command -v " + program}).status == 0) continue;
    give_up(program + " is not installed");
    return false;
  }
  return true;
}

std::string text(std::optional<Shown> const& route) {
  if (!route) return "no route";
  std::string out;
  for (auto const& [name, value] : *route) out += name + " [" + value + "] ";
  return out;
}

}  // namespace interop
