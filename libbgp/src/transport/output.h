// What waits to be written on one connection: control messages, and slices of shared, immutable buffers. Control
// messages overtake slices at message boundaries. No I/O: gather() and consume() surround one gathering write.
// One thread.
#pragma once

#include <array>
#include <deque>
#include <memory>

#include "base/bytes.h"
#include "transport/stream.h"

namespace bgp::transport {

/// A part of a buffer that many members of a group may share: nothing is copied until the kernel does.
struct Slice {
  std::shared_ptr<Buffer const> buffer;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  /// How many messages end in it. Its own end must be the end of a message, unless `messages` is 0: then the message
  /// goes on in the next slice (a hole filled per member, such as a next hop).
  std::uint32_t messages = 1;
};

class OutputQueue {
 public:
  /// One or more whole messages.
  void push_control(Bytes message) { control_.insert(control_.end(), message.begin(), message.end()); }
  void push(Slice slice);

  [[nodiscard]] bool empty() const { return control_.size() == control_sent_ && slices_.empty(); }
  /// Octets of slices that wait.
  [[nodiscard]] std::size_t queued() const { return queued_; }

  /// The next pieces to write, in order; returns how many.
  std::size_t gather(std::array<Bytes, max_pieces>& pieces) const;
  /// `octets` of what gather() gave have been written; returns how many messages of slices ended among them.
  std::size_t consume(std::size_t octets);
  /// Forgets slices from the next message boundary on.
  void drop_slices();

 private:
  [[nodiscard]] bool within_message() const { return head_sent_ > 0 || continues_; }
  [[nodiscard]] std::size_t slices_before_control() const;
  std::size_t consume_control(std::size_t octets);

  Buffer control_;
  std::size_t control_sent_ = 0;
  std::deque<Slice> slices_;
  std::size_t head_sent_ = 0;  ///< of the first slice
  bool continues_ = false;     ///< the slice before the first one did not end its message
  std::size_t queued_ = 0;
};

}  // namespace bgp::transport
