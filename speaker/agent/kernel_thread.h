// The thread on which the kernel is spoken to, so that BGP never waits for netlink. All calls on BGP's thread; what is
// posted runs on the kernel's, in order.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>

#include "fib/fib.h"

namespace tern::speaker {

class KernelThread {
 public:
  explicit KernelThread(fib::FibOptions options) : fib_(io_.get_executor(), std::move(options)) {}
  ~KernelThread() { stop(); }
  KernelThread(KernelThread const&) = delete;
  KernelThread& operator=(KernelThread const&) = delete;

  /// Reads what the kernel has and begins. Error: no permission (CAP_NET_ADMIN).
  [[nodiscard]] bgp::Result<void> start();

  /// Ends the thread; what was posted and has not begun is lost. The kernel keeps what it has.
  void stop();

  /// Calls `work` with the Fib. Nobody bounds what is posted but the caller.
  template <class Work>
  void post(Work work) {
    boost::asio::post(io_, [this, work = std::move(work)]() mutable { work(fib_); });
  }
  /// Calls `question` with the Fib, and on `executor` `done` with what that returned.
  template <class Question, class Done>
  void ask(boost::asio::any_io_executor executor, Question question, Done done) {
    post([question = std::move(question), done = std::move(done),
          executor = std::move(executor)](fib::Fib& fib) mutable {
      boost::asio::post(executor,
                        [answer = question(fib), done = std::move(done)]() mutable { done(std::move(answer)); });
    });
  }

 private:
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
  fib::Fib fib_;
  std::thread thread_;
};

}  // namespace tern::speaker
