// A neighbour with its sockets: drives one PeerSession, reads into the shared buffer in short slices, pulls output from
// the upper layer and writes it by gathering writes. It knows nothing of routes. One thread: the executor's.
//
// Lifetime: hold it by shared_ptr. The PeerHandler must live until close() or the last callback; a callback may call
// anything here, also close() and dropping the last shared_ptr, and may destroy the handler after close().
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "session/peer_session.h"
#include "transport/context.h"
#include "transport/output.h"

namespace bgp::transport {

/// The upper layer of one neighbour.
class PeerHandler {
 public:
  virtual ~PeerHandler() = default;

  virtual void on_established(session::Negotiated const& negotiated, Endpoint const& local, Endpoint const& remote) = 0;
  /// The body of an UPDATE, in place: valid during the call. A NOTIFICATION in return ends the session with it.
  virtual std::optional<wire::Notification> on_update(Bytes body) = 0;
  /// As session::Handler::look_ahead().
  virtual void look_ahead(Bytes rest) { static_cast<void>(rest); }
  /// After the last on_update() of a read slice: the moment to wake the output of others.
  virtual void on_updates_done() {}
  virtual void on_route_refresh(wire::RouteRefresh const& request) = 0;
  /// The socket takes more: append whole messages, until they are `budget` octets or there is nothing more to say until
  /// wake_output(). Only while Established.
  virtual void fill(OutputQueue& out, std::size_t budget) = 0;
  /// An Established session is over; every on_established() is followed by one on_down(), unless close() came before.
  virtual void on_down(session::Down const& down) = 0;
  /// A connection, or an attempt at one, ended before it was Established.
  virtual void on_attempt_failed(session::Down const& down) { static_cast<void>(down); }
  /// A connection came in that PeerAddress::protection forbids; whatever else goes on with the neighbour goes on.
  virtual void on_refused(session::Down const& down) { static_cast<void>(down); }
};

struct PeerAddress {
  Endpoint remote;  ///< port: where to dial
  Endpoint local;   ///< the source: address unset: the system's choice
  /// Nobody named this neighbour beforehand: its connections count for Limits::half_open.
  bool dynamic = false;
  Protection protection = {};
};

class Connection;

class Peer final : public std::enable_shared_from_this<Peer>, private session::Handler {
 public:
  [[nodiscard]] static std::shared_ptr<Peer> create(std::shared_ptr<Context> context, session::Config config,
                                                    PeerAddress address, PeerHandler& handler);
  ~Peer() override;

  void start();
  /// For the connections to come; one that stands keeps what it was made with,
  void configure(session::Config config, PeerAddress address);
  /// but for its TTL, and what is checked of the peer's, with this. Error: the kernel cannot.
  [[nodiscard]] Result<void> change_ttl();
  /// Ends the session with `why` and stays down until start(). on_down() comes within.
  void stop(wire::Notification const& why);
  /// Ends the session with `why`; it comes back by itself.
  void reset(wire::Notification const& why);
  /// The same, but not before so long.
  void hold(wire::Notification const& why, session::Duration time);
  /// stop() for good, without any callback: the handler is forgotten. The NOTIFICATION still leaves.
  void close(wire::Notification const& why);

  /// True when an incoming connection would be taken now.
  [[nodiscard]] bool admits() const { return handler_ != nullptr && session_.admits(); }
  void accept(std::shared_ptr<Stream> stream);

  /// There is something to say: pulls and writes now, unless the socket is full.
  void wake_output(Time now);
  /// Back-pressure: the socket is not read, so that TCP slows the peer down. Also ends the current read slice.
  void pause_reading();
  void resume_reading();
  /// From within on_update(): what else was read waits for its next turn.
  void end_slice() { session_.interrupt(); }
  /// Asks the neighbour for its routes again; false when it cannot be asked.
  bool request_refresh(Family family);

  // To show.
  [[nodiscard]] session::PeerSession const& session() const { return session_; }
  [[nodiscard]] PeerAddress const& address() const { return address_; }
  /// The socket is full: what is queued waits for the peer to read.
  [[nodiscard]] bool output_blocked() const;
  /// Octets pulled from the upper layer that the socket has not taken.
  [[nodiscard]] std::size_t output_queued() const;
  [[nodiscard]] std::uint64_t octets_out() const { return octets_out_; }

 private:
  friend class Connection;
  using Id = session::ConnectionId;

  Peer(std::shared_ptr<Context> context, session::Config config, PeerAddress address, PeerHandler& handler);

  // session::Handler
  void dial(Id id) override;
  void send(Id id, Bytes message) override;
  void close(Id id) override;
  void established(Id id, session::Negotiated const& negotiated) override;
  std::optional<wire::Notification> update(Bytes body) override;
  void look_ahead(Bytes rest) override {
    if (handler_ != nullptr) handler_->look_ahead(rest);
  }
  void route_refresh(wire::RouteRefresh const& request) override;
  void down(session::Down const& down) override;
  void attempt_failed(session::Down const& down) override;

  // From a Connection; it may be gone afterwards.
  struct Received {
    std::size_t used;
    bool cut_short;  ///< whole messages may be left
  };
  /// Of a slice that began at `now`.
  Received received(Id id, Bytes bytes, Time now);
  void wrote(Id id, std::size_t octets, SentMessages const& messages, Time now);
  void lost(Id id, std::string_view reason);
  void fill(OutputQueue& out, std::size_t budget);

  void dialled(Id id, Result<std::shared_ptr<Stream>> result);
  void adopt(Id id, std::shared_ptr<Stream> stream, bool incoming);
  void refuse(Stream& stream, std::string const& why);
  void on_timer();
  void rearm();
  [[nodiscard]] Connection* live() const;  ///< the Established one
  [[nodiscard]] std::shared_ptr<Connection>& at(Id id) { return connections_[static_cast<std::size_t>(id)]; }

  std::shared_ptr<Context> context_;  ///< constant after construction
  PeerAddress address_;

  PeerHandler* handler_;  ///< null after close()
  session::PeerSession session_;
  std::array<std::shared_ptr<Connection>, 2> connections_;
  std::array<std::unique_ptr<DialAttempt>, 2> attempts_;
  std::unique_ptr<Timer> timer_;
  Time armed_ = session::never;
  Time slice_end_{};
  bool reading_paused_ = false;
  bool updates_seen_ = false;
  std::uint64_t octets_out_ = 0;
};

}  // namespace bgp::transport
