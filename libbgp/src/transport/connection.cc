#include "transport/connection.h"

#include <algorithm>

#include "transport/lingering.h"

namespace bgp::transport {

Connection::Connection(Peer& peer, session::ConnectionId id, std::shared_ptr<Stream> stream, bool incoming)
    : peer_(&peer), context_(peer.context_), id_(id), stream_(std::move(stream)) {
  if (incoming && peer.address().dynamic) half_open_.emplace(context_);
  stream_->set_events(this);
}

Connection::~Connection() {
  if (peer_ != nullptr) stream_->close();
}

// ---- reading

void Connection::start_reading() {
  if (reading_ || peer_ == nullptr) return;
  reading_ = true;
  stream_->wait_readable();
}

void Connection::resume() {
  if (reading_ || peer_ == nullptr) return;
  reading_ = true;
  read_later();
}

void Connection::on_readable() {
  auto const context = context_;
  auto turn = context->rounds().open();
  if (!turn) return read_later();
  Stopwatch const stopwatch(*context, turn.began());
  read_slice(turn.began());
  turn.done();
}

void Connection::read_later() {
  context_->rounds().later([weak = weak_from_this()](Time now) {
    if (auto const self = weak.lock()) self->read_slice(now);
  });
}

// The octets to handle now: what the last slice left, or what one read brings, behind an unfinished message.
Bytes Connection::read(std::optional<Io>& problem) {
  if (rest_may_go_on_) return Bytes(rest_).subspan(rest_used_);
  auto const buffer = context_->read_buffer();
  auto const waiting = Bytes(rest_).subspan(rest_used_);
  std::ranges::copy(waiting, buffer.begin());
  auto const io = stream_->read_some(buffer.subspan(waiting.size(), context_->limits().read_size));
  if (io.kind != Io::Kind::done) problem = io;
  rest_ = Buffer{};
  rest_used_ = 0;
  return buffer.first(waiting.size() + io.octets);
}

void Connection::read_slice(Time now) {
  if (peer_ == nullptr) return;
  auto const self = shared_from_this();
  Stopwatch const stopwatch(*context_, now);
  if (peer_->reading_paused_) {
    reading_ = false;
    return;
  }
  std::optional<Io> problem;
  auto const from_rest = rest_may_go_on_;
  auto const bytes = read(problem);
  if (problem && problem->kind != Io::Kind::would_block) {
    return peer_->lost(id_, problem->kind == Io::Kind::closed ? "closed by the peer" : problem->why);
  }
  auto const peer = peer_->shared_from_this();
  auto const [used, cut_short] = problem ? Peer::Received{0, false} : peer_->received(id_, bytes, now);
  if (peer_ == nullptr) return;
  rest_may_go_on_ = cut_short && used < bytes.size();
  if (from_rest) {
    rest_used_ += used;
  } else {
    rest_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
  }
  if (peer_->reading_paused_) {
    reading_ = false;
  } else if (rest_may_go_on_) {
    read_later();
  } else {
    wait_for_more();
  }
}

// It is a visit to the reactor, and what was just read has something to say first.
void Connection::wait_for_more() {
  context_->rounds().after_end([weak = weak_from_this()] {
    if (auto const self = weak.lock(); self && self->peer_ != nullptr) self->stream_->wait_readable();
  });
}

// ---- writing

void Connection::send(Bytes message) {
  constexpr std::size_t type_at = wire::header_size - 1;
  if (message[type_at] == static_cast<std::uint8_t>(wire::MessageType::notification)) {
    // Nothing follows a NOTIFICATION, and the upper layer is not asked any more.
    established_ = false;
    output_.drop_slices();
  }
  output_.push_control(message);
  flush(context_->now());
}

void Connection::on_established() {
  established_ = true;
  half_open_.reset();
  flush_later();
}

void Connection::on_writable() {
  blocked_ = false;
  auto const context = context_;
  auto turn = context->rounds().open();
  if (!turn) return flush_later();
  Stopwatch const stopwatch(*context, turn.began());
  flush(turn.began());
  turn.done();
}

void Connection::flush_later() {
  if (flush_posted_ || peer_ == nullptr) return;
  flush_posted_ = true;
  context_->rounds().later([weak = weak_from_this()](Time now) {
    auto const self = weak.lock();
    if (!self) return;
    self->flush_posted_ = false;
    self->flush(now);
  });
}

void Connection::flush(Time now) {
  if (blocked_ || flushing_ || broken_ || peer_ == nullptr) return;
  auto const self = shared_from_this();
  Stopwatch const stopwatch(*context_, now);
  auto const peer = peer_->shared_from_this();
  auto const end = now + context_->limits().slice;
  flushing_ = true;
  while (write_once(now)) {
    now = context_->now();
    if (now < end) continue;
    flush_later();
    break;
  }
  flushing_ = false;
}

bool Connection::write_once(Time now) {
  auto const& limits = context_->limits();
  if (established_ && output_.queued() < limits.fill_size) {
    peer_->fill(output_, limits.fill_size - output_.queued());
    if (peer_ == nullptr) return false;
  }
  // Had the upper layer less to say than it was asked for, there is no more.
  auto const has_more = established_ && output_.queued() >= limits.fill_size;
  auto& pieces = context_->pieces();
  auto const count = output_.gather(pieces);
  if (count == 0) return false;
  auto const io = stream_->write_some(std::span(pieces).first(count));
  if (io.kind == Io::Kind::would_block) {
    blocked_ = true;
    stream_->wait_writable();
    return false;
  }
  if (io.kind != Io::Kind::done) {
    report_broken(io.why);
    return false;
  }
  peer_->wrote(id_, io.octets, output_.consume(io.octets), now);
  return has_more || !output_.empty();
}

// What the peer said last may still wait to be read, so reading decides; unless nobody reads.
void Connection::report_broken(std::string_view why) {
  broken_ = true;
  if (!peer_->reading_paused_) return;
  context_->post([self = shared_from_this(), why] {
    if (self->peer_ != nullptr) self->peer_->lost(self->id_, why);
  });
}

// ---- the end

void Connection::abandon() {
  if (peer_ == nullptr) return;
  peer_ = nullptr;
  half_open_.reset();
  stream_->close();
}

void Connection::close() {
  if (peer_ == nullptr) return;
  peer_ = nullptr;
  half_open_.reset();
  output_.drop_slices();
  Buffer rest;
  std::array<Bytes, max_pieces> pieces;
  auto const count = output_.gather(pieces);
  for (auto const& piece : std::span(pieces).first(count)) rest.insert(rest.end(), piece.begin(), piece.end());
  linger(context_, stream_, std::move(rest));
}

}  // namespace bgp::transport
