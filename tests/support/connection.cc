#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "peer.h"

namespace support {
namespace {

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] sockaddr const* get() const { return reinterpret_cast<sockaddr const*>(&storage); }
};

Endpoint endpoint(std::string const& address, std::uint16_t port) {
  Endpoint result;
  auto const bytes = ip(address);
  if (bytes.size() == 4) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&four.sin_addr, bytes.data(), 4);
    std::memcpy(&result.storage, &four, result.size = sizeof four);
  } else {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&six.sin6_addr, bytes.data(), 16);
    std::memcpy(&result.storage, &six, result.size = sizeof six);
  }
  return result;
}

int bound_socket(Endpoint const& local) {
  int const fd = ::socket(local.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int const one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fd < 0 || ::bind(fd, local.get(), local.size) != 0) {
    auto const why = std::string("cannot bind: ") + std::strerror(errno);
    if (fd >= 0) ::close(fd);
    throw std::runtime_error(why);
  }
  return fd;
}

bool ready(int fd, short events, Deadline deadline) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, left_ms(deadline)) == 1;
}

}  // namespace

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ended_(other.ended_), buffer_(std::move(other.buffer_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(ended_, other.ended_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Connection Connection::dial(std::string const& local, std::string const& remote, std::uint16_t port,
                            Deadline deadline) {
  Connection connection(bound_socket(endpoint(local, 0)));
  auto const target = endpoint(remote, port);
  ::fcntl(connection.fd_, F_SETFL, O_NONBLOCK);
  if (::connect(connection.fd_, target.get(), target.size) != 0) {
    int error = errno;
    socklen_t size = sizeof error;
    if (error == EINPROGRESS && ready(connection.fd_, POLLOUT, deadline))
      ::getsockopt(connection.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) connection.close();
  }
  if (connection.connected()) ::fcntl(connection.fd_, F_SETFL, 0);
  return connection;
}

bool Connection::send(Bytes const& bytes) {
  auto const deadline = in(std::chrono::seconds(10));
  for (std::size_t at = 0; at < bytes.size();) {
    if (fd_ < 0 || !ready(fd_, POLLOUT, deadline)) return false;
    auto const count = ::send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) return false;
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  return true;
}

bool Connection::fill(Deadline deadline) {
  if (fd_ < 0 || ended_ || !ready(fd_, POLLIN, deadline)) return false;
  std::uint8_t chunk[65536];
  auto const count = ::recv(fd_, chunk, sizeof chunk, 0);
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  buffer_.insert(buffer_.end(), chunk, chunk + count);
  return true;
}

std::optional<Message> Connection::receive(Deadline deadline) {
  for (;;) {
    if (buffer_.size() >= 19) {
      auto const length = std::size_t(buffer_[16] << 8 | buffer_[17]);
      if (length < 19) throw std::runtime_error("a message of length " + std::to_string(length));
      if (buffer_.size() >= length) {
        Message one{buffer_[18], Bytes(buffer_.begin() + 19, buffer_.begin() + long(length))};
        buffer_.erase(buffer_.begin(), buffer_.begin() + long(length));
        return one;
      }
    }
    if (!fill(deadline)) return std::nullopt;
  }
}

Listener::Listener(std::string const& address, std::uint16_t port) : fd_(bound_socket(endpoint(address, port))) {
  if (::listen(fd_, 8) != 0) throw std::runtime_error("cannot listen");
}

Listener::~Listener() { ::close(fd_); }

Connection Listener::accept(Deadline deadline) const {
  if (!ready(fd_, POLLIN, deadline)) return {};
  return Connection(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace support
