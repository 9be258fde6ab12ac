#include "transport/tcp_stream.h"

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "transport/tcp_protection.h"

namespace bgp::transport {
namespace {

using boost::asio::ip::tcp;

Io problem() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Io::Kind::would_block, 0, {}};
  // strerrordesc_np is static text, unlike strerror.
  auto const* const text = strerrordesc_np(errno);
  return {Io::Kind::failed, 0, text == nullptr ? "unknown error" : text};
}

}  // namespace

TcpStream::TcpStream(tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code error;
  local_ = from_asio(socket_.local_endpoint(error));
  remote_ = from_asio(socket_.remote_endpoint(error));
  socket_.non_blocking(true, error);
  socket_.set_option(tcp::no_delay(true), error);
}

Result<void> TcpStream::protect(Protection const& protection) {
  return protect_accepted(socket_.native_handle(), remote_.address.is_v6(), protection);
}

Result<void> TcpStream::change_ttl(Protection const& protection) {
  return transport::change_ttl(socket_.native_handle(), remote_.address.is_v6(), protection);
}

Io TcpStream::read_some(std::span<std::uint8_t> into) {
  auto const got = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
  if (got > 0) return {Io::Kind::done, static_cast<std::size_t>(got), {}};
  return got == 0 ? Io{Io::Kind::closed, 0, {}} : problem();
}

Io TcpStream::write_some(std::span<Bytes const> pieces) {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  auto const result = [](ssize_t sent) {
    return sent >= 0 ? Io{Io::Kind::done, static_cast<std::size_t>(sent), {}} : problem();
  };
  // One piece, a change that comes alone, is spared the kernel's copying of a list.
  if (pieces.size() == 1) {
    return result(::send(socket_.native_handle(), pieces.front().data(), pieces.front().size(), flags));
  }
  std::array<iovec, max_pieces> vectors;
  auto const count = std::min(pieces.size(), max_pieces);
  for (std::size_t i = 0; i < count; ++i) {
    vectors[i] = {const_cast<std::uint8_t*>(pieces[i].data()), pieces[i].size()};  // sendmsg only reads
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return result(::sendmsg(socket_.native_handle(), &message, flags));
}

void TcpStream::wait_readable() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](boost::system::error_code error) {
    if (!error && self->events_ != nullptr) self->events_->on_readable();
  });
}

void TcpStream::wait_writable() {
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](boost::system::error_code error) {
    if (!error && self->events_ != nullptr) self->events_->on_writable();
  });
}

std::size_t TcpStream::unread() const {
  int waiting = 0;
  auto& socket = const_cast<tcp::socket&>(socket_);  // native_handle() is not const
  if (!socket_.is_open() || ::ioctl(socket.native_handle(), FIONREAD, &waiting) != 0) return 0;
  return static_cast<std::size_t>(std::max(waiting, 0));
}

void TcpStream::finish_writing() {
  boost::system::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void TcpStream::close() {
  events_ = nullptr;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

Endpoint from_asio(tcp::endpoint const& endpoint) {
  auto const address = endpoint.address();
  if (address.is_v4()) return {IpAddress::v4(address.to_v4().to_uint()), endpoint.port(), 0};
  auto const v6 = address.to_v6();
  return {IpAddress::v6(v6.to_bytes()), endpoint.port(), static_cast<std::uint32_t>(v6.scope_id())};
}

tcp::endpoint to_asio(Endpoint const& endpoint, IpAddress const& like) {
  namespace ip = boost::asio::ip;
  auto const& address = endpoint.address;
  if (address.is_v4()) return {ip::address_v4(address.v4_value()), endpoint.port};
  if (address.is_unset()) return {like.is_v4() ? tcp::v4() : tcp::v6(), endpoint.port};
  ip::address_v6::bytes_type bytes;
  std::copy_n(address.data(), bytes.size(), bytes.begin());
  return {ip::address_v6(bytes, endpoint.scope_id), endpoint.port};
}

}  // namespace bgp::transport
