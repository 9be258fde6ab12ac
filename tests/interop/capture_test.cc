// What tern-reflector sends, as tshark understands it: a capture of sessions with all kinds of neighbours holds nothing
// that tshark calls malformed or warns of. The same look at a neighbour that does send nonsense shows that it would.
#include <algorithm>
#include <csignal>
#include <sstream>

#include "interop_test.h"
#include "support/peer.h"

namespace interop {
namespace {

auto const from_tern = "(ip.src == 10.77.0.1 || ipv6.src == 2001:db8:77::1)";
auto const from_liar = "ip.src == 10.77.0.9";

std::string many_routes(std::string const& of_each) {
  std::string out;
  for (int i = 0; i < 3000; ++i)
    out += "route 100." + std::to_string(64 + i / 256) + "." + std::to_string(i % 256) + ".0/24 blackhole { " +
           of_each + " };\n";
  return out;
}

struct Capture : Interop {
  void start_capture() {
    file = directory_.path() + "/all.pcapng";
    dumpcap.emplace("dumpcap", support::Arguments{"dumpcap", "-i", "lo", "-f", "tcp port 179", "-B", "32", "-w", file});
    ASSERT_TRUE(
        support::eventually(20s, [&] { return dumpcap->process().output().find("File: ") != std::string::npos; }));
  }
  void start_daemons() {
    std::string const both = "families: [ipv4-unicast, ipv6-unicast], passive: true, ";
    tern.emplace(directory_,
                 TernOptions{.addresses = {"10.77.0.1", "2001:db8:77::1"},
                             .neighbours = {both + "address: 10.77.0.2, remoteAs: 65000, reflectorClient: true",
                                            both + "address: \"2001:db8:77::3\", remoteAs: 65000",
                                            both + "address: 10.77.0.4, remoteAs: 65010, import: accept-all, "
                                                   "export: accept-all, nextHopUnchanged: true",
                                            both + "address: 10.77.0.9, remoteAs: 65000, reflectorClient: true"}});
    std::string const channel = "import all; export where source = RTS_STATIC; next hop address ";
    sender.emplace(directory_, BirdOptions{.name = "sender",
                                           .id = "10.77.0.2",
                                           .sessions = {{.local = "10.77.0.2", .ipv6 = channel + "2001:db8:77::2;"}},
                                           .routes = "route 203.0.113.0/24 blackhole { " + usual_in_bird + " };" +
                                                     many_routes(usual_in_bird),
                                           .routes6 = "route 2001:db8:1::/48 blackhole { " + usual_in_bird + " };"});
    receiver.emplace(directory_, BirdOptions{.name = "receiver",
                                             .id = "10.77.0.3",
                                             .sessions = {{.local = "2001:db8:77::3",
                                                           .neighbour = "2001:db8:77::1",
                                                           .ipv4 = channel + "10.77.0.3;",
                                                           .ipv6 = channel + "2001:db8:77::3;"}}});
    external.emplace(directory_,
                     BirdOptions{.name = "external",
                                 .id = "10.77.0.4",
                                 .sessions = {{.local = "10.77.0.4", .as = 65010, .ipv6 = channel + "2001:db8:77::4;"}},
                                 .routes = "route 198.51.100.0/24 blackhole;"});
  }
  /// A client whose AS numbers have two octets. It hears everything, asks for it again, and says something wrong.
  void lie() const {
    using namespace support;
    Peer liar({.local = "10.77.0.9", .remote = "10.77.0.1", .id = "10.77.0.9"});
    PeerOptions options = liar.options();
    options.capabilities = {capability_mp(1, 1), capability_mp(2, 1), capability(2)};
    liar = Peer(options);
    ASSERT_TRUE(liar.establish(in(20s)));
    ASSERT_TRUE(liar.wait(in(20s), [&] { return liar.rib().routes().size() >= 3003; })) << liar.rib().routes().size();
    auto const before = liar.rib().announcements("203.0.113.0/24");
    liar.send(route_refresh(1, 1));
    ASSERT_TRUE(liar.wait(in(20s), [&] { return liar.rib().announcements("203.0.113.0/24") > before; }));
    Update update;
    update.add(kWellKnown, kOrigin, u8(0)).add(kWellKnown, kAsPath, {}).add(kWellKnown, kNextHop, ip("10.77.0.9"));
    update.reachable = nlri("192.0.2.0/24");
    update.attributes_length = 200;
    liar.send(update.bytes());
    ASSERT_TRUE(liar.await_notification(in(20s)));
  }
  [[nodiscard]] support::Finished tshark(support::Arguments arguments) const {
    arguments.insert(arguments.begin(), {"tshark", "-r", file});
    return support::run(arguments, {}, 60s);
  }
  /// How many messages of this type there are; 0 too while the file is incomplete.
  [[nodiscard]] std::ptrdiff_t messages(char type, std::string const& source) const {
    auto const found = tshark({"-Y", "bgp && " + source, "-T", "fields", "-E", "header=y", "-e", "bgp.type"});
    auto const header = found.output.find("bgp.type\n");
    if (found.status != 0 || header == std::string::npos) return 0;
    return std::count(found.output.begin() + std::ptrdiff_t(header), found.output.end(), type);
  }
  /// What tshark finds wrong with BGP from this source: malformed frames, and its own summary of warnings and errors.
  [[nodiscard]] std::string complaints(std::string const& source) const {
    auto const malformed = tshark({"-Y", "_ws.malformed && " + source});
    auto const warnings = tshark({"-q", "-z", "expert,warn," + source});
    EXPECT_EQ(malformed.status, 0) << malformed.output;
    EXPECT_EQ(warnings.status, 0) << warnings.output;
    std::string out;
    std::istringstream all(malformed.output + warnings.output);
    for (std::string line; std::getline(all, line);)
      if (line.find("BGP") != std::string::npos) out += line + "\n";
    return out;
  }

  std::string file;
  std::optional<Daemon> dumpcap;
  std::optional<Tern> tern;
  std::optional<Bird> sender, receiver, external;
};

TEST_F(Capture, HoldsNothingOfOursThatTsharkWarnsOf) {
  if (!need({"bird", "dumpcap", "tshark"})) return;
  start_capture();
  start_daemons();
  EXPECT_TRUE(support::eventually(60s, [&] { return receiver->count() == 3003 && external->count() == 3002; }))
      << receiver->count() << " and " << external->count();
  ASSERT_NO_FATAL_FAILURE(lie());
  sender->command("disable routes4");
  sender->command("disable routes6");
  EXPECT_TRUE(support::eventually(60s, [&] { return receiver->count() == 1 && external->count() == 0; }))
      << receiver->count() << " and " << external->count();
  EXPECT_EQ(tern->process().stop(), 0);
  EXPECT_TRUE(support::eventually(20s, [&] { return !external->established() && !receiver->established(); }));
  // What is still on its way from the kernel when dumpcap ends is lost.
  EXPECT_TRUE(support::eventually(30s, [&] { return messages('3', from_tern) >= 4; }));
  dumpcap->process().signal(SIGINT);
  ASSERT_EQ(dumpcap->process().wait(20s), 0);
  EXPECT_GE(messages('1', from_tern), 4);
  EXPECT_GE(messages('2', from_tern), 20);
  EXPECT_EQ(complaints(from_tern), "");
  EXPECT_NE(complaints(from_liar), "") << "tshark believes everything";
}

}  // namespace
}  // namespace interop
