// Every row as a GoogleTest case, one suite for each table and kind of session: against the program named by
// TERN_CONFORMANCE_PROGRAM, driven as TERN_CONFORMANCE_DAEMON (tern). The suite's Lab is made once and shared.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "runner.h"
#include "tables.h"

namespace conformance {
namespace {

std::string from_environment(char const* name, std::string const& otherwise) {
  auto const* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

// "length 18 in OpenSent" → "length_18_in_OpenSent"
std::string identifier(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return text;
}

std::string suite_of(Selected const& one) { return one.row->table + "_" + one.suite(); }

// The rows of one table and kind, in their order, and the place they are carried out in.
class Suite : public testing::Test {
 public:
  explicit Suite(Selected const& selected) : selected_(selected) {}
  static void TearDownTestSuite() { lab_.reset(); }

  void TestBody() override {
    if (!ready()) return;
    auto const result = run(*lab_, selected_);
    EXPECT_TRUE(result.passed) << selected_.row->spec << ": " << result.why;
  }

 private:
  bool ready() {
    static std::string why;
    static bool const isolated = support::isolate(why);
    if (!isolated) {
      EXPECT_EQ(std::getenv("CI"), nullptr) << why;
      [] { GTEST_SKIP() << "needs a network namespace"; }();
      return false;
    }
    if (!lab_) {
      auto rows = everything();
      std::erase_if(rows, [this](Selected const& one) { return suite_of(one) != suite_of(selected_); });
      auto const* driver = find_driver(from_environment("TERN_CONFORMANCE_DAEMON", "tern"));
      lab_ = std::make_unique<Lab>(*driver, from_environment("TERN_CONFORMANCE_PROGRAM", ""), rows);
    }
    return true;
  }

  static std::unique_ptr<Lab> lab_;
  Selected selected_;
};

std::unique_ptr<Lab> Suite::lab_;

void register_all() {
  for (auto const& one : everything())
    testing::RegisterTest(suite_of(one).c_str(), identifier(one.row->name).c_str(), nullptr, nullptr, __FILE__,
                          __LINE__, [one]() -> Suite* { return new Suite(one); });
}

}  // namespace
}  // namespace conformance

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  conformance::register_all();
  return RUN_ALL_TESTS();
}
