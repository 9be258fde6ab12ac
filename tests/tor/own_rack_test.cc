// A rack with an AS of its own, whose sessions are signed and near: the node is AS 64601 to the BIRD and 64602 to the
// FRR (localAs), every segment has an MD5 signature and a TTL of 255. What the node's filters say takes effect above.
#include "rack.h"

namespace tor {
namespace {

class OwnRack : public Tors {
 protected:
  void adapt(TorOptions& options, unsigned number) override {
    auto const n = std::to_string(number);
    options.node_as = 64600 + number;
    options.password = "rack-" + n;
    options.near = true;
    options.node_keys = ", localAs: 6460" + n + ", password: rack-" + n + ", ttlSecurity: true, export: up" + n;
  }
  /// Filters of the node: its blocks go up, to the first router with `set`.
  static NodeOptions with(std::string const& set) {
    NodeOptions options;
    auto const filter = [](std::string const& edits) {
      return "[{match: {prefix: blocks}, " + edits + "then: accept}, {then: reject}]";
    };
    options.more = "prefixLists: {blocks: [" + block4 + ", \"" + block6 +
                   "\"]}\nfilters: {up1: " + filter(set.empty() ? "" : "set: {" + set + "}, ") +
                   ", up2: " + filter("") + "}\n";
    return options;
  }
  [[nodiscard]] bool only_the_second_hands_it_on() const {
    return ways_down(block4) == std::set{tor(1).options().above.v4} &&
           ways_down(block6) == std::set{tor(1).options().above.v6};
  }
  [[nodiscard]] std::string flaps() const {
    std::string all;
    for (auto const& one : tors_) all += daemon_->peer(one->options().below.v4, {"flaps"});
    return all;
  }
};

TEST_F(OwnRack, EachRouterSeesTheAsOfItsRackInFrontOfTheNodes) {
  start_node(with(""));
  ASSERT_TRUE(start());
  for (auto const& one : tors_) {
    for (auto const& block : {block4, block6}) {
      auto const path = std::to_string(one->options().node_as) + " 64512";
      EXPECT_EQ(one->seen(block), (Seen{path, one->options().node.of(block)})) << one->options().name << block;
    }
    EXPECT_EQ(daemon_->peer(one->options().below.v6, {"md5"}), "true");
    EXPECT_EQ(daemon_->peer(one->options().below.v4, {"localAs"}), std::to_string(one->options().node_as));
  }
  for (auto const& any : {any4, any6}) EXPECT_TRUE(ping(*pod_, outside_at.of(any)));
}

TEST_F(OwnRack, ACommunityThatAFilterAddsKeepsARouterFromHandingItOnAndNoSessionFalls) {
  start_node(with(""));
  ASSERT_TRUE(start());
  // Two neighbours are the first router's, one a family.
  EXPECT_EQ(daemon_->reload(node_file(with("addCommunities: [\"" + not_up + "\"]"))),
            "0 added, 0 removed, 2 changed\n");
  ASSERT_TRUE(soon(10s, [&] { return only_the_second_hands_it_on(); }));
  EXPECT_TRUE(tor(0).seen(block4)) << "it still has it itself";
  EXPECT_TRUE(ping(*pod_, outside_at.v4));
  EXPECT_EQ(daemon_->reload(node_file(with(""))), "0 added, 0 removed, 2 changed\n");
  EXPECT_TRUE(soon(10s, [&] { return both_ways_down(); }));
  EXPECT_EQ(flaps(), "00");
}

TEST_F(OwnRack, AFilterOnImportLeavesOneWayUp) {
  auto const with_import = [](std::string const& first_rule) {
    auto options = with("");
    options.import = "rack";
    auto const end = options.more.rfind("}\n");
    options.more.replace(end, 2, ", rack: [" + first_rule + "{then: accept}]}\n");
    return options;
  };
  auto const usual = with_import("");
  start_node(usual);
  ASSERT_TRUE(start());
  auto const lower =
      with_import("{match: {peer: [10.1.1.254, \"2001:db8:1::ff\"]}, set: {localPref: 50}, then: accept}, ");
  EXPECT_EQ(daemon_->reload(node_file(lower)), "0 added, 0 removed, 4 changed\n");
  ASSERT_TRUE(soon(10s, [&] { return only(tor(1)); }));
  EXPECT_EQ(daemon_->reload(node_file(usual)), "0 added, 0 removed, 4 changed\n");
  EXPECT_TRUE(soon(10s, [&] { return ecmp(); }));
  EXPECT_EQ(flaps(), "00");
}

TEST_F(OwnRack, TheNodeGoesAwayGracefullyFromOneRouter) {
  start_node(with(""));
  ASSERT_TRUE(start());
  auto const leaving = with("");
  auto file = node_file(leaving);
  for (auto at = file.find("localAs: 64601"); at != std::string::npos; at = file.find("localAs: 64601", at + 40)) {
    file.insert(at, "gracefulShutdown: true, ");
  }
  EXPECT_EQ(daemon_->reload(file), "0 added, 0 removed, 2 changed\n");
  auto const communities = [&] {
    auto const& bird = dynamic_cast<BirdTor const&>(tor(0)).daemon();
    auto const route = bird.route(block4, "node4");
    return route && route->contains("community") ? route->at("community") : "";
  };
  EXPECT_TRUE(soon(10s, [&] { return communities() == "(65535,0)"; })) << communities();
  EXPECT_EQ(flaps(), "00");
}

}  // namespace
}  // namespace tor
