// Dialling and listening over TCP.
#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "transport/tcp_protection.h"
#include "transport/tcp_stream.h"

namespace bgp::transport {
namespace {

using boost::asio::any_io_executor;
using boost::asio::ip::tcp;
using boost::system::error_code;

// What binds or listens in vain says what to do about it.
Error cannot(std::string const& what, Endpoint const& where, error_code const& error) {
  std::string remedy;
  if (error == boost::system::errc::permission_denied) {
    remedy = ": ports below 1024 need root or CAP_NET_BIND_SERVICE";
  } else if (error == boost::system::errc::address_in_use) {
    remedy = ": another process listens there; stop it or choose another port";
  } else if (error == boost::system::errc::address_not_available) {
    remedy = ": no interface of this host has the address; give it to one, or listen on another";
  }
  return Error{what + " " + where.text() + ": " + error.message() + remedy};
}

// Before connect or listen, so that the window scale fits; accepted sockets inherit them.
template <class Socket>
void size_buffers(Socket& socket, SocketOptions const& options) {
  error_code ignored;
  socket.set_option(boost::asio::socket_base::send_buffer_size(options.send_buffer), ignored);
  socket.set_option(boost::asio::socket_base::receive_buffer_size(options.receive_buffer), ignored);
}

class TcpDial final : public DialAttempt {
 public:
  TcpDial(any_io_executor const& executor, Endpoint const& remote, Endpoint const& local, SocketOptions const& options,
          Protection const& protection, DialCallback callback)
      : state_(std::make_shared<State>(executor, std::move(callback))) {
    if (auto const ready = prepare(remote, local, options, protection); !ready) {
      boost::asio::post(executor, [state = state_, why = ready.error()] { state->finish(why); });
      return;
    }
    auto const hint = protection.no_answer_hint();
    state_->socket.async_connect(to_asio(remote, remote.address), [state = state_, hint](error_code failure) {
      if (failure == boost::system::errc::timed_out) return state->finish(Error{failure.message() + hint});
      if (failure) return state->finish(Error{failure.message()});
      if (state->callback)
        state->finish(std::shared_ptr<Stream>(std::make_shared<TcpStream>(std::move(state->socket))));
    });
  }
  ~TcpDial() override {
    state_->callback = nullptr;
    error_code ignored;
    state_->socket.close(ignored);
  }

 private:
  Result<void> prepare(Endpoint const& remote, Endpoint const& local, SocketOptions const& options,
                       Protection const& protection) {
    auto& socket = state_->socket;
    error_code error;
    socket.open(to_asio(remote, remote.address).protocol(), error);
    if (error) return cannot("cannot dial from", local, error);
    size_buffers(socket, options);
    socket.set_option(tcp::socket::reuse_address(true), error);
    if (!local.address.is_unset() || local.port != 0) socket.bind(to_asio(local, remote.address), error);
    if (error) return cannot("cannot dial from", local, error);
    return protect_dial(socket.native_handle(), remote, protection);
  }

  struct State {
    State(any_io_executor const& executor, DialCallback then) : socket(executor), callback(std::move(then)) {}
    void finish(Result<std::shared_ptr<Stream>> result) {
      if (auto const call = std::exchange(callback, nullptr)) call(std::move(result));
    }
    tcp::socket socket;
    DialCallback callback;
  };
  std::shared_ptr<State> state_;
};

class TcpListener final : public ListeningSocket {
 public:
  TcpListener(any_io_executor const& executor, std::shared_ptr<Clock> clock, Gate& gate)
      : state_(std::make_shared<State>(executor, std::move(clock), gate)) {}
  ~TcpListener() override {
    state_->gate = nullptr;
    state_->pause.reset();
    error_code ignored;
    state_->acceptor.close(ignored);
  }
  [[nodiscard]] Endpoint local() const override { return state_->local; }

  [[nodiscard]] Result<void> set_key(Prefix const& from, std::string const& password) override {
    auto done = transport::set_key(state_->acceptor.native_handle(), from, password);
    // Those that are through with their handshake were not asked for a signature.
    if (done && !password.empty()) state_->accept_waiting();
    return done;
  }

  Result<void> open(Endpoint const& local, SocketOptions const& options, Keys const& keys) {
    if (auto const error = bind(local, options)) return cannot("cannot listen on", local, error);
    auto& acceptor = state_->acceptor;
    // Before listen: nobody gets in without a signature, be it in the first moment.
    for (auto const& [from, password] : keys) {
      auto const done = transport::set_key(acceptor.native_handle(), from, password);
      if (!done) return Error{"cannot listen on " + local.text() + ": " + done.error().message};
    }
    error_code error;
    acceptor.listen(options.backlog, error);
    if (!error) acceptor.non_blocking(true, error);
    if (error) return cannot("cannot listen on", local, error);
    state_->local = from_asio(acceptor.local_endpoint(error));
    state_->wait();
    return {};
  }

