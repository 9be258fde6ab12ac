// What waits to be written on one connection: control messages, and slices of shared, immutable buffers. Control
// messages overtake slices at message boundaries. No I/O: gather() and consume() surround one gathering write.
// One thread.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/slice.h"
#include "transport/stream.h"

namespace bgp::transport {

class OutputQueue {
 public:
  /// One or more whole messages.
  void push_control(Bytes message) { control_.insert(control_.end(), message.begin(), message.end()); }
  void push(Slice slice);

  [[nodiscard]] bool empty() const { return control_.size() == control_sent_ && head_ == slices_.size(); }
  /// Octets of slices that wait.
  [[nodiscard]] std::size_t queued() const { return queued_; }

  /// The next pieces to write, in order; returns how many.
  std::size_t gather(std::array<Bytes, max_pieces>& pieces) const;
  /// `octets` of what gather() gave have been written; returns the messages of slices that ended among them.
  SentMessages consume(std::size_t octets);
  /// Forgets slices from the next message boundary on.
  void drop_slices();

 private:
  [[nodiscard]] bool within_message() const { return head_sent_ > 0 || continues_; }
  /// The slices that belong to a message that has begun: control messages must wait for them.
  [[nodiscard]] std::size_t slices_to_boundary() const;
  [[nodiscard]] Bytes rest_of(std::size_t slice) const;
  std::size_t consume_control(std::size_t octets);

  Buffer control_;
  std::size_t control_sent_ = 0;
  std::vector<Slice> slices_;
  std::size_t head_ = 0;       ///< the first that waits
  std::size_t head_sent_ = 0;  ///< octets of it that are gone
  bool continues_ = false;     ///< the slice before it did not end its message
  std::size_t queued_ = 0;
};

}  // namespace bgp::transport
