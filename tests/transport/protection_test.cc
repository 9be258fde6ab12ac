// TCP MD5 signatures (RFC 2385) and GTSM (RFC 5082) on the loopback interface, as the kernel enforces them.
#include <gmock/gmock.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/unicast.hpp>
#include <fstream>
#include <sstream>

#include "harness.h"
#include "transport/tcp_stream.h"

namespace bgp::transport::test {
namespace {

using boost::asio::ip::tcp;
using testing::EndsWith;
using testing::HasSubstr;

Prefix host(IpAddress const& address) { return {address, 128}; }

/// A counter of this network namespace: "TCPMinTTLDrop".
std::uint64_t kernel_counts(std::string const& what) {
  std::ifstream file("/proc/net/netstat");
  for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
    std::istringstream name(names), value(values);
    for (std::string n, v; name >> n && value >> v;) {
      if (n == what) return std::stoull(v);
    }
  }
  ADD_FAILURE() << "the kernel does not count " << what;
  return 0;
}

/// 127.0.0.1 listens, 127.0.0.2 dials (::1 both, with IPv6), each with its own idea of protection.
struct TcpProtection : testing::Test {
  ~TcpProtection() override { close(); }
  void close() {
    if (server) server->close(shutdown_notice);
    if (client) client->close(shutdown_notice);
  }
  // Runs until `done`, at most ten seconds.
  bool until(std::function<bool()> const& done) {
    auto const deadline = std::chrono::steady_clock::now() + 10s;
    io.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline) io.run_one_for(20ms);
    return done();
  }
  void use_ipv6() { here = there = *IpAddress::parse("::1"); }

  void listen(Keys const& keys = {}, Protection const& at_server = {}) {
    auto opened = Listener::open(context, {here, 0, 0}, directory, keys);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    listener = std::move(opened).value();
    directory.address = there;
    server = Peer::create(context, config(1_asn, 2_asn, 1, true), {{there, 0, 0}, {}, false, at_server}, server_layer);
    directory.peer = server;
    server->start();
  }
  void dial(Protection const& at_client) {
    if (client) client->close(shutdown_notice);
    client_layer = {};
    auto c = config(2_asn, 1_asn, 2, false);
    c.connect_timeout = 300ms;
    c.connect_retry_max = c.connect_retry_min = 300ms;
    c.timeout_text += at_client.no_answer_hint();
    client = Peer::create(context, c, {listener->local(), {there, 0, 0}, false, at_client}, client_layer);
    client->start();
  }
  bool comes_up(Protection const& at_client) {
    auto const before = server_layer.ups;
    dial(at_client);
    return until([&] { return server_layer.ups > before && client_layer.ups == 1; });
  }
  /// What the one who dials is told when nobody answers; the listener has not heard of it.
  std::string fails(Protection const& at_client) {
    auto const asked = directory.asked.size();
    dial(at_client);
    EXPECT_TRUE(until([&] { return !client_layer.attempts.empty(); }));
    EXPECT_EQ(directory.asked.size(), asked);
    return client_layer.attempts.empty() ? "" : client_layer.attempts[0].text;
  }

  boost::asio::io_context io;
  std::shared_ptr<Clock> clock = make_steady_clock(io.get_executor());
  std::shared_ptr<Context> context =
      std::make_shared<Context>(io.get_executor(), make_tcp_network(io.get_executor(), clock), clock);
  IpAddress here = *IpAddress::parse("127.0.0.1"), there = *IpAddress::parse("127.0.0.2");
  Directory directory;
  std::unique_ptr<Listener> listener;
  Layer server_layer, client_layer;
  std::shared_ptr<Peer> server, client;
};

// ---- TCP MD5

auto const hint = "connect timed out: no answer; is the password the same on both sides?";

TEST_F(TcpProtection, ASessionNeedsTheSamePasswordOnBothSides) {
  listen({{host(there), "s3cret"}});
  EXPECT_EQ(fails({.password = "S3cret"}), hint) << "another one";
  EXPECT_EQ(fails({}), "connect timed out") << "none at the one who dials";
  EXPECT_TRUE(comes_up({.password = "s3cret"}));
}

TEST_F(TcpProtection, WhoSignsIsNotAnsweredByOneWhoDoesNot) {
  listen();
  EXPECT_EQ(fails({.password = "s3cret"}), hint);
  EXPECT_TRUE(comes_up({}));
}

TEST_F(TcpProtection, Ipv6IsSignedAsWell) {
  use_ipv6();
  listen({{host(there), "s3cret"}});
  EXPECT_EQ(fails({.password = "S3cret"}), hint);
  EXPECT_EQ(fails({}), "connect timed out");
  EXPECT_TRUE(comes_up({.password = "s3cret"}));
}

TEST_F(TcpProtection, APasswordHasUpToEightyOctets) {
  std::string const longest(longest_password, 'x');
  listen({{host(there), longest}});
  EXPECT_EQ(fails({.password = longest.substr(1)}), hint);
  EXPECT_TRUE(comes_up({.password = longest}));
  EXPECT_FALSE(listener->set_key(host(there), longest + "x").ok());
}

