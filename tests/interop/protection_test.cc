// Sessions with TCP MD5 signatures (RFC 2385) and GTSM (RFC 5082) between tern-reflector and the daemons of others,
// each in a network namespace of its own: IPv4 and IPv6, whoever dials.
#include <gmock/gmock.h>

#include <sstream>

#include "frr.h"
#include "interop_test.h"
#include "openbgpd.h"

namespace interop {
namespace {

using support::Namespace;
using testing::HasSubstr;
using testing::Not;

std::string const password = "s3cret:pass-w0rd";
std::string const good_key = "password: '" + password + "'", bad_key = "password: 'S3cret:pass-w0rd'";

/// What a daemon of others is told.
struct Theirs {
  std::string address = {};
  std::string neighbour = {};
  bool passive = false;
  std::string password = {};
  bool gtsm = false;  ///< one hop; otherwise eBGP's usual TTL of 1
  [[nodiscard]] bool ipv6() const { return address.find(':') != std::string::npos; }
};

class Other {
 public:
  virtual ~Other() = default;
  [[nodiscard]] virtual bool established() const = 0;
};

class OtherBird : public Other {
 public:
  OtherBird(support::TemporaryDirectory const& directory, Theirs const& t, Namespace const& network)
      : bird_(directory, options(t, network)) {}
  [[nodiscard]] bool established() const override { return bird_.established(); }

 private:
  static BirdOptions options(Theirs const& t, Namespace const& network) {
    std::string const everything = "import all; export all;";
    BirdSession session{.local = t.address, .as = 65010, .neighbour = t.neighbour};
    session.ipv4 = t.ipv6() ? "" : everything;
    session.ipv6 = t.ipv6() ? everything : "";
    session.options = "direct; " + std::string(t.passive ? "passive; " : "") + (t.gtsm ? "ttl security on; " : "") +
                      (t.password.empty() ? "" : "password \"" + t.password + "\"; ");
    return {.name = "bird", .id = "10.78.0.2", .sessions = {session}, .network = &network};
  }
  Bird bird_;
};

class OtherFrr : public Other {
 public:
  OtherFrr(support::TemporaryDirectory const& directory, Theirs const& t, Namespace const& network)
      : neighbour_(t.neighbour), frr_(directory, {"frr", configuration(t), &network}) {}
  [[nodiscard]] bool established() const override { return frr_.established(neighbour_); }

 private:
  static std::string configuration(Theirs const& t) {
    auto const who = " neighbor " + t.neighbour;
    auto out = "router bgp 65010\n bgp router-id 10.78.0.2\n no bgp ebgp-requires-policy\n" + who +
               " remote-as 65000\n" + who + " timers connect 1\n";
    if (t.passive) out += who + " passive\n";
    if (t.gtsm) out += who + " ttl-security hops 1\n";
    if (!t.password.empty()) out += who + " password " + t.password + "\n";
    if (t.ipv6()) out += " address-family ipv6 unicast\n " + who + " activate\n exit-address-family\n";
    return out;
  }
  std::string neighbour_;
  Frr frr_;
};

class OtherOpenBgpd : public Other {
 public:
  OtherOpenBgpd(support::TemporaryDirectory const& directory, Theirs const& t, Namespace const& network)
      : neighbour_(t.neighbour), bgpd_(directory, "openbgpd", configuration(t), &network) {}
  [[nodiscard]] bool established() const override { return bgpd_.established(neighbour_); }

