// tern-reflector from its start to its end, and whom it does not let in.
#include <algorithm>
#include <csignal>
#include <filesystem>

#include "scene.h"
#include "support/netns.h"

namespace programs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class StartStop : public Scene {
 protected:
  /// The log has this, at once or soon: it is written by a thread of its own.
  bool logs(std::string const& text) {
    return support::eventually(10s, [&] { return reflector_->output().find(text) != std::string::npos; });
  }
};

TEST_F(StartStop, TermTellsEveryNeighbourAndEndsPromptly) {
  start(file());
  auto client = neighbour("10.77.0.2"), outside = neighbour("192.0.2.1", 65010);
  ASSERT_TRUE(client.establish(soon()));
  ASSERT_TRUE(outside.establish(soon()));
  reflector_->signal(SIGTERM);
  for (auto* peer : {&client, &outside}) {
    auto const last = peer->await_notification(soon());
    ASSERT_TRUE(last);
    EXPECT_EQ(last->code, 6U);
    EXPECT_EQ(last->subcode, 2U);
    ASSERT_FALSE(last->data.empty());
    std::string const text(last->data.begin() + 1, last->data.end());  // RFC 9003: a length, then UTF-8
    EXPECT_EQ(last->data[0], text.size());
    EXPECT_EQ(text, "tern-reflector is stopping");
    peer->close();
  }
  EXPECT_EQ(reflector_->wait(3s), 0);
  EXPECT_FALSE(std::filesystem::exists(socket_));
  EXPECT_THAT(reflector_->output(), AllOf(HasSubstr("stopping on SIGTERM"), HasSubstr("stopped")));
}

TEST_F(StartStop, ANeighbourThatDoesNotCloseDoesNotHoldUpTheEnd) {
  start(file());
  auto client = neighbour("10.77.0.2");
  ASSERT_TRUE(client.establish(soon()));
  reflector_->signal(SIGTERM);
  EXPECT_EQ(reflector_->wait(8s), 0);  // two seconds, and what a busy machine adds
}

TEST_F(StartStop, ItLogsALineAnEventWithPeerAndReason) {
  start(file());
  auto client = neighbour("10.77.0.2");
  ASSERT_TRUE(client.establish(soon()));
  client.send(support::notification(6, 2, support::hex("03 627965")));
  client.close();
  EXPECT_TRUE(logs("peer 10.77.0.2 up, AS 65000\n"));
  EXPECT_TRUE(logs("peer 10.77.0.2 down: received Cease / Administrative Shutdown (6/2)"));
}

TEST_F(StartStop, TheOnePastTheLimitIsTold) {
  start(file(1));
  auto first = neighbour("10.77.0.2"), second = neighbour("10.77.0.3");
  ASSERT_TRUE(first.establish(soon()));
  ASSERT_TRUE(second.connect(soon()));
  second.send(support::open_of(second.options()).bytes());  // on its way while the refusal is
  auto const refusal = second.await_notification(soon());
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->text(), "NOTIFICATION 6/5 data []");  // RFC 4486
  EXPECT_TRUE(logs("peer 10.77.0.3 refused: the range 10.77.0.0/16 has its limit of 1 neighbours"));
  first.close();
  EXPECT_TRUE(second.establish(soon())) << "there is room again";
}

TEST_F(StartStop, AStrangerIsDroppedWithoutAWord) {
  start(file());
  support::add_addresses("lo", {"10.78.0.2/32"});
  auto stranger = neighbour("10.78.0.2");
  ASSERT_TRUE(stranger.connect(soon()));
  stranger.send(support::open_of(stranger.options()).bytes());
  EXPECT_FALSE(stranger.await_notification(soon()));
  EXPECT_TRUE(stranger.connection().ended());
}

TEST_F(StartStop, ASecondDaemonOnTheSameSocketGivesUpAndHarmsNobody) {
  start(file());
  auto client = neighbour("10.77.0.2");
  ASSERT_TRUE(client.establish(soon()));
  auto const second = support::run({TERN_BIN "/tern-reflector", "--config", directory_.path() + "/reflector.yaml"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.output, HasSubstr("another daemon is listening"));
  EXPECT_EQ(ctl({"status"}).status, 0);
  client.drain();
  EXPECT_TRUE(client.up());
}

TEST_F(StartStop, WithoutListenItIsReachedOverBothFamilies) {
  support::add_addresses("lo", {"2001:db8::1/128", "2001:db8::2/128"});
  start("router: {as: 65000, id: 10.77.0.1}\napi: {socket: " + socket_ +
        "}\nneighbors:\n  - {address: 10.77.0.2, remoteAs: 65000, passive: true}\n  - {address: '2001:db8::2', "
        "remoteAs: 65000, passive: true}\n");
  auto v4 = neighbour("10.77.0.2");
  support::PeerOptions options;
  options.local = "2001:db8::2";
  options.remote = "2001:db8::1";
  options.id = "10.77.0.3";
  support::Peer v6(options);
  EXPECT_TRUE(v4.establish(soon()));
  EXPECT_TRUE(v6.establish(soon()));
}

TEST_F(StartStop, AnAddressThatIsNotOursIsNamedWithTheRemedy) {
  auto const yaml =
      "router: {as: 65000, id: 10.77.0.1}\nlisten: [{address: 10.66.0.1, port: 179}]\napi: {socket: " + socket_ + "}\n";
  auto const ended = support::run({TERN_BIN "/tern-reflector", "--config", directory_.write("bad.yaml", yaml)});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("10.66.0.1 port 179"), HasSubstr("no interface of this host has the address"),
                    HasSubstr("give it to one, or listen on another")));
}

TEST_F(StartStop, APortInUseIsSaidOnceWithTheAddress) {
  start(file());
  auto const yaml =
      "router: {as: 65000, id: 10.77.0.1}\nlisten: [{address: 10.77.0.1}]\napi: {socket: " + socket_ + "2}\n";
  auto const ended = support::run({TERN_BIN "/tern-reflector", "--config", directory_.write("second.yaml", yaml)});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("cannot listen on 10.77.0.1 port 179"),
                                  HasSubstr("another process listens there; stop it or choose another port")));
  EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 1) << ended.output;
}

}  // namespace
}  // namespace programs
