// Accepts connections on one address and brings each to its neighbour. A stranger is dropped before anything is
// allocated for it; a neighbour that is not wanted now is told so (Cease / Connection Rejected, RFC 4486 §4). One
// thread: the executor's.
#pragma once

#include <memory>

#include "transport/peer.h"

namespace bgp::transport {

/// What a directory says of a source.
struct Admission {
  std::shared_ptr<Peer> peer;  ///< takes the connection, if it admits any now
  bool known = false;          ///< no stranger: worth a word when it is refused
};

/// Who knows the neighbours.
class PeerDirectory {
 public:
  virtual ~PeerDirectory() = default;
  /// The neighbour behind `remote`, made now if it falls into a range. `remote.port` means nothing.
  virtual Admission admission(Endpoint const& remote, Endpoint const& local) = 0;
};

class Listener final : private Gate {
 public:
  /// `keys`: see Network::listen. `directory` must outlive the Listener.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> open(std::shared_ptr<Context> context, Endpoint const& local,
                                                              PeerDirectory& directory, Keys const& keys = {});
  /// See ListeningSocket::set_key.
  [[nodiscard]] Result<void> set_key(Prefix const& from, std::string const& password) {
    return socket_->set_key(from, password);
  }
  [[nodiscard]] Endpoint local() const { return socket_->local(); }
  /// Connections dropped: strangers, neighbours that are held in Idle, too many half-open.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  Listener(std::shared_ptr<Context> context, PeerDirectory& directory)
      : context_(std::move(context)), directory_(directory) {}
  bool wanted(Endpoint const& remote, Endpoint const& local) override;
  void take(std::shared_ptr<Stream> stream) override;

  std::shared_ptr<Context> context_;
  PeerDirectory& directory_;
  std::unique_ptr<ListeningSocket> socket_;
  std::shared_ptr<Peer> taker_;  ///< between wanted() and take(); null: the connection is rejected
  std::uint64_t refused_ = 0;
};

}  // namespace bgp::transport
