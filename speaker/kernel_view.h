// The kernel's routes as the API shows them: fib's descriptions in mgmt's plain values. All calls on BGP's thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "mgmt/fib_view.h"
#include "speaker/agent/agent.h"

namespace tern::speaker {

/// `agent` must outlive it. Answers come on `executor`. What the node does not take into its kernel is shown with the
/// reason.
[[nodiscard]] std::unique_ptr<mgmt::FibView> view_of(Agent& agent, boost::asio::any_io_executor executor);

}  // namespace tern::speaker
