// The kernel's routes as the API shows them: fib's descriptions in mgmt's plain values. All calls on BGP's thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "config/node.h"
#include "mgmt/fib_view.h"
#include "speaker/agent/kernel_thread.h"

namespace tern::speaker {

/// `kernel` must outlive it. Answers come on `executor`. What `node` does not take into its kernel is shown with the
/// reason.
[[nodiscard]] std::unique_ptr<mgmt::FibView> view_of(KernelThread& kernel, config::Node node,
                                                     boost::asio::any_io_executor executor);

}  // namespace tern::speaker
