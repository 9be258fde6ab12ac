#include "mgmt/service.h"

#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <cerrno>
#include <cstring>

#include "mgmt/connection.h"
#include "mgmt/socket_path.h"

namespace tern::mgmt {

namespace asio = boost::asio;
using boost::system::error_code;

class Service::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::any_io_executor executor, Limits limits)
      : executor_(executor), acceptor_(executor), retry_(executor), shared_(std::make_shared<Shared>()) {
    shared_->limits = limits;
  }

  Router& router() { return shared_->router; }
  bgp::Result<void> listen(std::string const& path);
  void close();

 private:
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                                           asio::any_io_executor>;

  void accept();
  void on_accept(error_code error, Connection::Socket socket);
  void admit(Connection::Socket socket);
  void retry_later();

  asio::any_io_executor executor_;
  asio::basic_socket_acceptor<asio::local::stream_protocol, asio::any_io_executor> acceptor_;
  Timer retry_;
  OwnedPath path_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::weak_ptr<Connection>> connections_;
};

bgp::Result<void> Service::Impl::listen(std::string const& path) {
  if (auto ready = prepare_socket_path(path); !ready.ok()) return ready;
  error_code error;
  acceptor_.open(asio::local::stream_protocol(), error);
  // On Linux bind() takes the mode from the descriptor, so that there is no moment in which the world may connect.
  if (!error && fchmod(acceptor_.native_handle(), 0660) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.bind(asio::local::stream_protocol::endpoint(path), error);
  if (!error) path_ = OwnedPath(path);
  // And again, for the umask had its say.
  if (!error && chmod(path.c_str(), 0660) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    close();
    return bgp::Error{"socket " + path + ": " + error.message() +
                      "; check the folder's permissions, or set api.socket"};
  }
  accept();
  return {};
}

void Service::Impl::close() {
  shared_->closed = true;
  shared_->router = {};
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  path_.remove();
  for (auto const& connection : connections_) {
    if (auto const alive = connection.lock()) alive->stop();
  }
  connections_.clear();
}

void Service::Impl::accept() {
  acceptor_.async_accept(executor_, [self = shared_from_this()](error_code error, Connection::Socket socket) {
    if (!self->shared_->closed) self->on_accept(error, std::move(socket));
  });
}

void Service::Impl::on_accept(error_code error, Connection::Socket socket) {
  if (error) return retry_later();
  admit(std::move(socket));
  accept();
}

void Service::Impl::admit(Connection::Socket socket) {
  std::erase_if(connections_, [](auto const& connection) { return connection.expired(); });
  if (connections_.size() >= shared_->limits.connections) {
    static std::string_view const full =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        "{\"error\":\"too many connections\",\"remedy\":\"close some, then try again\"}\n";
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(full), ignored);
    return;
  }
  auto const connection = std::make_shared<Connection>(std::move(socket), shared_);
  connections_.push_back(connection);
  connection->start();
}

/// No file descriptor is left, most likely: trying again at once would only burn the processor.
void Service::Impl::retry_later() {
  retry_.expires_after(std::chrono::milliseconds(100));
  retry_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->shared_->closed) self->accept();
  });
}

Service::Service(asio::any_io_executor executor, Limits limits)
    : impl_(std::make_shared<Impl>(std::move(executor), limits)) {}

Service::~Service() { close(); }

void Service::handle(std::string method, std::string pattern, std::vector<std::string> query, Handler handler) {
  impl_->router().add(std::move(method), std::move(pattern), std::move(query), std::move(handler));
}

bgp::Result<void> Service::listen(std::string const& path) { return impl_->listen(path); }

void Service::close() { impl_->close(); }

}  // namespace tern::mgmt
