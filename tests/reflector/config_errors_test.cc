// What is wrong with a file is said with line, key and remedy, all of it at once, before anything is started.
#include "scene.h"

namespace programs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ConfigErrors : public testing::Test {
 protected:
  support::Finished reflector(std::string const& yaml, Arguments more = {}) {
    file_ = directory_.write("reflector.yaml", yaml);
    Arguments command{TERN_BIN "/tern-reflector", "--config", file_};
    command.insert(command.end(), more.begin(), more.end());
    return support::run(command);
  }
  support::TemporaryDirectory directory_;
  std::string file_;
};

TEST_F(ConfigErrors, NameFileLineKeyAndRemedy) {
  auto const ended = reflector(
      "router: {as: 65000, id: 10.77.0.1}\n"
      "groups:\n"
      "  clients: {remoteAs: 65000, holdtime: 240}\n"
      "neighbors:\n"
      "  - {address: 192.0.2.1, remoteAs: 65010, holdTime: 2}\n");
  EXPECT_EQ(ended.status, 2);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr(file_ + ": line 3: groups.clients.holdtime: unknown key; did you mean holdTime?\n"),
                    HasSubstr(file_ + ": line 5: neighbors[0].holdTime: "), HasSubstr("write 0 for none")));
}

TEST_F(ConfigErrors, AreTheSameWhenOnlyChecked) {
  std::string const bad = "router: {as: 0, id: 10.77.0.1}\n";
  EXPECT_EQ(reflector(bad, {"--check"}).output, reflector(bad).output);
  EXPECT_EQ(reflector(bad, {"--check"}).status, 2);
  EXPECT_EQ(reflector("router: {as: 65000, id: 10.77.0.1}\n", {"--check"}).status, 0);
}

TEST_F(ConfigErrors, AWarningNamesFileLineKeyAndRemedy) {
  auto const checked = reflector(
      "router: {as: 65000, id: 10.77.0.1}\n"
      "neighbors:\n"
      "  - {address: 192.0.2.1, remoteAs: 65010}\n",
      {"--check"});
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.output, file_ +
                                ": warning: line 3: neighbors[0]: no route passes to or from 192.0.2.1, an eBGP "
                                "neighbour without 'import' and 'export' (RFC 8212); write import: accept-all and "
                                "export: accept-all, or reject-all where nothing is meant\n");
}

TEST_F(ConfigErrors, NoFileOrNoYamlIsNoCrash) {
  auto const missing = support::run({TERN_BIN "/tern-reflector", "--config", directory_.path() + "/none.yaml"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.output, HasSubstr("none.yaml"));
  auto const broken = reflector("router: {as: 65000,\nlisten: [\n");
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.output, HasSubstr("line "));
  EXPECT_EQ(support::run({TERN_BIN "/tern-reflector"}).status, 2);
}

}  // namespace
}  // namespace programs
