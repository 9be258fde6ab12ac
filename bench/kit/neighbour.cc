#include "kit/neighbour.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kit/loop.h"

namespace bench {
namespace {

constexpr std::size_t kWriteAtOnce = 256 * 1024;

std::string error_text(char const* what, int error) { return std::string(what) + ": " + std::strerror(error); }

}  // namespace

Neighbour::Neighbour(Loop& loop, Options options, NeighbourEvents& events)
    : loop_(loop), options_(std::move(options)), events_(events) {
  loop_.add(*this);
}

Neighbour::~Neighbour() {
  shut();
  loop_.remove(*this);
}

void Neighbour::dial() {
  wants_up_ = true;
  redial_at_ = 0;
  ++attempts_;
  fd_ = socket(options_.remote.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail(error_text("socket", errno));
  int const one = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
  setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
  if (options_.receive_buffer > 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options_.receive_buffer, sizeof(options_.receive_buffer));
  }
  if (options_.local.size > 0 && bind(fd_, options_.local.raw(), options_.local.size) != 0) {
    return fail(error_text("bind", errno));
  }
  state_ = State::kConnecting;
  if (connect(fd_, options_.remote.raw(), options_.remote.size) == 0) return on_connected();
  if (errno != EINPROGRESS) return fail(error_text("connect", errno));
  watch();
}

void Neighbour::on_connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(error_text("connect", error));
  state_ = State::kOpenSent;
  send_copy(open_message(options_.open));
}

void Neighbour::send(View messages) {
  if (fd_ < 0 || messages.empty()) return;
  pending_.push_back({{}, messages});
  if (pending_.size() == 1) write_some();
}

void Neighbour::send_copy(Bytes messages) {
  if (fd_ < 0 || messages.empty()) return;
  Piece piece{std::move(messages), {}};
  piece.bytes = piece.owned;  // a moved vector keeps its storage
  pending_.push_back(std::move(piece));
  if (pending_.size() == 1) write_some();
}

void Neighbour::write_some() {
  std::size_t budget = kWriteAtOnce;
  while (!pending_.empty() && budget > 0) {
    View& bytes = pending_.front().bytes;
    ssize_t const sent = ::send(fd_, bytes.data(), std::min(bytes.size(), budget), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) break;
      return fail(error_text("send", errno));
    }
    last_sent_ = loop_.time();
    budget -= static_cast<std::size_t>(sent);
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
    if (bytes.empty()) pending_.pop_front();
  }
  watch();
  if (pending_.empty() && established()) events_.on_drained(*this);
}

void Neighbour::pause_reading(bool paused) {
  reading_ = !paused;
  to_read_ = kAll;
  watch();
}

void Neighbour::read_only(std::size_t octets) {
  reading_ = octets > 0;
  to_read_ = octets;
  watch();
}

void Neighbour::close(bool abrupt) {
  wants_up_ = false;
  if (fd_ < 0) return;
  if (abrupt) {
    linger const reset{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  } else if (established() && pending_.empty()) {
    Bytes const cease = notification_message(6, 2);
    [[maybe_unused]] auto const sent = ::send(fd_, cease.data(), cease.size(), MSG_NOSIGNAL);
  }
  shut();
}

void Neighbour::on_ready(std::uint32_t epoll_events) {
  if (state_ == State::kConnecting) return on_connected();
  if (epoll_events & EPOLLOUT) write_some();
  if (fd_ < 0) return;
  if (reading_ && epoll_events & (EPOLLIN | EPOLLHUP | EPOLLERR)) return read_some();
  if (epoll_events & (EPOLLHUP | EPOLLERR)) fail("connection lost");
}

void Neighbour::on_tick(Nanos time) {
  if (fd_ < 0) {
    if (wants_up_ && redial_at_ != 0 && time >= redial_at_) dial();
    return;
  }
  Nanos const interval = options_.open.hold * kSecond / 3;
  if (established() && interval > 0 && pending_.empty() && time - last_sent_ >= interval) {
    send_copy(keepalive_message());
  }
}

void Neighbour::read_some() {
  Bytes& buffer = loop_.read_buffer();
  std::ranges::copy(partial_, buffer.begin());
  std::size_t const kept = partial_.size();
  ssize_t const got = recv(fd_, buffer.data() + kept, std::min(buffer.size() - kept, to_read_), 0);
  if (got == 0) return fail("closed by the daemon");
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return;
    return fail(error_text("recv", errno));
  }
  loop_.note_read(static_cast<std::size_t>(got));
  if (to_read_ != kAll) read_only(to_read_ - static_cast<std::size_t>(got));
  View const bytes(buffer.data(), kept + static_cast<std::size_t>(got));
  std::size_t const used = consume(bytes);
  if (fd_ < 0) return;
  partial_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(used), bytes.end());
}

std::size_t Neighbour::consume(View bytes) {
  std::size_t used = 0;
  while (bytes.size() - used >= kHeaderSize) {
    std::uint8_t const* const header = bytes.data() + used;
    std::size_t const length = read16(header + 16);
    if (length < kHeaderSize || length > kMaxMessage) {
      fail("a message of " + std::to_string(length) + " octets");
      break;
    }
    if (bytes.size() - used < length) break;
    if (!on_message(header[18], bytes.subspan(used + kHeaderSize, length - kHeaderSize))) break;
    used += length;
  }
  return used;
}

bool Neighbour::on_message(std::uint8_t type, View body) {
  switch (type) {
    case kUpdate:
      if (established()) events_.on_update(*this, body);
      break;
    case kOpen: {
      auto const open = parse_open(body);
      if (!open || state_ != State::kOpenSent) {
        fail("an unusable OPEN");
        break;
      }
      remote_open_ = *open;
      state_ = State::kOpenConfirm;
      send_copy(keepalive_message());
      break;
    }
    case kKeepalive:
      if (state_ == State::kOpenConfirm) {
        state_ = State::kEstablished;
        events_.on_established(*this);
      } else if (established()) {
        events_.on_keepalive(*this);
      }
      break;
    case kNotification:
      fail(describe_notification(body));
      break;
    default:
      break;  // ROUTE-REFRESH: what we announce, we announce once
  }
  return fd_ >= 0;
}

void Neighbour::fail(std::string const& why) {
  last_error_ = why;
  bool const was_up = established();
  shut();
  if (wants_up_ && options_.redial > 0) redial_at_ = loop_.time() + options_.redial;
  events_.on_down(*this, was_up, why);
}

void Neighbour::shut() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  watched_ = 0;
  state_ = State::kDown;
  partial_.clear();
  pending_.clear();
}

void Neighbour::watch() {
  if (fd_ < 0) return;
  bool const writes = state_ == State::kConnecting || !pending_.empty();
  std::uint32_t const wanted = (reading_ ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u);
  if (wanted == watched_ && wanted != 0) return;
  loop_.watch(fd_, *this, watched_, wanted);
  watched_ = wanted == 0 ? EPOLLHUP : wanted;
}

}  // namespace bench
