// A network within the process, for tests and examples: dialling an address on which somebody listens gives both sides
// a stream of bounded buffers. One thread: the executor's.
#pragma once

#include <map>
#include <set>

#include "transport/network.h"

namespace bgp::transport {

class MemoryNetwork final : public Network {
 public:
  /// `capacity` octets may wait in each direction, as in a socket's buffers.
  explicit MemoryNetwork(boost::asio::any_io_executor executor, std::size_t capacity = 256 * 1024);
  ~MemoryNetwork() override;
  /// As the kernel does: who has another password than the listener is never answered. There are no hops.
  [[nodiscard]] std::unique_ptr<DialAttempt> dial(Endpoint const& remote, Endpoint const& local,
                                                  Protection const& protection, DialCallback callback) override;
  [[nodiscard]] Result<std::unique_ptr<ListeningSocket>> listen(Endpoint const& local, Gate& gate,
                                                                Keys const& keys) override;
  /// Cuts `address` off, as if the cable were pulled: nothing that it sends or that is sent to it arrives any more, and
  /// no dial succeeds. What was under way is lost for good, so connections do not recover.
  void isolate(IpAddress const& address);
  void rejoin(IpAddress const& address);

 private:
  friend class MemorySocket;
  struct World;
  std::shared_ptr<World> world_;
};

}  // namespace bgp::transport
