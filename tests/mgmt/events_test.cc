// Who watches is told what happens from then on; who does not read costs little and delays nobody; who goes is missed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <regex>

#include "client.h"
#include "fake_events.h"
#include "fake_speaker.h"
#include "mgmt/events_api.h"

namespace tern::mgmt {
namespace {

using namespace bgp::literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = bgp::RouteEvent::Kind;

Limits quick() {
  Limits limits;
  limits.answer = std::chrono::milliseconds(30);
  return limits;
}

struct Fixture : testing::Test {
  explicit Fixture(Limits limits = {}, EventLimits event_limits = {2, 4096, 8192})
      : service(std::make_unique<Service>(io.get_executor(), limits)), its_limits(event_limits) {}
  void SetUp() override {
    speaker.peers = 9;
    attributes.next_hop = "10.0.0.7"_ip;
    attributes.as_path.segments = {{bgp::AsPathSegment::Kind::sequence, {65001_asn, 65002_asn}}};
    attributes.med = 5;
    serve_events(*service, speaker, events, its_limits);
    ASSERT_TRUE(service->listen(path).ok());
  }
  std::string beside(std::function<std::string()> const& client) { return mgmt::beside(io, client); }
  bgp::RouteEvent announce(bgp::Prefix prefix, bgp::PeerId peer = {7}) const {
    return {Kind::announce, prefix, peer, &attributes, {&attributes.next_hop, 1}};
  }
  static bgp::RouteEvent withdraw(bgp::Prefix prefix) { return {Kind::withdraw, prefix, {}, nullptr}; }
  static bgp::RouteEvent in_sync() { return {Kind::in_sync, {}, {}, nullptr}; }
  static bgp::PeerEvent up(bool is_in_sync = false) { return {{7}, "10.0.0.7"_ip, 0, true, "", is_in_sync}; }
  static bgp::PeerEvent down(std::string reason) { return {{7}, "10.0.0.7"_ip, 0, false, std::move(reason)}; }
  /// HTTP/1.0, whose bodies have no chunks.
  static std::string watch(std::string const& query) { return "GET /v1/events?" + query + " HTTP/1.0\r\n\r\n"; }
  /// What somebody reads who asks this, until `last` is there; without the times.
  std::string told(std::string const& query, std::string const& last) {
    auto const all = beside([&] {
      Client client(path);
      client.send(watch(query));
      return client.read_until(last);
    });
    auto const body = all.substr(std::min(all.size(), all.find("\r\n\r\n") + 4));
    return std::regex_replace(body, std::regex("\"time\":\"2[^\"]{22}Z\","), "");
  }
  std::string answer(std::string const& query) {
    return beside([&] { return Client(path).ask(watch(query)); });
  }