 private:
  static std::string configuration(Theirs const& t) {
    auto out =
        "AS 65010\nrouter-id 10.78.0.2\nfib-update no\nconnect-retry 1\nallow from any\nallow to any\nneighbor " +
        t.neighbour + " {\n  remote-as 65000\n  local-address " + t.address + "\n  announce IPv" +
        (t.ipv6() ? "6" : "4") + " unicast\n";
    if (t.passive) out += "  passive\n";
    if (t.gtsm) out += "  ttl-security yes\n";
    if (!t.password.empty()) out += "  tcp md5sig password \"" + t.password + "\"\n";
    return out + "}\n";
  }
  std::string neighbour_;
  OpenBgpd bgpd_;
};

/// Of a network namespace's kernel, added up; null: the test's own.
std::uint64_t kernel_counts(std::vector<std::string> const& what, Namespace const* network) {
  std::istringstream file(support::run({"cat", "/proc/net/netstat"}, {.network = network}).output);
  std::uint64_t total = 0;
  for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
    std::istringstream name(names), value(values);
    for (std::string n, v; name >> n && value >> v;) {
      if (std::find(what.begin(), what.end(), n) != what.end()) total += std::stoull(v);
    }
  }
  return total;
}

struct Setting {
  char const* daemon;
  bool ipv6;
  bool we_dial;
};
void PrintTo(Setting const& setting, std::ostream* out) { *out << setting.daemon; }

/// tern-reflector (AS 65000) in the test's namespace at .1, another daemon (AS 65010) beyond a cable at .2.
class Protected : public Interop {
 protected:
  void SetUp() override {
    Interop::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    beyond.emplace();
    beyond->join("eth0", {"10.78.0.1/24", "2001:db8:78::1/64"}, "eth0", {"10.78.0.2/24", "2001:db8:78::2/64"});
  }
  [[nodiscard]] bool possible(Setting const& setting) {
    std::string const daemon = setting.daemon;
    return need({daemon == "frr" ? "/usr/lib/frr/bgpd" : daemon == "openbgpd" ? "bgpctl" : "bird"});
  }
  void run_tern(std::string const& rest) {
    tern.emplace(directory_, "tern", support::Arguments{TernDaemon::program("tern-reflector")},
                 "router: {as: 65000, id: 10.78.0.1}\napi: {socket: {socket}}\n" + rest);
  }
  void run_other(Setting const& setting, Theirs theirs) {
    theirs.address = setting.ipv6 ? "2001:db8:78::2" : "10.78.0.2";
    theirs.neighbour = setting.ipv6 ? "2001:db8:78::1" : "10.78.0.1";
    theirs.passive = setting.we_dial;
    address = theirs.address;
    std::string const daemon = setting.daemon;
    if (daemon == "bird") other = std::make_unique<OtherBird>(directory_, theirs, *beyond);
    if (daemon == "frr") other = std::make_unique<OtherFrr>(directory_, theirs, *beyond);
    if (daemon == "openbgpd") other = std::make_unique<OtherOpenBgpd>(directory_, theirs, *beyond);
  }
  /// `ours`: keys of the neighbour in our file.
  void start(Setting const& setting, std::string const& ours, Theirs const& theirs) {
    run_other(setting, theirs);
    run_tern("neighbors:\n  - {address: \"" + address + "\", remoteAs: 65010, connectRetry: 1, passive: " +
             (setting.we_dial ? "false" : "true") + (ours.empty() ? "" : ", ") + ours + "}\n");
  }
  [[nodiscard]] bool comes_up() const {
    return support::eventually(30s, [&] { return tern->established(address) && other->established(); });
  }
  /// The kernel of one side drops again and again what the other one sends.
  [[nodiscard]] bool is_dropped(std::vector<std::string> const& counters) const {
    auto const dropped = [&] { return kernel_counts(counters, nullptr) + kernel_counts(counters, &*beyond); };
    return support::eventually(30s, [&] { return dropped() >= 2; });
  }
  [[nodiscard]] bool is_down() const { return !tern->established(address) && !other->established(); }

