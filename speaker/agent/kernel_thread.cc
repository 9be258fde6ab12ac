#include "speaker/agent/kernel_thread.h"

namespace tern::speaker {

void KernelThread::stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

bgp::Result<void> KernelThread::start() {
  if (auto started = fib_.start(); !started.ok()) return started;
  thread_ = std::thread([this] { io_.run(); });
  return {};
}

}  // namespace tern::speaker
