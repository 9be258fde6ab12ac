// The real tree keeps the rules, and the checker finds each way of breaking them in a sample tree made for that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "checker.h"

namespace architecture {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string const tree = TERN_SOURCE_DIR;
std::string const sample = TERN_SOURCE_DIR "/tests/architecture/sample";

std::vector<std::string> lines_of(std::string const& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Architecture, NoIncludeRunsAgainstAnArrow) { EXPECT_THAT(check_includes(tree), IsEmpty()); }

TEST(Architecture, NoRoomIsLinkedAgainstAnArrow) {
  auto const links = lines_of(TERN_LINKS);
  ASSERT_FALSE(links.empty());
  EXPECT_THAT(check_links(links), IsEmpty());
}

TEST(Architecture, NoFileIsLongerThan500Lines) { EXPECT_THAT(check_sizes(tree, 500), IsEmpty()); }

TEST(Architecture, TheChecksReadTheWholeTree) {
  auto const files = sources(tree);
  EXPECT_THAT(files, testing::Contains(std::filesystem::path("libbgp/src/base/address.cc")));
  EXPECT_THAT(files, testing::Contains(std::filesystem::path("libbgp/include/bgp/types.h")));
}

TEST(ArchitectureChecker, FindsEachViolationOfTheSampleTree) {
  EXPECT_THAT(check_includes(sample),
              UnorderedElementsAre(
                  "config/file.cc:2: config may not include mgmt (mgmt/server.h)",
                  "config/file.cc:3: config may not include libbgp/src/wire (wire/message.h)",
                  "examples/monitor.cc:1: examples may not include libbgp/src/rib (rib/table.h)",
                  "libbgp/include/bgp/speaker.h:3: public headers may not include <boost/asio.hpp>",
                  "libbgp/include/bgp/types.h:2: libbgp/include/bgp may not include libbgp/src/base (base/hash.h)",
                  "libbgp/src/rib/table.cc:1: a pure room may not include <boost/asio/any_io_executor.hpp> through "
                  "bgp/speaker.h",
                  "libbgp/src/rib/table.cc:1: a pure room may not include <boost/asio.hpp> through bgp/speaker.h",
                  "libbgp/src/rib/table.cc:2: libbgp/src/rib may not include libbgp/src/session (session/fsm.h)",
                  "libbgp/src/rib/table.cc:4: a pure room reads no clock",
                  "libbgp/src/session/fsm.h:2: a pure room may not include <thread>",
                  "libbgp/src/rib/table.cc:2: a pure room may not include <thread> through session/fsm.h",
                  "libbgp/src/transport/socket.cc:1: libbgp may not include <spdlog/spdlog.h>",
                  "libbgp/src/transport/socket.cc:2: libbgp/src/transport may not include libbgp/src/rib (rib/table.h)",
                  "libbgp/src/wire/message.h:2: includes climb no folders: ../session/fsm.h",
                  "libbgp/src/wire/message.h:2: libbgp/src/wire may not include libbgp/src/session (../session/fsm.h)",
                  "libbgp/src/wire/message.h:2: a pure room may not include <thread> through ../session/fsm.h",
                  "libbgp/src/wire/message.h:3: a pure room may not include <sys/socket.h>"));
}

TEST(ArchitectureChecker, FindsALinkAgainstTheArrow) {
  EXPECT_THAT(check_links({"wire: base", "session: base wire", "base: wire", "rib: base wire session"}),
              ElementsAre("room base may not be linked against wire", "room rib may not be linked against session"));
}

TEST(ArchitectureChecker, FindsARoomWithoutRules) {
  EXPECT_THAT(check_links({"attic: base"}), ElementsAre("room attic is not in tests/architecture/rules.h"));
}

TEST(ArchitectureChecker, FindsAFileThatIsTooLong) {
  EXPECT_THAT(check_sizes(sample, 5), ElementsAre("mgmt/server.h: 6 lines, at most 5"));
  EXPECT_THAT(check_sizes(sample, 6), IsEmpty());
}

}  // namespace
}  // namespace architecture