  std::optional<Namespace> beyond;
  std::optional<TernDaemon> tern;
  std::unique_ptr<Other> other;
  std::string address;  // the other's
};

std::vector<std::string> const unsigned_or_wrong = {"TCPMD5NotFound", "TCPMD5Unexpected", "TCPMD5Failure"};
std::vector<std::string> const too_far = {"TCPMinTTLDrop"};

class Signed : public Protected, public testing::WithParamInterface<Setting> {};
class Near : public Protected, public testing::WithParamInterface<Setting> {};

TEST_P(Signed, TheSamePasswordBringsTheSessionUp) {
  if (!possible(GetParam())) return;
  start(GetParam(), good_key, {.password = password});
  EXPECT_TRUE(comes_up());
  EXPECT_EQ(tern->peer(address, {"md5"}), "true");
  EXPECT_EQ(kernel_counts(unsigned_or_wrong, nullptr), 0U);
  for (auto const& shown : {tern->tell({"peers", address}), tern->tell({"peers", "--json"}), tern->tell({"status"}),
                            tern->process().output()}) {
    EXPECT_THAT(shown, Not(HasSubstr("s3cret")));
  }
}

TEST_P(Signed, AnotherPasswordDoesNot) {
  if (!possible(GetParam())) return;
  start(GetParam(), bad_key, {.password = password});
  EXPECT_TRUE(is_dropped(unsigned_or_wrong));
  EXPECT_TRUE(is_down());
}

TEST_P(Near, GtsmOnBothSidesBringsTheSessionUp) {
  if (!possible(GetParam())) return;
  start(GetParam(), "ttlSecurity: true", {.gtsm = true});
  EXPECT_TRUE(comes_up());
  EXPECT_EQ(tern->peer(address, {"ttlSecurity"}), "1");
}

TEST_P(Near, GtsmRefusesWhatComesWithATtlOfOne) {
  if (!possible(GetParam())) return;
  start(GetParam(), "ttlSecurity: true", {.gtsm = false});
  if (GetParam().we_dial) {
    EXPECT_TRUE(is_dropped(too_far));
  } else {
    EXPECT_TRUE(support::eventually(20s, [&] { return tern->peer(address, {"lastError"}) != ""; }));
    EXPECT_THAT(tern->peer(address, {"lastError"}), HasSubstr("its SYN came with TTL 1 instead of 255"));
  }
  EXPECT_TRUE(is_down());
}

TEST_P(Signed, BothTogetherBringTheSessionUp) {
  if (!possible(GetParam())) return;
  start(GetParam(), good_key + ", ttlSecurity: true", {.password = password, .gtsm = true});
  EXPECT_TRUE(comes_up());
}

std::string name_of(testing::TestParamInfo<Setting> const& info) {
  return std::string(info.param.daemon) + (info.param.ipv6 ? "6" : "4") + (info.param.we_dial ? "Dialled" : "Dials");
}

std::vector<Setting> const everywhere = {
    {"bird", false, false},     {"bird", false, true},     {"bird", true, false},     {"bird", true, true},
    {"frr", false, false},      {"frr", false, true},      {"frr", true, false},      {"frr", true, true},
    {"openbgpd", false, false}, {"openbgpd", false, true}, {"openbgpd", true, false}, {"openbgpd", true, true}};

/// OpenBGPD 7.7 on Linux gives its listeners no keys: whoever signs cannot dial it, it has to dial.
std::vector<Setting> where_signatures_work() {
  auto out = everywhere;
  std::erase_if(out, [](Setting const& one) { return std::string(one.daemon) == "openbgpd" && one.we_dial; });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Protection, Signed, testing::ValuesIn(where_signatures_work()), name_of);
INSTANTIATE_TEST_SUITE_P(Protection, Near, testing::ValuesIn(everywhere), name_of);

// ---- what does not depend on the daemon, with BIRD

using ProtectedWithBird = Protected;

TEST_F(ProtectedWithBird, APasswordOnOneSideOnlyIsNone) {
  for (auto const& [ours, theirs] : {std::pair(good_key, std::string()), std::pair(std::string(), password)}) {
    for (bool const we_dial : {false, true}) {
      Setting const setting{"bird", false, we_dial};
      if (!possible(setting)) return;
      auto const before = kernel_counts(unsigned_or_wrong, nullptr) + kernel_counts(unsigned_or_wrong, &*beyond);
      start(setting, ours, {.password = theirs});
      EXPECT_TRUE(support::eventually(30s, [&, before = before] {
        return kernel_counts(unsigned_or_wrong, nullptr) + kernel_counts(unsigned_or_wrong, &*beyond) >= before + 2;
      }));
      EXPECT_TRUE(is_down());
      tern.reset();
      other.reset();
    }
  }
}

TEST_F(ProtectedWithBird, AWrongPasswordIsHintedAt) {
  Setting const setting{"bird", false, true};
  if (!possible(setting)) return;
  start(setting, bad_key, {.password = password});
  auto const hint = "no answer; is the password the same on both sides?";
  EXPECT_TRUE(support::eventually(30s, [&] { return tern->peer(address, {"lastError"}) != ""; }));
  EXPECT_THAT(tern->peer(address, {"lastError"}), HasSubstr(hint));
  EXPECT_THAT(tern->process().output(), HasSubstr(hint));
  EXPECT_THAT(tern->process().output(), Not(HasSubstr("3cret")));
  EXPECT_THAT(tern->tell({"peers", address}), HasSubstr("is the password the same on both sides?"));
}

TEST_F(ProtectedWithBird, ARangeHasOneKeyForAll) {
  for (bool const ipv6 : {false, true}) {
    Setting const setting{"bird", ipv6, false};
    if (!possible(setting)) return;
    auto const run_range = [&](std::string const& key) {
      run_tern("groups: {all: {remoteAs: 65010, " + key +
               "}}\nranges: [{prefix: " + (ipv6 ? "\"2001:db8:78::/64\"" : "10.78.0.0/24") + ", group: all}]\n");
    };
    run_other(setting, {.password = password});
    run_range(bad_key);
    auto const before = kernel_counts(unsigned_or_wrong, nullptr);
    EXPECT_TRUE(support::eventually(30s, [&] { return kernel_counts(unsigned_or_wrong, nullptr) >= before + 2; }));
    EXPECT_EQ(tern->peer(address, {"state"}), "") << "no neighbour was made";
    tern.reset();
    run_range(good_key);
    EXPECT_TRUE(comes_up());
    EXPECT_EQ(tern->peer(address, {"md5"}), "true");
    EXPECT_EQ(tern->peer(address, {"dynamic"}), "true");
    tern.reset();
    other.reset();
  }
}

TEST_F(ProtectedWithBird, ARangeWithGtsmRefusesAndSaysSo) {
  Setting const setting{"bird", false, false};
  if (!possible(setting)) return;
  run_other(setting, {});
  run_tern("groups: {all: {remoteAs: 65010, ttlSecurity: true}}\nranges: [{prefix: 10.78.0.0/24, group: all}]\n");
  EXPECT_TRUE(support::eventually(30s, [&] {
    return tern->process().output().find("a connection of it is refused: ttlSecurity: its SYN came with TTL 1") !=
           std::string::npos;
  }));
  EXPECT_TRUE(support::eventually(20s, [&] { return tern->peer(address, {"state"}).empty(); })) << "it is forgotten";
}

/// BIRD behind a router: what it sends with 255 arrives with 254.
TEST_F(ProtectedWithBird, ARouterBetweenIsAHop) {
  if (!need({"bird"})) return;
  Namespace const far;
  support::must_run({"ip", "link", "add", "right", "type", "veth", "peer", "name", "eth0", "netns", far.path()},
                    {.network = &*beyond});
  auto const shell = [](Namespace const& where, std::string const& line) {
    support::must_run({"sh", "-c", line}, {.network = &where});
  };
  shell(*beyond,
        "ip addr add 10.79.0.254/24 dev right && ip link set right up && "
        "echo 1 > /proc/sys/net/ipv4/ip_forward");
  shell(far, "ip addr add 10.79.0.2/24 dev eth0 && ip link set eth0 up && ip route add 10.78.0.0/24 via 10.79.0.254");
  support::must_run({"ip", "route", "add", "10.79.0.0/24", "via", "10.78.0.2"});
  BirdSession session{.local = "10.79.0.2", .as = 65010, .neighbour = "10.78.0.1", .ipv4 = "import all; export all;"};
  session.options = "multihop 2; ttl security on;";
  Bird const bird(directory_, {.name = "bird", .id = "10.79.0.2", .sessions = {session}, .network = &far});
  auto const run_with = [&](std::string const& hops) {
    tern.reset();
    run_tern("neighbors: [{address: 10.79.0.2, remoteAs: 65010, connectRetry: 1, ttlSecurity: " + hops + "}]\n");
  };
  run_with("1");
  EXPECT_TRUE(support::eventually(20s, [&] {
    return tern->process().output().find("its SYN came with TTL 254 instead of 255") != std::string::npos;
  }));
  EXPECT_FALSE(tern->established("10.79.0.2"));
  run_with("2");
  EXPECT_TRUE(support::eventually(30s, [&] { return tern->established("10.79.0.2") && bird.established(); }));
}

}  // namespace
}  // namespace interop
