// Answers about the kernel come from another thread, later or never: whoever asks, and whoever closes meanwhile, is
// safe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client.h"
#include "fake_fib.h"
#include "mgmt/fib_api.h"
#include "mgmt/speaker_api.h"

namespace tern::mgmt {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Limits quick() {
  Limits limits;
  limits.answer = std::chrono::milliseconds(100);
  return limits;
}

struct Fixture : testing::Test {
  explicit Fixture(Limits limits = {}) : service(std::make_unique<Service>(io.get_executor(), limits)) {}
  void SetUp() override {
    serve_speaker(*service, speaker, "tern-speaker");
    serve_fib(*service, *fib, speaker);
    ASSERT_TRUE(service->listen(path).ok());
    fib->all = {route("10.244.1.0/26"_pfx), route("10.244.1.64/26"_pfx, FibState::pending),
                route("10.244.2.0/24"_pfx, FibState::leftover), route("10.244.2.0/26"_pfx, FibState::conflicting)};
    fib->all[0].hops.push_back({"10.0.0.3"_ip, "vxlan", "vxlan.calico", "10.0.0.3"_ip, 2});
    fib->all[1].blackhole = true;
    fib->all[1].hops.clear();
    fib->all[3].reason = "somebody else's route";
  }
  std::string ask(std::string const& target) {
    return beside(io, [&] { return Client(path).ask(get(target)); });
  }
  /// Runs the service until the fake was asked `n` times.
  void until_asked(std::size_t n) {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (fib->asked < n && std::chrono::steady_clock::now() < deadline) io.run_one_for(std::chrono::milliseconds(10));
    ASSERT_EQ(fib->asked, n);
  }
  void run_what_is_ready() {
    while (io.poll() > 0) {
    }
  }

  boost::asio::io_context io{1};
  SpeakerWithAPath speaker;
  std::unique_ptr<FakeFib> fib = std::make_unique<FakeFib>(io);
  std::unique_ptr<Service> service;
  std::string path = temporary_path("fib");
};

using HttpFib = Fixture;
struct HttpFibThatIsSilent : Fixture {
  HttpFibThatIsSilent() : Fixture(quick()) {}
};

TEST_F(HttpFib, SummaryHasCountsAndDevices) {
  fib->the_summary.installed = 4000;
  fib->the_summary.next_hop_objects = true;
  fib->the_summary.devices = {{"vxlan.calico", "vxlan", "", 1000}, {"tunl0", "ipip", "no such device"}};
  EXPECT_THAT(ask("/v1/fib"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"installed\":4000"), HasSubstr("\"nextHopObjects\":true"),
                    HasSubstr("{\"name\":\"vxlan.calico\",\"kind\":\"vxlan\",\"ready\":true,\"remoteEnds\":1000}"),
                    HasSubstr("\"name\":\"tunl0\",\"kind\":\"ipip\",\"ready\":false,\"reason\":\"no such device\"")));
}

TEST_F(HttpFib, RoutesHaveTheirHopsOneALine) {
  EXPECT_THAT(
      ask("/v1/fib/routes"),
      AllOf(HasSubstr("\n{\"prefix\":\"10.244.1.0/26\",\"state\":\"installed\",\"inKernel\":true,\"metric\":1024,"
                      "\"hops\":[{\"nextHop\":\"10.0.0.2\",\"encapsulation\":\"none\",\"interface\":\"eth0\","
                      "\"weight\":1},{\"nextHop\":\"10.0.0.3\",\"encapsulation\":\"vxlan\",\"interface\":"
                      "\"vxlan.calico\",\"gateway\":\"10.0.0.3\",\"weight\":2}]},\n"),
            HasSubstr("\"state\":\"pending\",\"inKernel\":false,\"metric\":1024,\"blackhole\":true},\n"),
            HasSubstr("\"reason\":\"somebody else's route\"}\n]\n")));
}

TEST_F(HttpFib, RoutesOfAPrefixWithinItAndOfAnAddress) {
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.244.2.0/24"), AllOf(HasSubstr("10.244.2.0/24"), Not(HasSubstr("/26"))));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.244.2.0/24&longer=true"),
              AllOf(HasSubstr("10.244.2.0/24"), HasSubstr("10.244.2.0/26"), Not(HasSubstr("10.244.1."))));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.244.2.1"), AllOf(HasSubstr("10.244.2.0/26"), Not(HasSubstr("/24"))));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.9.0.0/24"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("[\n]\n")));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.9.0.1"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("no route covers")));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.9.0.1/24"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.244.2.1&longer=true"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(ask("/v1/fib/routes?longer=true"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpFib, RoutesOfSomeStates) {
  EXPECT_THAT(ask("/v1/fib/routes?state=pending,conflicting"),
              AllOf(HasSubstr("10.244.1.64/26"), HasSubstr("10.244.2.0/26"), Not(HasSubstr("10.244.1.0/26"))));
  EXPECT_THAT(ask("/v1/fib/routes?state=failed"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("prefix"))));
  EXPECT_THAT(ask("/v1/fib/routes?prefix=10.244.1.0/26&state=failed"), HasSubstr("[\n]\n"));
  EXPECT_THAT(ask("/v1/fib/routes?state=pending,gone"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("there is no state 'gone'")));
}

