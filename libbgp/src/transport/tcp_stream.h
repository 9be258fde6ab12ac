// A TCP connection on Asio's reactor: Asio waits, the system calls are made here so that a read goes where it is wanted
// and a write gathers without copies. One thread: the executor's.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "transport/network.h"

namespace bgp::transport {

class TcpStream final : public Stream, public std::enable_shared_from_this<TcpStream> {
 public:
  explicit TcpStream(boost::asio::ip::tcp::socket socket);

  [[nodiscard]] Result<void> protect(Protection const& protection) override;
  [[nodiscard]] Result<void> change_ttl(Protection const& protection) override;
  void set_events(StreamEvents* events) override { events_ = events; }
  [[nodiscard]] Io read_some(std::span<std::uint8_t> into) override;
  [[nodiscard]] Io write_some(std::span<Bytes const> pieces) override;
  void wait_readable() override;
  void wait_writable() override;
  [[nodiscard]] std::size_t unread() const override;
  void finish_writing() override;
  void close() override;
  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] Endpoint remote() const override { return remote_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  Endpoint local_;
  Endpoint remote_;
  StreamEvents* events_ = nullptr;
};

[[nodiscard]] Endpoint from_asio(boost::asio::ip::tcp::endpoint const& endpoint);
/// An unset address becomes the any-address of the family of `like`.
[[nodiscard]] boost::asio::ip::tcp::endpoint to_asio(Endpoint const& endpoint, IpAddress const& like);

}  // namespace bgp::transport
