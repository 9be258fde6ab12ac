#include "transport/output.h"

#include <algorithm>

namespace bgp::transport {

void OutputQueue::push(Slice slice) {
  if (slice.length == 0) return;
  queued_ += slice.length;
  slices_.push_back(std::move(slice));
}

std::size_t OutputQueue::slices_to_boundary() const {
  if (!within_message()) return 0;
  std::size_t count = 0;
  while (head_ + count < slices_.size() && slices_[head_ + count++].messages == 0) {
  }
  return count;
}

Bytes OutputQueue::rest_of(std::size_t slice) const {
  auto const& s = slices_[slice];
  return Bytes(*s.buffer).subspan(s.offset, s.length).subspan(slice == head_ ? head_sent_ : 0);
}

std::size_t OutputQueue::gather(std::array<Bytes, max_pieces>& pieces) const {
  std::size_t count = 0;
  auto const boundary = head_ + slices_to_boundary();
  for (auto i = head_; i < boundary && count < max_pieces; ++i) pieces[count++] = rest_of(i);
  if (control_sent_ < control_.size() && count < max_pieces) pieces[count++] = Bytes(control_).subspan(control_sent_);
  for (auto i = boundary; i < slices_.size() && count < max_pieces; ++i) pieces[count++] = rest_of(i);
  return count;
}

std::size_t OutputQueue::consume_control(std::size_t octets) {
  auto const taken = std::min(octets, control_.size() - control_sent_);
  control_sent_ += taken;
  if (control_sent_ == control_.size()) {
    control_ = Buffer{};
    control_sent_ = 0;
  }
  return taken;
}

SentMessages OutputQueue::consume(std::size_t octets) {
  SentMessages sent;
  auto const boundary = head_ + slices_to_boundary();
  if (head_ == boundary) octets -= consume_control(octets);
  while (octets > 0 && head_ < slices_.size()) {
    auto& head = slices_[head_];
    auto const taken = std::min<std::size_t>(octets, head.length - head_sent_);
    octets -= taken;
    queued_ -= taken;
    head_sent_ += taken;
    if (head_sent_ < head.length) break;
    (head.is_refresh ? sent.refreshes : sent.updates) += head.messages;
    continues_ = head.messages == 0;
    head.buffer.reset();
    head_sent_ = 0;
    if (++head_ == boundary) octets -= consume_control(octets);
  }
  if (head_ == slices_.size()) {
    slices_.clear();
    head_ = 0;
  }
  return sent;
}

void OutputQueue::drop_slices() {
  auto const keep = head_ + slices_to_boundary();
  while (slices_.size() > keep) {
    queued_ -= slices_.back().length;
    slices_.pop_back();
  }
}

}  // namespace bgp::transport
