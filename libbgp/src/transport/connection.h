// One stream of a Peer: reads it in slices into the shared buffer, keeps what is left of a slice, writes what the
// session and the upper layer have to say. One thread: the executor's.
#pragma once

#include <memory>
#include <optional>

#include "transport/context.h"
#include "transport/output.h"
#include "transport/peer.h"

namespace bgp::transport {

class Connection final : public StreamEvents, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Peer& peer, session::ConnectionId id, std::shared_ptr<Stream> stream, bool incoming);
  ~Connection() override;

  void start_reading();
  void resume();
  /// A control message: leaves at the next message boundary, now where the socket takes it.
  void send(Bytes message);
  void on_established();
  /// Writes what is queued and what the upper layer has, until the socket is full or the slice, which begins `now`, is
  /// over.
  void flush(Time now);
  /// Lets go of the peer. What must still leave does so while it lingers.
  void close();
  /// The same without a farewell: the connection is broken.
  void abandon();

  [[nodiscard]] Stream& stream() { return *stream_; }
  [[nodiscard]] bool blocked() const { return blocked_; }
  [[nodiscard]] std::size_t queued() const { return output_.queued(); }

  // StreamEvents
  void on_readable() override;
  void on_writable() override;

 private:
  [[nodiscard]] Bytes read(std::optional<Io>& problem);
  void read_slice(Time now);
  void read_later();
  void wait_for_more();
  /// True when there may be more to write right away.
  bool write_once(Time now);
  void flush_later();
  void report_broken(std::string_view why);

  Peer* peer_;  ///< null once closed
  std::shared_ptr<Context> context_;
  session::ConnectionId id_;
  std::shared_ptr<Stream> stream_;
  std::optional<HalfOpen> half_open_;

  Buffer rest_;  ///< read but not handled, from rest_used_ on
  std::size_t rest_used_ = 0;
  bool rest_may_go_on_ = false;  ///< rest_ may hold whole messages: the last slice was cut short
  bool reading_ = false;         ///< waiting for octets, or about to handle them

  OutputQueue output_;
  bool established_ = false;
  bool blocked_ = false;  ///< the socket is full
  bool flushing_ = false;
  bool flush_posted_ = false;
  bool broken_ = false;  ///< writing failed; reading finds out why
};

}  // namespace bgp::transport