 private:
  error_code bind(Endpoint const& local, SocketOptions const& options) {
    auto const where = to_asio(local, local.address);
    auto& acceptor = state_->acceptor;
    error_code error;
    acceptor.open(where.protocol(), error);
    if (error) return error;
    size_buffers(acceptor, options);
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (where.protocol() == tcp::v6()) acceptor.set_option(boost::asio::ip::v6_only(true), error);
    prepare_listener(acceptor.native_handle(), where.protocol() == tcp::v6());
    if (!error) acceptor.bind(where, error);
    return error;
  }

  struct State : std::enable_shared_from_this<State> {
    State(any_io_executor const& executor, std::shared_ptr<Clock> the_clock, Gate& the_gate)
        : acceptor(executor), clock(std::move(the_clock)), gate(&the_gate) {}

    void wait() {
      acceptor.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](error_code error) {
        if (!error) self->accept_some();
      });
    }
    // A burst at a time, then others get their turn.
    void accept_some() {
      constexpr int burst = 32;
      for (int i = 0; i < burst && gate != nullptr; ++i) {
        if (auto const error = accept_one(); error != 0 && !after_error(error)) return;
      }
      if (gate != nullptr) wait();
    }
    // Whoever waits now. What goes wrong with one of them is found again by the next accept_some().
    void accept_waiting() {
      while (gate != nullptr && accept_one() == 0) {
      }
    }
    // The bare descriptor first: Asio would allocate for a stranger. Returns errno, 0 when there was one.
    int accept_one() {
      tcp::endpoint remote;
      auto size = static_cast<socklen_t>(remote.capacity());
      auto const fd = ::accept4(acceptor.native_handle(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return errno;
      remote.resize(size);
      tcp::endpoint here;
      size = static_cast<socklen_t>(here.capacity());
      if (::getsockname(fd, here.data(), &size) == 0) here.resize(size);
      if (!gate->wanted(from_asio(remote), from_asio(here))) {
        ::close(fd);
        return 0;
      }
      gate->take(std::make_shared<TcpStream>(tcp::socket(acceptor.get_executor(), remote.protocol(), fd)));
      return 0;
    }
    // False: do not go on now.
    bool after_error(int error) {
      if (error == ECONNABORTED || error == EINTR) return true;
      if (error == EAGAIN || error == EWOULDBLOCK) {
        wait();
      } else {
        // Out of descriptors or memory: the connection stays in the backlog, so waiting for it would spin.
        pause = clock->make_timer();
        pause->arm(clock->now() + std::chrono::milliseconds(100), [this] { wait(); });
      }
      return false;
    }

    tcp::acceptor acceptor;
    std::shared_ptr<Clock> clock;
    Gate* gate;
    Endpoint local;
    std::unique_ptr<Timer> pause;
  };
  std::shared_ptr<State> state_;
};

class TcpNetwork final : public Network {
 public:
  TcpNetwork(any_io_executor executor, std::shared_ptr<Clock> clock, SocketOptions options)
      : executor_(std::move(executor)), clock_(std::move(clock)), options_(options) {}

  [[nodiscard]] std::unique_ptr<DialAttempt> dial(Endpoint const& remote, Endpoint const& local,
                                                  Protection const& protection, DialCallback callback) override {
    return std::make_unique<TcpDial>(executor_, remote, local, options_, protection, std::move(callback));
  }
  [[nodiscard]] bool has_ipv6() const override {
    tcp::socket probe(executor_);
    error_code error;
    probe.open(tcp::v6(), error);
    return error != boost::system::errc::address_family_not_supported;
  }
  [[nodiscard]] Result<std::unique_ptr<ListeningSocket>> listen(Endpoint const& local, Gate& gate,
                                                                Keys const& keys) override {
    auto listener = std::make_unique<TcpListener>(executor_, clock_, gate);
    if (auto const opened = listener->open(local, options_, keys); !opened) return opened.error();
    return std::unique_ptr<ListeningSocket>(std::move(listener));
  }

 private:
  any_io_executor executor_;
  std::shared_ptr<Clock> clock_;
  SocketOptions options_;
};

}  // namespace

std::shared_ptr<Network> make_tcp_network(any_io_executor executor, std::shared_ptr<Clock> clock,
                                          SocketOptions options) {
  return std::make_shared<TcpNetwork>(std::move(executor), std::move(clock), options);
}

}  // namespace bgp::transport
