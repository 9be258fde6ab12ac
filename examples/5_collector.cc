// Takes sessions and prints what neighbours send: bgp::wire and bgp::session alone, without a table. Every connection
// is a neighbour of its own; one that goes takes nothing with it.
//   5_collector LISTEN_ADDRESS PORT OUR_AS NEIGHBOURS_AS
#include <array>
#include <boost/asio.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>

#include "session/peer_session.h"
#include "wire/attributes.h"
#include "wire/nlri.h"
#include "wire/update.h"

namespace {

namespace asio = boost::asio;
namespace session = bgp::session;
namespace wire = bgp::wire;
using asio::ip::tcp;

session::Time now() { return session::Time(std::chrono::steady_clock::now().time_since_epoch()); }

class Neighbour : public session::Handler, public std::enable_shared_from_this<Neighbour> {
 public:
  Neighbour(tcp::socket socket, session::Config const& config)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        name_(socket_.remote_endpoint().address().to_string()),
        session_(config, *this, std::random_device{}()) {}

  void begin() {
    session_.start(now());
    id_ = *session_.admit(now());
    session_.connected(id_, now());
    read();
    wait();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(space_), [self = shared_from_this()](auto error, std::size_t size) {
      if (error) return self->end(error.message());
      self->pending_.insert(self->pending_.end(), self->space_.begin(), self->space_.begin() + size);
      auto const used = self->session_.receive(self->id_, self->pending_, now());
      self->pending_.erase(self->pending_.begin(), self->pending_.begin() + used);
      if (!self->socket_.is_open()) return;
      self->wait();
      self->read();
    });
  }
  void wait() {
    timer_.expires_at(asio::steady_timer::time_point(session_.next_deadline().time_since_epoch()));
    timer_.async_wait([self = shared_from_this()](auto error) {
      if (error || !self->socket_.is_open()) return;
      self->session_.tick(now());
      self->wait();
    });
  }
  void end(std::string const& why) {
    if (!socket_.is_open()) return;
    socket_.close();
    timer_.cancel();
    session_.failed(id_, why, now());
  }

  // What the session wants done. A page has no output queue: a collector says little, and the kernel holds it.
  void dial(session::ConnectionId) override {}
  void send(session::ConnectionId, bgp::Bytes message) override {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(message.data(), message.size()), error);
  }
  void close(session::ConnectionId) override {
    socket_.close();
    timer_.cancel();
  }
  void established(session::ConnectionId, session::Negotiated const& agreed) override {
    context_.four_octet_as = agreed.four_octet_as;
    context_.ebgp = agreed.ebgp;
    context_.peer_as = agreed.peer_as();
    std::printf("%s up, AS %u\n", name_.c_str(), agreed.peer_as().value);
  }
  std::optional<wire::Notification> update(bgp::Bytes body) override {
    auto const cut = wire::cut_update(body, context_, scratch_);
    if (!cut) return cut.error();
    auto const& parts = *cut;
    auto const attributes = wire::decode_attributes(parts.rest, context_);
    auto const verdict = wire::judge(parts, attributes.summary, attributes.faults);
    if (verdict.action == wire::Action::reset) return verdict.notification;
    if (auto const family = parts.end_of_rib()) std::printf("%s end of %s\n", name_.c_str(), family->text().c_str());
    bool const good = verdict.action != wire::Action::withdraw;
    auto const path = " AS path " + wire::decode_canonical(attributes.canonical).as_path.text();
    print("withdraw", parts.withdrawn, bgp::ipv4_unicast, "");
    if (parts.mp_unreach) print("withdraw", parts.mp_unreach->withdrawn, parts.mp_unreach->family, "");
    print(good ? "announce" : "withdraw", parts.nlri, bgp::ipv4_unicast, good ? path : "");
    if (parts.mp_reach)
      print(good ? "announce" : "withdraw", parts.mp_reach->nlri, parts.mp_reach->family, good ? path : "");
    return std::nullopt;
  }
  void route_refresh(wire::RouteRefresh const&) override {}
  void down(session::Down const& down) override { std::printf("%s down: %s\n", name_.c_str(), down.text.c_str()); }
  void attempt_failed(session::Down const& down) override {
    std::printf("%s failed: %s\n", name_.c_str(), down.text.c_str());
  }
  void print(char const* what, bgp::Bytes nlri, bgp::Family family, std::string const& path) {
    for (wire::NlriReader reader(nlri, family, false); !reader.at_end();) {
      std::printf("%s %s %s%s\n", name_.c_str(), what, reader.next().text().c_str(), path.c_str());
    }
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::string const name_;
  std::array<std::uint8_t, 65536> space_{};
  bgp::Buffer pending_, scratch_;
  wire::DecodeContext context_;
  session::PeerSession session_;
  session::ConnectionId id_ = session::ConnectionId::first;
};

void take(tcp::acceptor& acceptor, session::Config const& config) {
  acceptor.async_accept([&acceptor, &config](auto error, tcp::socket socket) {
    boost::system::error_code gone;
    if (!error && (socket.remote_endpoint(gone), !gone))
      std::make_shared<Neighbour>(std::move(socket), config)->begin();
    take(acceptor, config);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "5_collector LISTEN_ADDRESS PORT OUR_AS NEIGHBOURS_AS\n"), 2;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  auto const number = [&](int at) { return static_cast<std::uint32_t>(std::strtoul(argv[at], nullptr, 10)); };
  auto const address = asio::ip::make_address(argv[1]);
  session::Config config;
  config.local_as = bgp::Asn{number(3)};
  config.remote_as = bgp::Asn{number(4)};
  config.router_id = bgp::RouterId{address.is_v4() ? address.to_v4().to_uint() : 0x7f000001U};
  config.families = {bgp::ipv4_unicast, bgp::ipv6_unicast};
  config.passive = true;
  asio::io_context io(1);
  tcp::acceptor acceptor(io, {address, static_cast<unsigned short>(number(2))});
  take(acceptor, config);
  io.run();
}