TEST_F(HttpFib, AHundredThousandRoutesComeInOrderAndLeaveRoomForOtherWork) {
  fib->all.clear();
  for (std::uint32_t i = 0; i < 100'000; ++i) fib->all.push_back(route({bgp::IpAddress::v4(i << 8), 24}));
  std::size_t others = 0;
  bool running = true;
  std::function<void()> other = [&] {
    ++others;
    if (running) boost::asio::post(io, other);
  };
  boost::asio::post(io, other);
  auto const answer = ask("/v1/fib/routes");
  running = false;
  EXPECT_EQ(std::count(answer.begin(), answer.end(), '{'), 200'000) << "a route and its hop each";
  EXPECT_LT(answer.find("\"0.0.9.0/24\""), answer.find("\"1.134.159.0/24\"")) << "the last one";
  EXPECT_TRUE(answer.ends_with("]\n\r\n0\r\n\r\n"));
  EXPECT_GE(fib->asked, 100'000u / 512);
  EXPECT_GT(others, fib->asked);
}

TEST_F(HttpFib, ExplainReachesDownToTheKernel) {
  EXPECT_THAT(ask("/v1/explain?prefix=10.244.1.0/26"),
              AllOf(HasSubstr("\"paths\":[{"), HasSubstr("\"kernel\":{\"state\":\"installed\",\"inKernel\":true")));
  fib->all.clear();
  EXPECT_THAT(ask("/v1/explain?prefix=10.244.1.0/26"), HasSubstr("\"kernel\":{\"state\":\"none\"}"));
  EXPECT_THAT(ask("/v1/explain?prefix=10.244.7.0/26"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(ask("/v1/explain?prefix=10.244.7.1"), StartsWith("HTTP/1.1 404"));
}

TEST_F(HttpFib, ExplainShowsWhatOnlyTheKernelHas) {
  for (std::string const text : {"10.244.2.0/24", "10.244.2.200"}) {
    EXPECT_THAT(ask("/v1/explain?prefix=" + text),
                AllOf(HasSubstr("\"prefix\":\"10.244.2.0/24\",\"decidedBy\":\"no path\",\"paths\":[]"),
                      HasSubstr("\"kernel\":{\"state\":\"leftover\"")));
  }
}

TEST_F(HttpFib, AClientThatGoesAwayIsAnsweredIntoTheVoid) {
  fib->at_once = false;
  for (std::string const target : {"/v1/fib", "/v1/fib/routes", "/v1/fib/routes?prefix=10.244.1.0/26"}) {
    auto const before = fib->asked;
    {
      Client client(path);
      client.ask(get(target), 0);
      until_asked(before + 1);
    }
    fib->give_kept();
    run_what_is_ready();
  }
  fib->at_once = true;
  EXPECT_THAT(ask("/v1/fib"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpFib, AServiceThatClosesIsAnsweredIntoTheVoid) {
  fib->at_once = false;
  Client one(path), two(path), three(path);
  one.ask(get("/v1/fib"), 0);
  two.ask(get("/v1/fib/routes"), 0);
  three.ask(get("/v1/explain?prefix=10.244.1.0/26"), 0);
  until_asked(3);
  run_what_is_ready();
  service->close();
  run_what_is_ready();  // the connections end here
  auto const kept = std::exchange(fib->kept, {});
  fib->the_summary.devices = {{"vxlan.calico", "vxlan"}};
  for (auto const& give : kept) give();
  run_what_is_ready();
  service.reset();
  EXPECT_EQ(one.ask(""), "") << "closed without an answer";
}

TEST_F(HttpFib, AServiceThatIsGoneIsAnsweredIntoTheVoid) {
  fib->at_once = false;
  Client one(path), two(path);
  one.ask(get("/v1/fib"), 0);
  two.ask(get("/v1/fib/routes"), 0);
  until_asked(2);
  service.reset();
  run_what_is_ready();
  fib->give_kept();
  run_what_is_ready();
  EXPECT_EQ(one.ask(""), "");
}

TEST_F(HttpFib, AListingThatIsCutOffInTheMiddleIsSafe) {
  for (std::uint32_t i = 0; i < 5000; ++i) fib->all.push_back(route({bgp::IpAddress::v4(0x0b000000 + (i << 8)), 24}));
  Client client(path);
  client.ask(get("/v1/fib/routes"), 0);
  until_asked(1);
  fib->at_once = false;
  until_asked(2);
  service->close();
  run_what_is_ready();
  fib->give_kept();
  run_what_is_ready();
  EXPECT_EQ(fib->asked, 2u);
}

TEST_F(HttpFibThatIsSilent, AnAnswerThatNeverComesIsAnErrorWithARemedy) {
  fib->at_once = false;
  EXPECT_THAT(ask("/v1/fib"), AllOf(StartsWith("HTTP/1.1 504"), HasSubstr("the answer does not come")));
  EXPECT_THAT(ask("/v1/fib/routes"), AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("0\r\n\r\n")))) << "broken off";
}

TEST_F(HttpFibThatIsSilent, AnAnswerThatComesTooLateIsNotTakenForAnotherOne) {
  fib->at_once = false;
  auto const keep = [](std::string const& target) { return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"; };
  // The fake answers the first question when the second one waits.
  std::function<void()> give = [&] {
    if (fib->kept.size() == 2) return fib->give_kept();
    boost::asio::post(io, give);
  };
  boost::asio::post(io, give);
  auto const answers = beside(io, [&] {
    Client client(path);
    auto const first = client.ask(keep("/v1/fib"), 1);
    return first + client.ask(get("/v1/fib/routes?prefix=10.244.1.64/26"));
  });
  EXPECT_THAT(answers, AllOf(StartsWith("HTTP/1.1 504"), HasSubstr("HTTP/1.1 200"), HasSubstr("10.244.1.64/26"),
                             Not(HasSubstr("\"installed\":"))));
}

}  // namespace
}  // namespace tern::mgmt