  boost::asio::io_context io{1};
  FakeSpeaker speaker;
  FakeEvents events{io};
  bgp::Attributes attributes;
  std::unique_ptr<Service> service;
  EventLimits const its_limits;
  std::string const path = temporary_path("events");
};

using HttpEvents = Fixture;
struct HttpEventsWhereLittleHappens : Fixture {
  HttpEventsWhereLittleHappens() : Fixture(quick()) {}
};

TEST_F(HttpEvents, TellWhatHappensFromNowOn) {
  events.begin = [&] {
    events.tell({announce("203.0.113.0/24"_pfx), in_sync()});
    events.tell({announce("198.51.100.0/24"_pfx), withdraw("203.0.113.0/24"_pfx)});
    events.tell({announce("192.0.2.0/24"_pfx, bgp::local_peer)});
    events.tell(up());
    events.tell(up(true));
    events.tell(down("hold timer\n"));
  };
  EXPECT_EQ(told("routes=true&peers=true", "down"),
            R"({"event":"watching"})"
            "\n"
            R"({"event":"announce","prefix":"198.51.100.0/24","peer":"10.0.0.7","nextHops":["10.0.0.7"],)"
            R"("asPath":"65001 65002","med":5})"
            "\n"
            R"({"event":"withdraw","prefix":"203.0.113.0/24"})"
            "\n"
            R"({"event":"announce","prefix":"192.0.2.0/24","peer":"local","nextHops":["10.0.0.7"],)"
            R"("asPath":"65001 65002","med":5})"
            "\n"
            R"({"event":"up","peer":"10.0.0.7"})"
            "\n"
            R"({"event":"inSync","peer":"10.0.0.7"})"
            "\n"
            R"({"event":"down","peer":"10.0.0.7","reason":"hold timer\u000a"})"
            "\n");
}

TEST_F(HttpEvents, AreOfNeighboursOnlyUnlessRoutesAreAskedFor) {
  events.begin = [&] {
    events.tell({in_sync(), announce("203.0.113.0/24"_pfx)});
    events.tell(up());
  };
  EXPECT_EQ(told("", "\"up\""), "{\"event\":\"watching\"}\n{\"event\":\"up\",\"peer\":\"10.0.0.7\"}\n");
  events.begin = [&] {
    events.tell(up());
    events.tell({in_sync(), withdraw("203.0.113.0/24"_pfx)});
  };
  EXPECT_EQ(told("routes=true", "withdraw"),
            "{\"event\":\"watching\"}\n{\"event\":\"withdraw\",\"prefix\":\"203.0.113.0/24\"}\n");
}

TEST_F(HttpEvents, BeginWithTheTableWhenThatIsAskedFor) {
  events.begin = [&] { events.tell({announce("203.0.113.0/24"_pfx), in_sync()}); };
  EXPECT_THAT(told("routes=true&snapshot=true", "watching"),
              testing::ContainsRegex("announce.*203.0.113.0/24.*\n.*watching"));
}

TEST_F(HttpEvents, AreThoseOfThePrefixThatIsAskedFor) {
  auto const prefixes = [&](std::string const& query) {
    events.begin = [&] {
      events.tell({in_sync()});
      for (auto const* text : {"203.0.113.0/24", "203.0.113.128/25", "203.0.112.0/23", "198.51.100.0/24"}) {
        events.tell({withdraw(*bgp::Prefix::parse(text))});
      }
      events.tell(up());
    };
    auto const all = told("routes=true&peers=true&" + query, "\"up\"");
    std::string out;
    std::smatch found;
    for (auto rest = all; std::regex_search(rest, found, std::regex("\"prefix\":\"([^\"]*)\"")); rest = found.suffix())
      out += found[1].str() + " ";
    return out;
  };
  EXPECT_EQ(prefixes("prefix=203.0.113.0/24"), "203.0.113.0/24 ");
  EXPECT_EQ(prefixes("prefix=203.0.113.0/24&longer=true"), "203.0.113.0/24 203.0.113.128/25 ");
  EXPECT_EQ(prefixes("prefix=203.0.113.1"), "203.0.113.0/24 203.0.112.0/23 ");
}

TEST_F(HttpEvents, RefuseWhatMakesNoSense) {
  for (auto const& [query, says] : {std::pair{"peers=yes", "peers is neither true nor false"},
                                    {"peers=false", "add peers=true or routes=true"},
                                    {"prefix=203.0.113.0/24", "add routes=true"},
                                    {"snapshot=true", "add routes=true"},
                                    {"routes=true&longer=true", "longer needs a prefix"},
                                    {"routes=true&prefix=203.0.113.1&longer=true", "is an address"},
                                    {"routes=true&prefix=nonsense", "neither a prefix nor an address"}}) {
    EXPECT_THAT(answer(query), AllOf(StartsWith("HTTP/1.0 400"), HasSubstr(says))) << query;
  }
  EXPECT_EQ(events.watching(), 0);
}

// Tells routes for as long as they are wanted, then 1000 neighbours go down; only then the client reads.
TEST_F(HttpEvents, OfAClientThatDoesNotReadAreFewAndItIsToldHowManyAreMissing) {
  constexpr int most = 10'000, losses = 1000;
  std::promise<void> read_now;
  int batches = 0;
  std::function<void()> tell_more = [&] {
    if (!events.any_paused() && batches++ < most) {
      events.tell({announce("198.51.100.0/24"_pfx)});
      return boost::asio::post(io, tell_more);
    }
    for (int i = 0; i < losses; ++i) events.tell(down("broken"));
    read_now.set_value();
  };
  events.begin = [&] {
    events.tell({in_sync()});
    tell_more();
  };
  auto const all = beside([&] {
    Client client(path);
    client.send(watch("routes=true&peers=true"));
    read_now.get_future().wait();
    return client.read([](std::string const& out) { return std::regex_search(out, std::regex("lost.*\n")); });
  });
  EXPECT_LT(batches, most);
  EXPECT_GT(batches, 20) << "a little is kept";
  std::smatch count;
  ASSERT_TRUE(std::regex_search(all, count, std::regex("\"lost\",\"count\":([0-9]+)")));
  int told = 0;
  for (auto at = all.find("\"down\""); at != std::string::npos; at = all.find("\"down\"", at + 1)) ++told;
  EXPECT_EQ(told + std::stoi(count[1]), losses);
  EXPECT_GT(told, 20);
}

TEST_F(HttpEvents, GoOnWhenTheClientReadsAgain) {
  constexpr int most = 10'000;
  std::promise<void> read_now;
  int batches = 0;
  bool was_paused = false;
  std::function<void()> tell_more = [&] {
    bool const done = was_paused ? !events.any_paused() : batches++ == most;
    if (done) return events.tell({withdraw("203.0.113.0/24"_pfx)});
    if (!events.any_paused()) events.tell({announce("198.51.100.0/24"_pfx)});
    if ((events.any_paused() || batches == most) && !was_paused) read_now.set_value();
    was_paused |= events.any_paused();
    boost::asio::post(io, tell_more);
  };
  events.begin = [&] {
    events.tell({in_sync()});
    tell_more();
  };
  auto const all = beside([&] {
    Client client(path);
    client.send(watch("routes=true"));
    read_now.get_future().wait();
    return client.read_until("\"withdraw\",\"prefix\":\"203.0.113.0/24\"}\n");
  });
  EXPECT_TRUE(was_paused);
  EXPECT_THAT(all, HasSubstr("\"withdraw\""));
}

TEST_F(HttpEvents, AreForSoManyWatchersAtATime) {
  auto const refused = beside([&] {
    Client one(path), two(path), three(path);
    one.send(watch(""));
    two.send(watch(""));
    one.read_until("watching");
    two.read_until("watching");
    return three.ask(watch(""));
  });
  EXPECT_THAT(refused, AllOf(StartsWith("HTTP/1.0 503"), HasSubstr("2 watch already"), HasSubstr("end one of them")));
  // Those have gone, and their places are free.
  EXPECT_THAT(beside([&] {
                auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
                while (events.watching() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
                Client four(path);
                four.send(watch(""));
                return four.read_until("watching");
              }),
              HasSubstr("watching"));
}

// Nothing is written to it meanwhile: Limits::answer is 20 s.
TEST_F(HttpEvents, EndAtOnceWhenTheClientGoes) {
  auto const begin = std::chrono::steady_clock::now();
  int before = 0;
  beside([&] {
    {
      Client client(path);
      client.send(watch("peers=true&routes=true"));
      client.read_until("HTTP");
      before = events.watching();
    }
    while (events.watching() > 0 && std::chrono::steady_clock::now() < begin + std::chrono::seconds(10))
      std::this_thread::yield();
    return "";
  });
  EXPECT_EQ(before, 2);
  EXPECT_EQ(events.watching(), 0);
}

TEST_F(HttpEvents, EndWithTheService) {
  events.begin = [&] {
    EXPECT_EQ(events.watching(), 2);
    service->close();
    EXPECT_EQ(events.watching(), 0);
    events.tell(up());
  };
  auto const all = beside([&] { return Client(path).ask(watch("peers=true&routes=true")); });
  EXPECT_THAT(all, Not(HasSubstr("event")));
  EXPECT_EQ(events.watching(), 0);
}

TEST_F(HttpEventsWhereLittleHappens, ShowThatTheyAreAlive) {
  auto const all = beside([&] {
    Client client(path);
    client.send(watch(""));
    return client.read([](std::string const& out) {
      return std::regex_search(out, std::regex("alive\"}\n.*alive\"}\n.*alive\"}\n"));
    });
  });
  EXPECT_THAT(all, HasSubstr("\"event\":\"alive\"}\n"));
}

}  // namespace
}  // namespace tern::mgmt
