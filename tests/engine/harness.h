// The vocabulary of the engine's tests: Speakers on a network in memory, under a clock that is turned by hand. Whatever
// they do is a function of the test alone. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "bgp/speaker.h"
#include "engine/speaker_in_memory.h"
#include "transport/memory_network.h"
#include "wire/message.h"
#include "wire/open.h"

namespace bgp::engine::test {

using namespace std::chrono_literals;

class World : public testing::Test {
 protected:
  std::unique_ptr<Speaker> make(SpeakerConfig config) {
    auto context = std::make_shared<transport::Context>(io.get_executor(), network, clock);
    return SpeakerInMemory::make(std::move(context), std::move(config));
  }
  /// A speaker that listens on `address`, which is also its router ID.
  std::unique_ptr<Speaker> speaker(Asn as, IpAddress address) {
    SpeakerConfig config;
    config.local_as = as;
    config.router_id = address;
    config.listen = {{address, 179}};
    return make(config);
  }
  /// A connection from `from` that does what the test says: it is no speaker. Null when it is refused.
  std::shared_ptr<transport::Stream> connect(IpAddress from, IpAddress to) {
    std::shared_ptr<transport::Stream> stream;
    auto const attempt = network->dial({to, 179}, {from}, {}, [&](Result<std::shared_ptr<transport::Stream>> result) {
      if (result.ok()) stream = std::move(result).value();
    });
    run();
    return stream;
  }
  static void send(transport::Stream& stream, Buffer const& octets) {
    auto const piece = Bytes(octets);
    EXPECT_EQ(stream.write_some({&piece, 1}).octets, octets.size());
  }
  /// What has come meanwhile: the types of the messages, a NOTIFICATION with code and subcode: "open, 2/2".
  static std::string heard(transport::Stream& stream) {
    Buffer octets(65536);
    octets.resize(stream.read_some(octets).octets);
    std::string out;
    for (std::size_t at = 0; at + wire::header_size <= octets.size();) {
      static constexpr std::array names{"", "open", "update", "", "keepalive", "route refresh"};
      auto const type = octets[at + 18];
      auto const name =
          type == 3 ? std::to_string(octets[at + 19]) + "/" + std::to_string(octets[at + 20]) : names[type];
      out += (out.empty() ? "" : ", ") + name;
      at += octets[at + 16] * 256U + octets[at + 17];
    }
    return out;
  }
  static Buffer open_of(Asn as, IpAddress id) {
    wire::Open open;
    open.as_field = static_cast<std::uint16_t>(as.value);
    open.hold_time = 90;
    open.router_id = RouterId{id.v4_value()};
    open.capabilities.families = {ipv4_unicast};
    open.capabilities.four_octet_as = as;
    Buffer out;
    wire::encode(open, out);
    return out;
  }
  static Buffer keepalive() {
    Buffer out;
    wire::encode_keepalive(out);
    return out;
  }

  /// Everything that is ready, until nothing is.
  void run() {
    io.restart();
    io.poll();
  }
  /// What is ready, one piece after the other, until `done` says so.
  template <class Done>
  void turn_until(Done&& done) {
    io.restart();
    for (int turns = 0; !done(); ++turns) {
      ASSERT_LT(turns, 1'000'000);
      ASSERT_NE(io.poll_one(), 0U) << "nothing is left to do";
    }
  }
  void pass(transport::Duration time) {
    auto const end = clock->now() + time;
    for (run(); clock->next() <= end; run()) clock->advance(clock->next() - clock->now());
    clock->advance(end - clock->now());
    run();
  }