TEST_F(TcpProtection, APrefixHasOneKeyAndALongerPrefixAnother) {
  listen({{Prefix::parse("127.0.0.0/8").value(), "all"}});
  EXPECT_EQ(fails({}), "connect timed out");
  EXPECT_TRUE(comes_up({.password = "all"}));
  client->close(shutdown_notice);
  ASSERT_TRUE(until([&] { return !server_layer.downs.empty(); }));
  ASSERT_TRUE(listener->set_key(host(there), "its own").ok());
  EXPECT_EQ(fails({.password = "all"}), hint);
  EXPECT_TRUE(comes_up({.password = "its own"}));
}

TEST_F(TcpProtection, AnIpv6PrefixHasOneKey) {
  use_ipv6();
  listen({{Prefix::parse("::/64").value(), "all"}});
  EXPECT_EQ(fails({}), "connect timed out");
  EXPECT_TRUE(comes_up({.password = "all"}));
}

TEST_F(TcpProtection, AKeyComesAndGoesWhileTheListenerIsOpen) {
  listen();
  ASSERT_TRUE(listener->set_key(host(there), "s3cret").ok());
  EXPECT_EQ(fails({}), "connect timed out");
  ASSERT_TRUE(listener->set_key(host(there), "").ok());
  ASSERT_TRUE(listener->set_key(host(there), "").ok()) << "there is none any more";
  EXPECT_TRUE(comes_up({}));
}

// Its handshake was over before anybody asked for a signature, and nobody knew the neighbour.
TEST_F(TcpProtection, AnUnsignedConnectionThatWaitsIsNoWayAroundANewPassword) {
  listen();
  directory.address = {};
  tcp::socket early(io);
  early.open(tcp::v4());
  early.bind(to_asio({there, 0, 0}, there));
  early.connect(to_asio(listener->local(), here));
  ASSERT_TRUE(listener->set_key(host(there), "s3cret").ok());
  directory.address = there;
  EXPECT_TRUE(comes_up({.password = "s3cret"}));
  char octet = 0;
  boost::system::error_code error;
  early.read_some(boost::asio::buffer(&octet, 1), error);
  EXPECT_TRUE(error) << "the listener has let go of it";
}

TEST_F(TcpProtection, NoRoomForAKeyNamesTheSysctlAndTheRemedy) {
  listen();
  Result<void> set;
  for (std::uint32_t i = 0; i < 1'000'000 && set.ok(); ++i) set = listener->set_key(host(IpAddress::v4(i)), "x");
  ASSERT_FALSE(set.ok());
  EXPECT_THAT(set.error().message, HasSubstr("no TCP MD5 signatures for 0.0."));
  EXPECT_THAT(set.error().message, HasSubstr("raise net.core.optmem_max (it is "));
  EXPECT_THAT(set.error().message, HasSubstr("'sysctl -w net.core.optmem_max="));
  Keys keys;
  for (std::uint32_t i = 0; i < 100'000; ++i) keys.emplace(host(IpAddress::v4(i)), "x");
  auto const opened = Listener::open(context, {here, 0, 0}, directory, keys);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("cannot listen on 127.0.0.1 port 0: no TCP MD5 signatures for"));
}

// ---- GTSM

TEST_F(TcpProtection, ANearNeighbourPassesTheTtlCheckOfBothSides) {
  listen({}, {.hops = 1});
  EXPECT_TRUE(comes_up({.hops = 1}));
}

TEST_F(TcpProtection, ANearNeighbourPassesTheHopLimitCheckOfBothSides) {
  use_ipv6();
  listen({}, {.hops = 1});
  EXPECT_TRUE(comes_up({.hops = 1}));
}

void refuses_from_afar(TcpProtection& test) {
  test.listen({}, {.hops = 1});
  test.dial({.ttl = 254});
  ASSERT_TRUE(test.until([&] { return !test.server_layer.refused.empty(); }));
  EXPECT_EQ(test.server_layer.refused[0].text,
            "ttlSecurity: its SYN came with TTL 254 instead of 255: it is too far away, or does not send with TTL 255");
  ASSERT_TRUE(test.until([&] { return !test.client_layer.attempts.empty(); })) << "it is closed";
  EXPECT_EQ(test.server->session().counters().in[1], 0U) << "and nothing of it read";
  EXPECT_TRUE(test.comes_up({.ttl = 255}));
}

TEST_F(TcpProtection, WhatComesInFromTooFarAwayIsClosed) { refuses_from_afar(*this); }

TEST_F(TcpProtection, WhatComesInFromTooFarAwayIsClosedOverIpv6) {
  use_ipv6();
  refuses_from_afar(*this);
}

TEST_F(TcpProtection, MoreHopsLetMoreThrough) {
  listen({}, {.hops = 3});
  dial({.ttl = 252});
  ASSERT_TRUE(until([&] { return !server_layer.refused.empty(); }));
  EXPECT_THAT(server_layer.refused[0].text, HasSubstr("TTL 252 instead of at least 253"));
  EXPECT_TRUE(comes_up({.ttl = 253}));
}

