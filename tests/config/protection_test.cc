// password, passwordFile, passwordEnv, ttlSecurity and ttl: what they give, what is wrong with them, and that no
// problem ever shows a password.
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "config/reflector.h"
#include "config/speaker.h"

namespace tern::config {
namespace {

using namespace bgp::literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string const router = "router: {as: 65000, id: 10.0.0.1}\n";

ReflectorConfig good(std::string const& yaml) {
  auto result = parse_reflector(router + yaml);
  if (result.ok()) return std::move(*result);
  for (auto const& problem : result.error()) ADD_FAILURE() << problem.text();
  return {};
}

std::vector<std::string> problems(std::string const& yaml) {
  auto const result = parse_reflector(router + yaml);
  std::vector<std::string> out;
  if (result.ok()) return out;
  for (auto const& problem : result.error()) out.push_back(problem.text());
  return out;
}

bgp::PeerConfig neighbor(std::string const& keys) {
  auto const config = good("neighbors: [{address: 10.0.0.2, remoteAs: 65000, " + keys + "}]\n");
  return config.neighbors.empty() ? bgp::PeerConfig{} : config.neighbors[0];
}

std::vector<std::string> of_neighbor(std::string const& keys) {
  return problems("neighbors: [{address: 10.0.0.2, remoteAs: 65000, " + keys + "}]\n");
}

/// A file of the test's own with this content.
struct PasswordFile : testing::Test {
  PasswordFile() { EXPECT_TRUE(mkdtemp(folder.data())); }
  ~PasswordFile() override {
    ::unlink(path.c_str());
    ::rmdir(folder.c_str());
  }
  std::string holding(std::string const& content) {
    path = folder + "/password";
    std::ofstream(path, std::ios::binary) << content;
    return "passwordFile: " + path;
  }
  std::string folder = "/tmp/tern-config-XXXXXX";
  std::string path;
};

TEST(Password, IsTakenFromTheFile) {
  EXPECT_EQ(neighbor("passive: true").password, "");
  EXPECT_EQ(neighbor("password: s3cret").password, "s3cret");
  EXPECT_EQ(neighbor("password: 12345").password, "12345") << "a number is a text";
  EXPECT_EQ(neighbor("password: ' #, two words: {} '").password, " #, two words: {} ");
  EXPECT_EQ(neighbor("password: " + std::string(80, 'x')).password, std::string(80, 'x'));
}

TEST_F(PasswordFile, LosesOneNewlineAtItsEnd) {
  EXPECT_EQ(neighbor(holding("s3cret\n")).password, "s3cret");
  EXPECT_EQ(neighbor(holding("s3cret")).password, "s3cret");
  EXPECT_EQ(neighbor(holding(" s3cret \n\n")).password, " s3cret \n");
  EXPECT_EQ(neighbor(holding(std::string(80, 'x') + "\n")).password, std::string(80, 'x'));
}

TEST_F(PasswordFile, ThatIsNoneIsNamedByItsKey) {
  auto const at = "line 2: neighbors[0].passwordFile: ";
  EXPECT_THAT(of_neighbor(holding("")), ElementsAre(HasSubstr(at + std::string("the password is empty; "))));
  EXPECT_THAT(of_neighbor(holding("\n")), ElementsAre(HasSubstr("the password is empty; ")));
  EXPECT_THAT(of_neighbor(holding(std::string(81, 'x') + "\n")),
              ElementsAre(at + std::string("the password is too long; at most 80 octets are possible (RFC 2385)")));
  EXPECT_THAT(of_neighbor(holding(std::string(1 << 20, 'x'))), ElementsAre(HasSubstr("the password is too long")));
  EXPECT_THAT(of_neighbor("passwordFile: " + folder), ElementsAre(HasSubstr("cannot read the file: Is a directory")));
  EXPECT_THAT(of_neighbor("passwordFile: " + folder + "/none"),
              ElementsAre("line 2: neighbors[0].passwordFile: cannot read the file: No such file or directory; check "
                          "its path (a relative one begins where the daemon was started) and that the daemon's user "
                          "may read it"));
  EXPECT_THAT(of_neighbor("passwordFile: []"), ElementsAre(HasSubstr("passwordFile: is a list; write a text")));
}

TEST(PasswordEnv, IsTakenFromTheEnvironment) {
  ::setenv("TERN_TEST_PASSWORD", "s3cret", 1);
  EXPECT_EQ(neighbor("passwordEnv: TERN_TEST_PASSWORD").password, "s3cret");
  ::setenv("TERN_TEST_PASSWORD", "", 1);
  EXPECT_THAT(of_neighbor("passwordEnv: TERN_TEST_PASSWORD"),
              ElementsAre(HasSubstr("passwordEnv: the password is empty")));
  ::unsetenv("TERN_TEST_PASSWORD");
  EXPECT_THAT(of_neighbor("passwordEnv: TERN_TEST_PASSWORD"),
              ElementsAre("line 2: neighbors[0].passwordEnv: there is no such environment variable; set it for the "
                          "daemon, or correct its name"));
  EXPECT_THAT(of_neighbor("passwordEnv: s3cr3t-w0rd"),
              ElementsAre("line 2: neighbors[0].passwordEnv: this is no name of an environment variable; write its "
                          "name, for instance BGP_PASSWORD"));
}

TEST(Password, IsOne) {
  EXPECT_THAT(problems("groups:\n  all:\n    password: s3cret\n    passwordEnv: HOME\n"),
              ElementsAre("line 5: groups.all.passwordEnv: a neighbour has one password: there is also "
                          "groups.all.password in line 4; remove one of the two"));
}

TEST_F(PasswordFile, OfANeighbourReplacesThatOfItsGroup) {
  auto const config = good(
      "groups: {all: {remoteAs: 65000, password: of-the-group}}\n"
      "ranges: [{prefix: 10.1.0.0/16, group: all}]\n"
      "neighbors:\n- {address: 10.0.0.2, group: all}\n- {address: 10.0.0.3, group: all, " +
      holding("its own") + "}\n");
  ASSERT_EQ(config.neighbors.size(), 2U);
  EXPECT_EQ(config.neighbors[0].password, "of-the-group");
  EXPECT_EQ(config.neighbors[1].password, "its own");
  EXPECT_EQ(config.ranges.at(0).peer.password, "of-the-group");
}

TEST(Password, OfANodesFileIsTheSame) {
  auto const file = parse_speaker(
      "node: n\naddress: 10.0.0.1/24\nrouter: {as: 65000}\n"
      "neighbors: [{address: 10.0.0.2, remoteAs: 65000, password: s3cret, ttlSecurity: true}]\n");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->neighbors.at(0).password, "s3cret");
  EXPECT_EQ(file->neighbors.at(0).ttl_security, 1U);
}

// Each of these is a mistake, and some of them are what YAML makes of a password without quotes.
TEST(Password, IsNeverShownByAProblem) {
  for (std::string const keys :
       {"password: s3cret, password: s3cret", "password: [s3cret]", "password: {s3cret: s3cret}", "password: *s3cret",
        "password: &s3cret", "password: s3cret,more-s3cret", "password: 's3cret' s3cret", "password: \"s3cret",
        "password: s3cret: s3cret", "password: @s3cret", "password: %s3cret", "password: `s3cret", "password: s3cret]",
        "password: !s3cret", "password: #s3cret", "password: |s3cret", "password: s3cret, passwordEnv: s3cret-",
        "passwordEnv: s3cret"}) {
    auto const found = of_neighbor(keys);
    EXPECT_THAT(found, Not(IsEmpty())) << keys;
    for (auto const& problem : found) EXPECT_THAT(problem, Not(HasSubstr("s3cret"))) << keys;
  }
  auto const long_one = of_neighbor("password: " + std::string(81, 'x'));
  EXPECT_THAT(long_one, ElementsAre(Not(HasSubstr("xx"))));
  EXPECT_THAT(of_neighbor("password: one,two"),
              ElementsAre("line 2: neighbors[0].password: ends at a comma or another mark of YAML; put it in quotes"));
}

TEST(Password, IsNeverShownByAWarning) {
  auto const config = good("neighbors: [{address: 10.0.0.2, remoteAs: 65001, password: s3cret}]\n");
  ASSERT_FALSE(config.warnings.empty());
  for (auto const& warning : config.warnings) EXPECT_THAT(warning.text(), Not(HasSubstr("s3cret")));
}

// The kernel has no key that says "unsigned".
TEST(Password, OfARangeIsAskedOfEverybodyInIt) {
  std::string const groups = "groups: {secret: {remoteAs: 65000, password: x}, open: {remoteAs: 65000}}\n";
  EXPECT_THAT(
      problems(groups + "ranges: [{prefix: 10.0.0.0/8, group: secret}]\n"
                        "neighbors:\n- {address: 10.0.0.2, group: open}\n- {address: 11.0.0.2, group: open}\n"),
      ElementsAre("line 5: neighbors[0].address: 10.0.0.2 has no password, but lies within 10.0.0.0/8 (line 3), "
                  "whose password the kernel asks of everybody there; give it one too, or take it out of the "
                  "range"));
  EXPECT_THAT(
      problems(groups + "ranges:\n- {prefix: 10.1.0.0/16, group: open}\n- {prefix: 10.0.0.0/8, group: secret}\n"),
      ElementsAre(HasSubstr("line 4: ranges[0].prefix: 10.1.0.0/16 has no password, but lies within 10.0.0.0/8 "
                            "(line 5)")));
  good(groups +
       "ranges:\n- {prefix: 10.1.0.0/16, group: secret}\n- {prefix: 10.0.0.0/8, group: open}\n"
       "- {prefix: 2001:db8::/32, group: secret}\nneighbors:\n- {address: 10.0.0.2, group: secret, password: y}\n");
}

TEST(Password, IsOneAnAddressWhateverTheInterface) {
  auto const two = [](std::string const& first, std::string const& second) {
    return "neighbors:\n- {address: fe80::2%1, remoteAs: 65000" + first + "}\n- {address: fe80::2%2, remoteAs: 65000" +
           second + "}\n";
  };
  good(two(", password: x", ", password: x"));
  good(two("", ""));
  for (std::string const other : {", password: y", ""}) {
    EXPECT_THAT(problems(two(", password: x", other)),
                ElementsAre("line 4: neighbors[1].address: fe80::2 has not the password of line 3; give both the same: "
                            "the kernel keeps one an address, whatever the interface"));
  }
}

TEST(TtlSecurity, IsOneHopOrMore) {
  EXPECT_EQ(neighbor("passive: true").ttl_security, 0U);
  EXPECT_EQ(neighbor("ttlSecurity: false").ttl_security, 0U);
  EXPECT_EQ(neighbor("ttlSecurity: true").ttl_security, 1U);
  EXPECT_EQ(neighbor("ttlSecurity: 1").ttl_security, 1U);
  EXPECT_EQ(neighbor("ttlSecurity: 254").ttl_security, 254U);
  for (std::string const wrong : {"0", "255", "-1"}) {
    EXPECT_THAT(of_neighbor("ttlSecurity: " + wrong),
                ElementsAre("line 2: neighbors[0].ttlSecurity: '" + wrong +
                            "' is out of range; write true (for 1), false, or a number from 1 to 254"));
  }
  EXPECT_THAT(
      of_neighbor("ttlSecurity: yes"),
      ElementsAre("line 2: neighbors[0].ttlSecurity: 'yes' is no number; write true (for 1), false, or a number "
                  "from 1 to 254"));
}

TEST(Ttl, IsWhatWeSend) {
  EXPECT_EQ(neighbor("passive: true").ttl, 0U);
  EXPECT_EQ(neighbor("ttl: 1").ttl, 1U);
  EXPECT_EQ(neighbor("ttl: 255").ttl, 255U);
  for (std::string const wrong : {"0", "256"}) {
    EXPECT_THAT(of_neighbor("ttl: " + wrong),
                ElementsAre("line 2: neighbors[0].ttl: '" + wrong + "' is out of range; write a number from 1 to 255"));
  }
}

TEST(Ttl, DoesNotGoWithTtlSecurity) {
  EXPECT_THAT(of_neighbor("ttlSecurity: 2, ttl: 3"),
              ElementsAre("line 2: neighbors[0].ttl: ttlSecurity sends with TTL 255: there is also "
                          "neighbors[0].ttlSecurity in line 2; remove one of the two"));
}

TEST(Ttl, OfANeighbourReplacesTtlSecurityOfItsGroupAndTheOtherWayRound) {
  auto const config = good(
      "groups: {near: {ttlSecurity: true}, far: {ttl: 9}}\nneighbors:\n"
      "- {address: 10.0.0.2, remoteAs: 65000, group: near, ttl: 3}\n"
      "- {address: 10.0.0.3, remoteAs: 65000, group: far, ttlSecurity: 2}\n"
      "- {address: 10.0.0.4, remoteAs: 65000, group: near, ttlSecurity: false}\n");
  ASSERT_EQ(config.neighbors.size(), 3U);
  EXPECT_EQ(config.neighbors[0].ttl, 3U);
  EXPECT_EQ(config.neighbors[0].ttl_security, 0U);
  EXPECT_EQ(config.neighbors[1].ttl, 0U);
  EXPECT_EQ(config.neighbors[1].ttl_security, 2U);
  EXPECT_EQ(config.neighbors[2].ttl_security, 0U);
}

}  // namespace
}  // namespace tern::config
