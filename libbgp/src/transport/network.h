// Where streams come from: dialling and listening, as TCP (make_tcp_network) or within the process (MemoryNetwork).
// One thread: the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "bgp/result.h"
#include "transport/clock.h"
#include "transport/protection.h"
#include "transport/stream.h"

namespace bgp::transport {

struct SocketOptions {
  /// What the kernel may hold for one peer, its own bookkeeping included: the kernel grants twice what is asked for.
  int send_buffer = 128 * 1024;
  int receive_buffer = 128 * 1024;
  int backlog = 4096;
};

/// Cancels the attempt when destroyed: the callback is never called afterwards.
class DialAttempt {
 public:
  virtual ~DialAttempt() = default;
};
using DialCallback = std::function<void(Result<std::shared_ptr<Stream>>)>;

/// Who decides about incoming connections.
class Gate {
 public:
  virtual ~Gate() = default;
  /// Before anything is allocated for the connection; false drops it.
  virtual bool wanted(Endpoint const& remote, Endpoint const& local) = 0;
  /// Right after wanted() said so.
  virtual void take(std::shared_ptr<Stream> stream) = 0;
};

/// Listens until destroyed.
class ListeningSocket {
 public:
  virtual ~ListeningSocket() = default;
  /// With the port that the system chose where 0 was asked for.
  [[nodiscard]] virtual Endpoint local() const = 0;
  /// What comes from `from` is signed with `password` from now on; "": no longer. Connections that were accepted before
  /// keep theirs; those that nobody has asked for yet are taken to the gate first, which does not know their neighbour.
  [[nodiscard]] virtual Result<void> set_key(Prefix const& from, std::string const& password) = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  /// `local` is the source: its address may be unset, its port is normally 0. The callback comes from the executor.
  [[nodiscard]] virtual std::unique_ptr<DialAttempt> dial(Endpoint const& remote, Endpoint const& local,
                                                          Protection const& protection, DialCallback callback) = 0;
  /// False where the system has no IPv6 at all.
  [[nodiscard]] virtual bool has_ipv6() const { return true; }
  /// `local` names its address, be it the any-address of a family. `keys` hold from the first connection on and are of
  /// its family. `gate` must outlive the result.
  [[nodiscard]] virtual Result<std::unique_ptr<ListeningSocket>> listen(Endpoint const& local, Gate& gate,
                                                                        Keys const& keys) = 0;
};

[[nodiscard]] std::shared_ptr<Network> make_tcp_network(boost::asio::any_io_executor executor,
                                                        std::shared_ptr<Clock> clock, SocketOptions options = {});

}  // namespace bgp::transport
