// Which next hop the routers see for the node's blocks. The node has a second address on each link, .9 and ::9: its
// own by nextHopAddresses, by a filter, or, where it is the node's `address`, by nextHopUnchanged. No session falls
// when the mode is changed, and packets go on either way.
#include "rack.h"

namespace tor {
namespace {

auto const all_changed = "0 added, 0 removed, 4 changed\n";

class NextHopModes : public Tors {
 protected:
  void SetUp() override {
    Tors::SetUp();
    if (node_ == nullptr) return;
    for (auto const* const link : {"1", "2"}) {
      auto const n = std::string(link);
      auto const device = n == "1" ? " dev eth0" : " dev eth1";
      node_->run("ip addr add 10.1." + n + ".9/24" + device + "; ip -6 addr add 2001:db8:" + n + "::9/64 nodad" +
                 device);
    }
  }
  [[nodiscard]] static Ends second(unsigned number) {
    auto const n = std::to_string(number + 1);
    return {"10.1." + n + ".9", "2001:db8:" + n + "::9"};
  }
  /// The node's file with further keys of each router's neighbours; {v4} and {v6} stand for the second addresses.
  [[nodiscard]] std::string file(std::string const& keys, NodeOptions const& options = {}) const {
    auto out = node_file(options);
    for (unsigned number = 0; number < tors_.size(); ++number) {
      auto ours = ", " + keys;
      auto const put = [&](std::string const& name, std::string const& value) {
        if (auto const at = ours.find(name); at != std::string::npos) ours.replace(at, name.size(), value);
      };
      put("{n}", std::to_string(number + 1));
      put("{v4}", second(number).v4);
      put("{v6}", second(number).v6);
      for (auto const& router : {tor(number).options().below.v4, tor(number).options().below.v6}) {
        auto const line = "{address: \"" + router + "\"";
        out.insert(out.find(line) + line.size(), ours);
      }
    }
    return out;
  }
  /// Both blocks, at the routers for which it holds.
  [[nodiscard]] bool seen_by_second(unsigned number) const { return seen_by(number, second(number)); }
  [[nodiscard]] bool seen_by_session(unsigned number) const { return seen_by(number, tor(number).options().node); }
  [[nodiscard]] bool pods_are_reached() { return ping(*pod_, outside_at.v4) && ping(*pod_, outside_at.v6); }
  [[nodiscard]] std::string flaps() const {
    std::string all;
    for (auto const& one : tors_) all += daemon_->peer(one->options().below.v4, {"flaps"});
    return all;
  }

 private:
  [[nodiscard]] bool seen_by(unsigned number, Ends const& next_hops) const {
    for (auto const& block : {block4, block6}) {
      auto const seen = tor(number).seen(block);
      if (!seen || seen->next_hop != next_hops.of(block)) return false;
    }
    return true;
  }
};

TEST_F(NextHopModes, AddressesOfOurOwnAreToldAndTakenBack) {
  ASSERT_TRUE(start());
  EXPECT_TRUE(seen_by_session(0) && seen_by_session(1));
  EXPECT_EQ(daemon_->reload(file("nextHopAddresses: [{v4}, \"{v6}\"]")), all_changed);
  ASSERT_TRUE(soon(10s, [&] { return seen_by_second(0) && seen_by_second(1); }));
  EXPECT_TRUE(both_ways_down());
  EXPECT_TRUE(pods_are_reached());
  EXPECT_EQ(daemon_->reload(file("description: as before")), all_changed);
  EXPECT_TRUE(soon(10s, [&] { return seen_by_session(0) && seen_by_session(1); }));
  EXPECT_EQ(flaps(), "00");
}

TEST_F(NextHopModes, AFilterSetsThem) {
  ASSERT_TRUE(start());
  NodeOptions options;
  options.more = "filters:\n";
  for (unsigned number = 0; number < 2; ++number) {
    options.more += "  to" + std::to_string(number + 1) + ": [{match: {prefix: " + block4 +
                    "}, set: {nextHop: " + second(number).v4 + "}, then: accept}, {match: {prefix: \"" + block6 +
                    "\"}, set: {nextHop: \"" + second(number).v6 + "\"}, then: accept}]\n";
  }
  EXPECT_EQ(daemon_->reload(file("export: to{n}", options)), all_changed);
  ASSERT_TRUE(soon(10s, [&] { return seen_by_second(0) && seen_by_second(1); }));
  EXPECT_TRUE(pods_are_reached());
  EXPECT_EQ(flaps(), "00");
}

TEST_F(NextHopModes, TheNodesAddressStaysWhereItIsToBeUnchanged) {
  NodeOptions options;
  options.address = "[10.1.1.9/24, \"2001:db8:1::9/64\"]";
  start_node(options);
  ASSERT_TRUE(start());
  EXPECT_TRUE(seen_by_session(0)) << "over eBGP our end of the session, whatever the node's address";
  auto unchanged = node_file(options);
  for (auto const& router : {tor(0).options().below.v4, tor(0).options().below.v6}) {
    auto const line = "{address: \"" + router + "\"";
    unchanged.insert(unchanged.find(line) + line.size(), ", nextHopUnchanged: true");
  }
  EXPECT_EQ(daemon_->reload(unchanged), "0 added, 0 removed, 2 changed\n");
  ASSERT_TRUE(soon(10s, [&] { return seen_by_second(0); }));
  EXPECT_TRUE(seen_by_session(1)) << "of which nothing was changed";
  EXPECT_TRUE(pods_are_reached());
  EXPECT_EQ(flaps(), "00");
}

}  // namespace
}  // namespace tor
