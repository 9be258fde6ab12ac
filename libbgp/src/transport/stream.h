// One connection's octets, non-blocking: TCP, or memory in tests and examples. Readiness is told to one StreamEvents.
// One thread: the executor's.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "bgp/result.h"
#include "transport/endpoint.h"
#include "transport/protection.h"

namespace bgp::transport {

/// Called from the executor, never from within a call of the Stream.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;
  virtual void on_readable() = 0;
  virtual void on_writable() = 0;
};

struct Io {
  enum class Kind : std::uint8_t { done, would_block, closed, failed };
  Kind kind = Kind::done;
  std::size_t octets = 0;
  std::string_view why;  ///< static text where it failed
};

/// The most pieces that one gathering write takes.
inline constexpr std::size_t max_pieces = 64;

class Stream {
 public:
  /// Destruction closes.
  virtual ~Stream() = default;

  /// Of an accepted connection, before anything is read: how far away the peer may be, and our TTL. (The password came
  /// with the listener.) Error: the peer is not near enough, or the kernel cannot tell.
  [[nodiscard]] virtual Result<void> protect(Protection const& protection) = 0;
  /// Of a connection that stands: the same two from now on, whoever opened it. Error: the kernel cannot.
  [[nodiscard]] virtual Result<void> change_ttl(Protection const& protection) = 0;
  /// Who is told from now on; null: nobody.
  virtual void set_events(StreamEvents* events) = 0;
  [[nodiscard]] virtual Io read_some(std::span<std::uint8_t> into) = 0;
  [[nodiscard]] virtual Io write_some(std::span<Bytes const> pieces) = 0;
  /// One on_readable() (on_writable()) as soon as a read (write) would not block, an error included.
  virtual void wait_readable() = 0;
  virtual void wait_writable() = 0;
  /// Octets that wait to be read.
  [[nodiscard]] virtual std::size_t unread() const = 0;
  /// Nothing more will be written: the peer reads to the end.
  virtual void finish_writing() = 0;
  /// No event comes any more.
  virtual void close() = 0;

  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual Endpoint remote() const = 0;
};

}  // namespace bgp::transport