// Who dials hears the listener, whose answers all have 255, but not the connection that comes of it.
TEST_F(TcpProtection, WhoDialsDropsWhatASlackNeighbourSends) {
  listen();
  auto const dropped = kernel_counts("TCPMinTTLDrop");
  dial({.hops = 1});
  ASSERT_TRUE(until([&] { return kernel_counts("TCPMinTTLDrop") > dropped; }));
  EXPECT_EQ(client->session().counters().in[1], 0U);
  EXPECT_EQ(client_layer.ups, 0U);
}

// The SYN proves nothing about what follows it, so the kernel goes on looking.
TEST_F(TcpProtection, EachSegmentOfAnAcceptedConnectionIsChecked) {
  listen({}, {.hops = 1});
  tcp::socket raw(io);
  raw.open(tcp::v4());
  raw.bind(to_asio({there, 0, 0}, there));
  raw.set_option(boost::asio::ip::unicast::hops(255));
  raw.connect(to_asio(listener->local(), here));
  ASSERT_TRUE(until([&] { return server->session().counters().out[1] == 1; })) << "its SYN was near enough";
  auto const dropped = kernel_counts("TCPMinTTLDrop");
  raw.set_option(boost::asio::ip::unicast::hops(254));
  Buffer open;
  wire::encode(session::make_open(config(2_asn, 1_asn, 2, false)), open);
  raw.send(boost::asio::buffer(open));
  ASSERT_TRUE(until([&] { return kernel_counts("TCPMinTTLDrop") > dropped; }));
  EXPECT_EQ(server->session().counters().in[1], 0U);
  raw.set_option(boost::asio::ip::unicast::hops(255));
  EXPECT_TRUE(until([&] { return server->session().counters().in[1] == 1; })) << "TCP sends it again";
}

// A session that is up is protected, and no more: what one side demands first waits in TCP until the other gives it.
void changes_beneath(TcpProtection& test) {
  test.listen();
  ASSERT_TRUE(test.comes_up({}));
  auto const change = [&](Peer& peer, session::Config const& session, Protection const& protection) {
    auto address = peer.address();
    address.protection = protection;
    peer.configure(session, address);
    auto const changed = peer.change_ttl();
    EXPECT_TRUE(changed.ok()) << changed.error().message;
  };
  auto const of_server = [&](Protection const& p) { change(*test.server, config(1_asn, 2_asn, 1, true), p); };
  auto const of_client = [&](Protection const& p) { change(*test.client, config(2_asn, 1_asn, 2, false), p); };
  auto const dropped = kernel_counts("TCPMinTTLDrop");
  of_server({.hops = 1});
  ASSERT_TRUE(test.client->request_refresh(ipv4_unicast));
  ASSERT_TRUE(test.until([&] { return kernel_counts("TCPMinTTLDrop") > dropped; }));
  EXPECT_EQ(test.server_layer.refreshes, 0U);
  of_client({.hops = 1});
  EXPECT_TRUE(test.until([&] { return test.server_layer.refreshes == 1; })) << "TCP sends it again";
  of_server({});
  of_client({.ttl = 3});
  ASSERT_TRUE(test.client->request_refresh(ipv4_unicast));
  EXPECT_TRUE(test.until([&] { return test.server_layer.refreshes == 2; })) << "nothing is checked any more";
  EXPECT_TRUE(test.server_layer.downs.empty());
}

TEST_F(TcpProtection, TheTtlCheckComesAndGoesBeneathTheSession) { changes_beneath(*this); }

TEST_F(TcpProtection, TheHopLimitCheckComesAndGoesBeneathTheSession) {
  use_ipv6();
  changes_beneath(*this);
}

TEST_F(TcpProtection, AFarConnectionDoesNotDisturbTheSession) {
  listen({}, {.hops = 1});
  ASSERT_TRUE(comes_up({.hops = 1}));
  tcp::socket far(io);
  far.open(tcp::v4());
  far.bind(to_asio({there, 0, 0}, there));
  far.set_option(boost::asio::ip::unicast::hops(254));
  far.connect(to_asio(listener->local(), here));
  ASSERT_TRUE(until([&] { return server_layer.refused.size() == 1; }));
  EXPECT_TRUE(server_layer.downs.empty());
  EXPECT_TRUE(server->session().established());
}

TEST(Protection, HintsAtWhatDropsWithoutATrace) {
  EXPECT_EQ(Protection{}.no_answer_hint(), "");
  EXPECT_THAT(Protection{.hops = 1}.no_answer_hint(), HasSubstr("directly connected"));
  EXPECT_THAT((Protection{.password = "x", .hops = 3}.no_answer_hint()),
              HasSubstr("the same on both sides?; is the neighbour at most 3 hops away"));
}

}  // namespace
}  // namespace bgp::transport::test
