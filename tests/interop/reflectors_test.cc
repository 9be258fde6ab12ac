// Several tern-reflectors beside each other: everything arrives, nothing loops, and what is withdrawn stays away.
#include <csignal>

#include "interop_test.h"

namespace interop {
namespace {

auto const of_a = "203.0.113.0/24";
auto const of_b = "198.51.100.0/24";
auto const of_c = "192.0.2.0/24";
auto const own_cluster = "own cluster ID in CLUSTER_LIST (RFC 4456 §8)";

std::string client(std::string const& last) {
  return "address: 10.77.0." + last + ", remoteAs: 65000, reflectorClient: true, passive: true";
}
std::string dialled(std::string const& last, std::string const& from) {
  return "address: 10.77.0." + last + ", localAddress: 10.77.0." + from + ", remoteAs: 65000";
}
std::string passive(std::string const& last) { return "address: 10.77.0." + last + ", remoteAs: 65000, passive: true"; }

struct Reflectors : Interop {
  Tern& add_tern(std::string const& last, std::string const& cluster, std::vector<std::string> const& neighbours) {
    auto const address = "10.77.0." + last;
    terns.push_back(std::make_unique<Tern>(directory_, TernOptions{.name = "tern" + last,
                                                                   .addresses = {address},
                                                                   .id = address,
                                                                   .cluster = cluster,
                                                                   .neighbours = neighbours}));
    return *terns.back();
  }
  /// A BIRD with a session to each of `reflectors` (".1" is session "to1").
  Bird& add_bird(std::string const& last, std::string const& prefix, std::vector<std::string> const& reflectors) {
    BirdOptions options{.name = "bird" + last,
                        .id = "10.77.0." + last,
                        .routes = "route " + prefix + " blackhole { " + usual_in_bird + " };"};
    for (auto const& reflector : reflectors)
      options.sessions.push_back({.local = options.id, .neighbour = "10.77.0." + reflector, .name = "to" + reflector});
    birds.push_back(std::make_unique<Bird>(directory_, options));
    return *birds.back();
  }

  static auto at(Bird& bird, std::string const& prefix, std::string const& reflector) {
    return [&bird, prefix, reflector] { return bird.route(prefix, "to" + reflector); };
  }
  static Shown route_of(std::string const& last, std::string const& clusters) {
    return reflected(usual("10.77.0." + last), "10.77.0." + last, clusters);
  }

  /// UPDATEs sent and received by all reflectors on all their sessions.
  [[nodiscard]] std::uint64_t updates() const {
    std::uint64_t total = 0;
    for (auto const& tern : terns) {
      auto const peers = tern->ask({"peers"});
      for (auto const& peer : peers.as_array())
        for (auto const* way : {"sent", "received"})
          total += peer.at("messages").at(way).at("update").to_number<std::uint64_t>();
    }
    return total;
  }
  /// No UPDATE has passed anywhere for a second and a half.
  [[nodiscard]] bool at_rest() const {
    auto count = updates();
    auto since = support::Clock::now();
    return support::eventually(30s, [&] {
      if (auto const now = updates(); now != count) {
        count = now;
        since = support::Clock::now();
      }
      return support::Clock::now() - since > 1500ms;
    });
  }
  /// Nobody knows the prefix any more: no client, and no reflector in any Adj-RIB-In.
  [[nodiscard]] std::string who_still_knows(std::string const& prefix) const {
    std::string who;
    for (auto const& bird : birds)
      if (bird->command("show route " + prefix).find(prefix) != std::string::npos) who += bird->name() + " ";
    for (auto const& tern : terns)
      if (tern->tell({"explain", prefix}).find("there is no path") == std::string::npos) who += tern->name() + " ";
    return who;
  }
  /// Withdraws what `bird` announces: it goes away everywhere, and stays away.
  void withdraw(Bird& bird, std::string const& prefix) {
    EXPECT_NE(who_still_knows(prefix), "");
    bird.command("disable routes4");
    EXPECT_TRUE(support::eventually(30s, [&] { return who_still_knows(prefix).empty(); }));
    EXPECT_TRUE(at_rest());
    EXPECT_EQ(who_still_knows(prefix), "");
  }

