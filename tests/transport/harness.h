// The vocabulary of transport tests: an upper layer that records, and two peers that are each other's neighbours.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>

#include "transport/listener.h"
#include "transport/memory_network.h"

namespace bgp::transport::test {

using namespace std::chrono_literals;

inline wire::Notification const shutdown_notice{6, 2, {}};

inline Buffer update(std::uint8_t mark) {
  Buffer out;
  auto const begin = wire::begin_message(out, wire::MessageType::update);
  Writer(out).bytes(Buffer{0, 0, 0, 0, mark});
  wire::finish_message(out, begin);
  return out;
}

/// An upper layer with a list of messages to say.
class Layer : public PeerHandler {
 public:
  void on_established(session::Negotiated const&, Endpoint const& local, Endpoint const& remote) override {
    ++ups;
    from = local;
    to = remote;
    if (then) then("up");
  }
  std::optional<wire::Notification> on_update(Bytes body) override {
    heard.push_back(body.back());
    octets += body.size();
    if (then) then("update");
    return std::nullopt;
  }
  void on_updates_done() override { ++batches; }
  void on_route_refresh(wire::RouteRefresh const&) override { ++refreshes; }
  void fill(OutputQueue& out, std::size_t budget) override {
    ++fills;
    std::size_t given = 0;
    while (next < to_say.size() && given < budget) {
      auto const buffer = std::make_shared<Buffer const>(to_say[next++]);
      given += buffer->size();
      out.push({buffer, 0, static_cast<std::uint32_t>(buffer->size()), 1});
    }
  }
  void on_down(session::Down const& down) override {
    downs.push_back(down);
    if (then) then("down");
  }
  void on_attempt_failed(session::Down const& down) override { attempts.push_back(down); }
  void on_refused(session::Down const& down) override { refused.push_back(down); }
  void say(Buffer message) { to_say.push_back(std::move(message)); }

  unsigned ups = 0, batches = 0, refreshes = 0, fills = 0;
  std::size_t octets = 0, next = 0;
  std::vector<std::uint8_t> heard;
  std::vector<Buffer> to_say;
  std::vector<session::Down> downs, attempts, refused;
  Endpoint from, to;
  std::function<void(std::string_view)> then;
};

/// A neighbour that somebody may reach at `address`.
struct Directory : PeerDirectory {
  Admission admission(Endpoint const& remote, Endpoint const&) override {
    asked.push_back(remote.address);
    if (remote.address == address) return {peer, true};
    return {nullptr, remote.address == refused};
  }
  IpAddress address;
  IpAddress refused;  ///< no stranger, but not taken
  std::shared_ptr<Peer> peer;
  std::vector<IpAddress> asked;
};

inline session::Config config(Asn local, Asn remote, std::uint32_t id, bool passive) {
  session::Config c;
  c.local_as = local;
  c.remote_as = remote;
  c.router_id = RouterId{id};
  c.passive = passive;
  return c;
}

/// 127.0.0.1 listens, 127.0.0.2 dials. What carries them is up to the test.
class Two {
 public:
  Two(boost::asio::io_context& io, std::shared_ptr<Network> network, std::shared_ptr<Clock> clock, Limits limits = {})
      : context(std::make_shared<Context>(io.get_executor(), std::move(network), std::move(clock), limits)) {
    directory.address = *IpAddress::parse("127.0.0.2");
    auto opened = Listener::open(context, {*IpAddress::parse("127.0.0.1"), 0, 0}, directory);
    EXPECT_TRUE(opened.ok());
    listener = std::move(opened).value();
    server = Peer::create(context, config(1_asn, 2_asn, 1, true), {{directory.address, 0, 0}, {}}, server_layer);
    client = Peer::create(context, config(2_asn, 1_asn, 2, false), {listener->local(), {directory.address, 0, 0}},
                          client_layer);
    directory.peer = server;
  }
  ~Two() {
    if (server) server->close(shutdown_notice);
    if (client) client->close(shutdown_notice);
  }
  void start() {
    server->start();
    client->start();
  }

  std::shared_ptr<Context> context;
  Directory directory;
  std::unique_ptr<Listener> listener;
  Layer server_layer, client_layer;
  std::shared_ptr<Peer> server, client;
};

}  // namespace bgp::transport::test
