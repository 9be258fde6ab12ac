// What all peers of an engine share: executor, network, clock, the one read buffer, limits, connections on their way
// out. One thread: the executor's. It must outlive its peers: they hold it by shared_ptr.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <unordered_set>
#include <vector>

#include "transport/clock.h"
#include "transport/network.h"
#include "transport/poster.h"
#include "transport/rounds.h"
#include "transport/slice_times.h"
#include "wire/message.h"

namespace bgp::transport {

struct Limits {
  std::size_t read_size = 64 * 1024;                ///< octets of one read
  std::size_t fill_size = 64 * 1024;                ///< octets asked of the upper layer at a time
  Duration slice = std::chrono::microseconds(500);  ///< after this, others get their turn
  Duration round = std::chrono::milliseconds(2);    ///< of all sockets together: after this, timers get theirs
  /// Incoming connections of dynamic neighbours that are not Established. Configured ones have one each, and whoever
  /// fills this does not lock them out.
  std::size_t half_open = 4096;
  Duration linger = std::chrono::seconds(2);  ///< for a last NOTIFICATION to leave
  std::size_t lingering = 1024;               ///< connections that may linger; more are cut off
};

class Lingering;

class Context : public std::enable_shared_from_this<Context> {
 public:
  Context(boost::asio::any_io_executor executor, std::shared_ptr<Network> network, std::shared_ptr<Clock> clock,
          Limits limits = {});
  /// TCP and the steady clock.
  explicit Context(boost::asio::any_io_executor executor);
  ~Context();
  Context(Context const&) = delete;
  Context& operator=(Context const&) = delete;

  [[nodiscard]] boost::asio::any_io_executor const& executor() const { return executor_; }
  [[nodiscard]] Network& network() { return *network_; }
  [[nodiscard]] Clock& clock() { return *clock_; }
  [[nodiscard]] Time now() const { return clock_->now(); }
  [[nodiscard]] Limits const& limits() const { return limits_; }
  void post(std::function<void()> work);
  [[nodiscard]] Rounds& rounds() { return rounds_; }

  /// Of the pieces of work for which a Stopwatch ran.
  [[nodiscard]] SliceTimes const& slice_times() const { return slice_times_; }

  /// Room for one read and what is left of the read before. Used within one slice only.
  [[nodiscard]] std::span<std::uint8_t> read_buffer() { return read_buffer_; }
  /// What one write gathers. Used within one slice only.
  [[nodiscard]] std::array<Bytes, max_pieces>& pieces() { return pieces_; }

  /// For one more incoming connection of a dynamic neighbour.
  [[nodiscard]] bool has_room() const { return half_open_ < limits_.half_open; }
  [[nodiscard]] std::size_t half_open() const { return half_open_; }

  /// Connections that are closed but still get rid of their last octets.
  [[nodiscard]] std::size_t lingering() const { return lingering_.size(); }
  /// Calls back as soon as nothing lingers, at most after Limits::linger; at once (posted) when nothing does. Each
  /// of several callbacks is called.
  void when_quiet(std::function<void()> callback);

 private:
  friend class HalfOpen;
  friend class Stopwatch;
  friend class Lingering;
  Context(boost::asio::any_io_executor executor, std::shared_ptr<Clock> clock);
  friend void linger(std::shared_ptr<Context> const& context, std::shared_ptr<Stream> stream, Buffer rest);
  void gone(std::shared_ptr<Lingering> const& lingering);

  // Constant after construction.
  boost::asio::any_io_executor executor_;
  std::shared_ptr<Clock> clock_;
  std::shared_ptr<Network> network_;
  Limits limits_;

  Poster post_;
  Rounds rounds_;
  SliceTimes slice_times_;
  Buffer read_buffer_;
  std::array<Bytes, max_pieces> pieces_;
  std::size_t half_open_ = 0;
  std::unordered_set<std::shared_ptr<Lingering>> lingering_;
  std::vector<std::function<void()>> quiet_;
};

/// Measures a piece of work while it lives, for Context::slice_times(). The context must outlive it: what keeps that
/// alive is to be declared before.
class Stopwatch {
 public:
  explicit Stopwatch(Context& context) : Stopwatch(context, context.now()) {}
  /// Of one that began at `begin`.
  Stopwatch(Context& context, Time begin) : context_(context), begin_(begin) { context_.slice_times_.begin(); }
  ~Stopwatch() { context_.slice_times_.end(begin_); }
  [[nodiscard]] Time begin() const { return begin_; }
  Stopwatch(Stopwatch const&) = delete;
  Stopwatch& operator=(Stopwatch const&) = delete;

 private:
  Context& context_;
  Time begin_;
};

/// Counts one half-open connection while it lives.
class HalfOpen {
 public:
  explicit HalfOpen(std::shared_ptr<Context> context) : context_(std::move(context)) { ++context_->half_open_; }
  ~HalfOpen() { --context_->half_open_; }
  HalfOpen(HalfOpen const&) = delete;
  HalfOpen& operator=(HalfOpen const&) = delete;

 private:
  std::shared_ptr<Context> context_;
};

}  // namespace bgp::transport