  std::vector<std::unique_ptr<Tern>> terns;
  std::vector<std::unique_ptr<Bird>> birds;
};

TEST_F(Reflectors, OfOneClusterRefuseEachOthersReflections) {
  if (!need({"bird"})) return;
  auto& one = add_tern("1", "1.1.1.1", {client("2"), client("3"), dialled("9", "1")});
  auto& nine = add_tern("9", "1.1.1.1", {client("2"), client("3"), passive("1")});
  auto& a = add_bird("2", of_a, {"1", "9"});
  auto& b = add_bird("3", of_b, {"1", "9"});
  for (std::string const reflector : {"1", "9"}) {
    EXPECT_TRUE(comes_to_show(at(b, of_a, reflector), route_of("2", "1.1.1.1")));
    EXPECT_TRUE(comes_to_show(at(a, of_b, reflector), route_of("3", "1.1.1.1")));
  }
  EXPECT_TRUE(support::eventually(20s, [&] { return one.refusal(of_a, "10.77.0.9") == own_cluster; }));
  EXPECT_TRUE(support::eventually(20s, [&] { return nine.refusal(of_b, "10.77.0.1") == own_cluster; }));
  EXPECT_TRUE(at_rest());
  withdraw(a, of_a);
  EXPECT_TRUE(comes_to_show(at(a, of_b, "9"), route_of("3", "1.1.1.1")));
}

TEST_F(Reflectors, OfTwoClustersServeEachOthersClients) {
  if (!need({"bird"})) return;
  add_tern("1", "1.1.1.1", {client("2"), client("4"), dialled("9", "1")});
  add_tern("9", "2.2.2.2", {client("3"), client("4"), passive("1")});
  auto& a = add_bird("2", of_a, {"1"});
  auto& b = add_bird("3", of_b, {"9"});
  auto& both = add_bird("4", of_c, {"1", "9"});
  EXPECT_TRUE(comes_to_show(at(b, of_a, "9"), route_of("2", "2.2.2.2 1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at(a, of_b, "1"), route_of("3", "1.1.1.1 2.2.2.2")));
  EXPECT_TRUE(comes_to_show(at(both, of_a, "1"), route_of("2", "1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at(both, of_a, "9"), route_of("2", "2.2.2.2 1.1.1.1")));
  // A client of both is heard directly: the shorter CLUSTER_LIST wins.
  EXPECT_TRUE(comes_to_show(at(a, of_c, "1"), route_of("4", "1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at(b, of_c, "9"), route_of("4", "2.2.2.2")));
  EXPECT_TRUE(at_rest());
  withdraw(both, of_c);
  withdraw(a, of_a);
  EXPECT_TRUE(comes_to_show(at(a, of_b, "1"), route_of("3", "1.1.1.1 2.2.2.2")));
}

TEST_F(Reflectors, InARingOfClientsEndTheLoopByTheClusterList) {
  if (!need({"bird"})) return;
  auto const to_client = ", reflectorClient: true";
  auto& one = add_tern("1", "1.1.1.1", {client("2"), dialled("8", "1") + to_client, client("9")});
  add_tern("8", "2.2.2.2", {client("3"), client("1"), dialled("9", "8") + to_client});
  auto& nine = add_tern("9", "3.3.3.3", {client("4"), client("8"), dialled("1", "9") + to_client});
  auto& a = add_bird("2", of_a, {"1"});
  auto& b = add_bird("3", of_b, {"8"});
  auto& c = add_bird("4", of_c, {"9"});
  EXPECT_TRUE(comes_to_show(at(b, of_a, "8"), route_of("2", "2.2.2.2 1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at(c, of_a, "9"), route_of("2", "3.3.3.3 1.1.1.1")));
  EXPECT_TRUE(comes_to_show(at(a, of_b, "1"), route_of("3", "1.1.1.1 2.2.2.2")));
  EXPECT_TRUE(at_rest());
  EXPECT_EQ(one.refusal(of_a, "10.77.0.8"), "absent");
  // While the ninth is stopped, the eighth believes what that one last said, and the first is offered its own route.
  nine.process().signal(SIGSTOP);
  a.command("disable routes4");
  EXPECT_TRUE(comes_to_show(at(b, of_a, "8"), route_of("2", "2.2.2.2 3.3.3.3 1.1.1.1")));
  EXPECT_TRUE(support::eventually(20s, [&] { return one.refusal(of_a, "10.77.0.8") == own_cluster; }));
  EXPECT_FALSE(a.route(of_a, "to1"));
  nine.process().signal(SIGCONT);
  EXPECT_TRUE(support::eventually(30s, [&] { return who_still_knows(of_a).empty(); }));
  EXPECT_TRUE(at_rest());
  EXPECT_EQ(who_still_knows(of_a), "");
  withdraw(b, of_b);
  EXPECT_TRUE(comes_to_show(at(b, of_c, "8"), route_of("4", "2.2.2.2 3.3.3.3")));
}

}  // namespace
}  // namespace interop
