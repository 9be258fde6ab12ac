#include "mgmt/connection.h"

#include <poll.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <utility>

namespace tern::mgmt {

namespace asio = boost::asio;
namespace http = boost::beast::http;

Connection::Connection(Socket socket, std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)),
      stream_(std::move(socket)),
      buffer_(shared_->limits.header_bytes * 2),
      patience_(stream_.get_executor()) {}

void Connection::stop() {
  waiting_ = false;
  patience_.cancel();
  source_.reset();
  stream_.close();
}

void Connection::read() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.header_bytes));
  parser_->body_limit(shared_->limits.body_bytes);
  stream_.expires_after(shared_->limits.idle);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_read(error); });
}

void Connection::on_read(ErrorCode error) {
  if (shared_->closed) return;
  if (error) return refuse(error);
  auto const& request = parser_->get();
  version_ = request.version();
  keep_alive_ = request.keep_alive();
  head_ = request.method() == http::verb::head;
  auto response = shared_->router.answer(std::string(request.method_string()), std::string(request.target()));
  if (!shared_->closed) respond(std::move(response));
}

/// A request that is no good gets an answer and its connection an end, for nobody knows where the next one starts.
void Connection::refuse(ErrorCode error) {
  keep_alive_ = false;
  head_ = false;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return respond(error_response(431, "the request's header is too long", "send less"));
  }
  if (error == http::error::body_limit)
    return respond(error_response(413, "the request's body is too long", "send less"));
  bool const malformed = error.category() == http::make_error_code(http::error::bad_method).category();
  if (malformed && error != http::error::end_of_stream && error != http::error::partial_message) {
    return respond(error_response(400, "this is no HTTP request: " + error.message(), "send HTTP/1.1"));
  }
  stop();  // gone, or silent for too long
}

/// From now on somebody owes us an answer, under the number that this returns.
std::uint64_t Connection::start_waiting(void (Connection::*too_late)()) {
  waiting_ = true;
  auto const turn = ++turn_;
  patience_.expires_after(shared_->limits.answer);
  patience_.async_wait([self = shared_from_this(), turn, too_late](ErrorCode) {
    if (self->end_waiting(turn)) ((*self).*too_late)();
  });
  return turn;
}

/// False when nobody waits for that answer any more.
bool Connection::end_waiting(std::uint64_t turn) {
  if (!waiting_ || turn != turn_ || shared_->closed) return false;
  waiting_ = false;
  patience_.cancel();
  return true;
}

void Connection::no_answer() {
  respond(error_response(504, "the answer does not come: another part of the daemon is busy or stuck",
                         "try again, and see the daemon's log"));
}

void Connection::wait_for(std::function<void(Reply)> const& later) {
  auto const turn = start_waiting(&Connection::no_answer);
  auto reply = [weak = weak_from_this(), turn](Response response) {
    auto const self = weak.lock();
    if (self && self->end_waiting(turn)) self->respond(std::move(response));
  };
  try {
    later(std::move(reply));
  } catch (std::exception const& e) {
    if (end_waiting(turn)) respond(failed_inside(e));
  }
}

/// Some streams have nothing to tell for hours. Others are owed the next piece by somebody who does not come.
void Connection::no_piece() {
  piece_.clear();
  if (!source_ || !source_->quiet(piece_)) return stop();
  write_slice(true);
}

/// Who waits reads nothing and would notice only at the next write that the client has gone. One that has said all that
/// it had to say, and still reads, has not gone.
void Connection::watch_hang_up() {
  if (std::exchange(hang_up_watched_, true)) return;
  stream_.socket().async_wait(asio::socket_base::wait_error, [weak = weak_from_this()](ErrorCode error) {
    auto const self = weak.lock();
    if (!self || error) return;
    self->hang_up_watched_ = false;
    pollfd asked{self->stream_.socket().native_handle(), 0, 0};
    if (::poll(&asked, 1, 0) == 1 && (asked.revents & (POLLHUP | POLLERR)) != 0) self->stop();
  });
}

void Connection::wait_for_stream() {
  watch_hang_up();
  auto const turn = start_waiting(&Connection::no_piece);
  // Posted: the one who calls may be within the stream that the next slice may end.
  source_->when_ready([weak = weak_from_this(), turn] {
    auto const self = weak.lock();
    if (self && self->end_waiting(turn)) asio::post(self->stream_.get_executor(), [self] { self->slice(); });
  });
}

void Connection::respond(Response response) {
  if (response.later) return wait_for(response.later);
  if (response.stream && !head_) return send_stream(std::move(response));
  send_whole(std::move(response));
}

template <class Body>
void Connection::fill_header(Message<Body>& message, Response const& response) const {
  message.version(version_);
  message.result(response.status);
  message.set(http::field::content_type, response.content_type);
  message.set(http::field::cache_control, "no-store");
  message.keep_alive(keep_alive_);
}

void Connection::send_whole(Response response) {
  whole_ = {};
  fill_header(whole_, response);
  auto const size = response.body.size();
  if (!head_) whole_.body() = std::move(response.body);
  if (!response.stream) whole_.content_length(size);  // of a stream nobody knows
  stream_.expires_after(shared_->limits.stalled);
  http::async_write(stream_, whole_, [self = shared_from_this()](ErrorCode error, std::size_t) {
    if (error) return self->stop();
    self->finish();
  });
}

void Connection::send_stream(Response response) {
  source_ = std::move(response.stream);
  header_.emplace();
  if (version_ < 11) keep_alive_ = false;  // no chunks: the end of the connection is the end of the body
  fill_header(*header_, response);
  header_->chunked(version_ >= 11);
  serializer_.emplace(*header_);
  stream_.expires_after(shared_->limits.stalled);
  http::async_write_header(stream_, *serializer_, [self = shared_from_this()](ErrorCode error, std::size_t) {
    if (error) return self->stop();
    self->slice();
  });
}

/// A little of the stream, bounded by size and by time, and then whatever else the executor has to do: every write
/// ends in a completion that queues behind the work of others, and none is started before the last one is through.
void Connection::slice() {
  if (!source_) return;
  auto const& limits = shared_->limits;
  auto const end = std::chrono::steady_clock::now() + limits.slice_time;
  piece_.clear();
  bool more = true;
  do {
    more = source_->next(piece_);
  } while (more && !source_->waiting() && piece_.size() < limits.slice_bytes && std::chrono::steady_clock::now() < end);
  if (more && piece_.empty()) {
    if (source_->waiting()) return wait_for_stream();
    return asio::post(stream_.get_executor(), [self = shared_from_this()] { self->slice(); });
  }
  write_slice(more);
}

void Connection::write_slice(bool more) {
  auto then = [self = shared_from_this(), more](ErrorCode error, std::size_t) {
    if (error) return self->stop();
    if (more) return self->slice();
    self->source_.reset();
    self->finish();
  };
  stream_.expires_after(shared_->limits.stalled);
  auto const bytes = asio::buffer(piece_);
  if (version_ < 11) {
    asio::async_write(stream_, bytes, std::move(then));
  } else if (more) {
    asio::async_write(stream_, http::make_chunk(bytes), std::move(then));
  } else if (piece_.empty()) {
    asio::async_write(stream_, http::make_chunk_last(), std::move(then));
  } else {
    asio::async_write(stream_, boost::beast::buffers_cat(http::make_chunk(bytes), http::make_chunk_last()),
                      std::move(then));
  }
}

void Connection::finish() {
  if (keep_alive_ && !shared_->closed) return read();
  ErrorCode ignored;
  stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  stop();
}

}  // namespace tern::mgmt
