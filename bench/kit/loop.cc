#include "kit/loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <stdexcept>

#include "kit/neighbour.h"

namespace bench {
namespace {

std::atomic<bool> stop_requested = false;
constexpr std::size_t kReadBuffer = 256 * 1024;
constexpr int kMaxEvents = 256;
constexpr std::size_t kLittle = 128 * 1024;

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), read_buffer_(kReadBuffer) {
  if (epoll_ < 0) throw std::runtime_error("epoll_create1 failed");
}

Loop::~Loop() { ::close(epoll_); }

void Loop::catch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Loop::stopped() { return stop_requested; }

void Loop::step(int wait_ms) {
  std::array<epoll_event, kMaxEvents> events;
  int const count = epoll_wait(epoll_, events.data(), kMaxEvents, wait_ms);
  time_ = now();
  ready_.clear();
  round_bytes_ = 0;
  for (int i = 0; i < count; ++i) ready_.push_back(static_cast<Neighbour*>(events[i].data.ptr));
  for (int i = 0; i < count; ++i) {
    if (ready_[i] != nullptr) ready_[i]->on_ready(events[i].events);
  }
  if (pace_ > 0 && count > 0 && round_bytes_ < kLittle) {
    timespec const pause{0, pace_};
    nanosleep(&pause, nullptr);
  }
  if (time_ < next_tick_) return;
  next_tick_ = time_ + 50 * kMillisecond;
  ready_.assign(neighbours_.begin(), neighbours_.end());
  for (std::size_t i = 0; i < ready_.size(); ++i) {
    if (ready_[i] != nullptr) ready_[i]->on_tick(time_);
  }
}

void Loop::remove(Neighbour& neighbour) {
  neighbours_.erase(&neighbour);
  std::ranges::replace(ready_, &neighbour, nullptr);
}

void Loop::watch(int fd, Neighbour& neighbour, std::uint32_t before, std::uint32_t wanted) {
  epoll_event event{};
  event.events = wanted;
  event.data.ptr = &neighbour;
  if (epoll_ctl(epoll_, before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) != 0) {
    throw std::runtime_error("epoll_ctl failed");
  }
}

}  // namespace bench
