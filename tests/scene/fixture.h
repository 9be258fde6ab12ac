// What each test in a scene begins with: a network namespace of its own. Without root it is skipped with the reason;
// with CI=true it fails.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "scene.h"
#include "support/eventually.h"

namespace scene {

using namespace std::chrono_literals;

class SceneTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (support::isolate(why)) {
      scene.emplace();
      return;
    }
    auto const* const ci = std::getenv("CI");
    if (ci != nullptr && std::string(ci) == "true") FAIL() << why;
    GTEST_SKIP() << why;
  }

  support::TemporaryDirectory directory;
  std::optional<Scene> scene;
};

}  // namespace scene
