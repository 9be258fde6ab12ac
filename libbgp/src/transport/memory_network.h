// A network within the process, for tests and examples: dialling an address on which somebody listens gives both sides
// a stream of bounded buffers. One thread: the executor's.
#pragma once

#include <map>

#include "transport/network.h"

namespace bgp::transport {

class MemoryNetwork final : public Network, public std::enable_shared_from_this<MemoryNetwork> {
 public:
  /// `capacity` octets may wait in each direction, as in a socket's buffers.
  [[nodiscard]] static std::shared_ptr<MemoryNetwork> create(boost::asio::any_io_executor executor,
                                                             std::size_t capacity = 256 * 1024);
  [[nodiscard]] std::unique_ptr<DialAttempt> dial(Endpoint const& remote, Endpoint const& local,
                                                  DialCallback callback) override;
  [[nodiscard]] Result<std::unique_ptr<ListeningSocket>> listen(Endpoint const& local, Gate& gate) override;
  /// Cuts `address` off: octets neither leave nor arrive, and no dial succeeds, as if the cable were pulled.
  void isolate(IpAddress const& address, bool cut);

 private:
  MemoryNetwork(boost::asio::any_io_executor executor, std::size_t capacity);
  class Attempt;
  class Socket;

  boost::asio::any_io_executor executor_;
  std::size_t capacity_;
  std::map<std::pair<IpAddress, std::uint16_t>, Socket*> sockets_;
  std::shared_ptr<std::map<IpAddress, bool>> isolated_;
};

}  // namespace bgp::transport
