// The kernel's routes as the API shows them: fib's descriptions in mgmt's plain values. All calls on BGP's thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "mgmt/fib_view.h"
#include "speaker/agent/kernel_thread.h"

namespace tern::speaker {

/// `kernel` must outlive it. Answers come on `executor`.
[[nodiscard]] std::unique_ptr<mgmt::FibView> view_of(KernelThread& kernel, boost::asio::any_io_executor executor);

}  // namespace tern::speaker