  boost::asio::io_context io{1};
  std::shared_ptr<transport::ManualClock> clock = std::make_shared<transport::ManualClock>();
  std::shared_ptr<transport::MemoryNetwork> network = std::make_shared<transport::MemoryNetwork>(io.get_executor());
};

/// A neighbour at `remote` of AS `as`, seen from `local`: passes everything, as most tests want it.
inline PeerConfig peer(IpAddress local, IpAddress remote, Asn as, bool passive = false) {
  PeerConfig config;
  config.local = local;
  config.remote = remote;
  config.remote_as = as;
  config.passive = passive;
  config.import = accept_all;
  config.export_filter = accept_all;
  return config;
}

/// Two speakers that are neighbours: `a` (192.0.2.1, AS 65001) is dialled by `b` (192.0.2.2, AS 65002).
class Two : public World {
 protected:
  IpAddress const at_a = "192.0.2.1"_ip, at_b = "192.0.2.2"_ip;
  Asn const as_a = 65001_asn, as_b = 65002_asn;
  std::unique_ptr<Speaker> a = speaker(as_a, at_a), b = speaker(as_b, at_b);
  PeerId b_at_a, a_at_b;

  void start(PeerConfig at_a_config, PeerConfig at_b_config) {
    b_at_a = *a->add_peer(std::move(at_a_config));
    a_at_b = *b->add_peer(std::move(at_b_config));
    ASSERT_TRUE(a->start().ok());
    ASSERT_TRUE(b->start().ok());
    run();
  }
  void start() {
    start(peer(at_a, at_b, as_b, true), peer(at_b, at_a, as_a));
    ASSERT_EQ(a->status().peers_established, 1U);
    ASSERT_EQ(b->status().peers_established, 1U);
  }
  /// UPDATEs that `a` has sent to `b`.
  std::uint64_t updates_from_a() { return a->peer(b_at_a)->sent.update; }
};

/// Remembers what a subscription to routes tells: every batch, and the state that it adds up to.
class Watch {
 public:
  explicit Watch(Speaker& speaker)
      : subscription_(speaker.on_routes([this](std::span<RouteEvent const> events) { note(events); })) {}
  void end() { subscription_ = {}; }

  std::map<Prefix, Attributes> routes;
  std::vector<std::vector<std::string>> batches;
  std::size_t announced = 0, withdrawn = 0, in_sync = 0;
  std::size_t announced_before_in_sync = 0;

 private:
  void note(std::span<RouteEvent const> events) {
    batches.emplace_back();
    for (auto const& event : events) {
      batches.back().push_back(event.text());
      if (event.kind == RouteEvent::Kind::in_sync) {
        ++in_sync;
        announced_before_in_sync = announced;
      } else if (event.kind == RouteEvent::Kind::announce) {
        ++announced;
        routes[event.prefix] = *event.attributes;
      } else {
        ++withdrawn;
        EXPECT_EQ(routes.erase(event.prefix), 1U) << "withdrawn, but never announced: " << event.prefix.text();
      }
    }
  }

  Subscription subscription_;
};

/// Remembers the events of neighbours as text: "192.0.2.1 up", "192.0.2.1 down: reason"; who is in sync, apart.
class PeerWatch {
 public:
  explicit PeerWatch(Speaker& speaker)
      : subscription_(speaker.on_peers([this](PeerEvent const& event) {
          if (event.in_sync) return in_sync.push_back(event.address.text());
          lines.push_back(event.address.text() + (event.up ? " up" : " down: " + event.reason));
        })) {}
  void end() { subscription_ = {}; }
  std::vector<std::string> lines;
  std::vector<std::string> in_sync;

 private:
  Subscription subscription_;
};

/// The `index`th of as many /24s as wanted, from 10.0.0.0/24 on.
inline Prefix nth(std::uint32_t index) { return {IpAddress::v4((10U << 24) + (index << 8)), 24}; }

inline Attributes with_med(std::uint32_t med) {
  Attributes attributes;
  attributes.med = med;
  return attributes;
}

/// A listing, read to its end in small pieces.
inline std::vector<RouteEntry> list(Speaker const& speaker, RouteQuery query) {
  auto const listing = speaker.routes(std::move(query));
  std::vector<RouteEntry> out;
  bool more = true;
  for (int pieces = 0; more && pieces < 1'000'000; ++pieces) {
    std::vector<RouteEntry> some;
    more = listing->next(7, some);
    out.insert(out.end(), some.begin(), some.end());
  }
  EXPECT_FALSE(more) << "the listing has no end";
  return out;
}

}  // namespace bgp::engine::test
