// What the books plan, as requests to the kernel.
#pragma once

#include "fib/hop_book.h"
#include "fib/route_book.h"
#include "fib/rtnl/message.h"
#include "fib/tunnel_book.h"

namespace tern::fib {

/// Each appends one request, which bears `sequence`.
void put(rtnl::Buffer& batch, std::uint32_t sequence, TunnelOperation const& operation);
void put(rtnl::Buffer& batch, std::uint32_t sequence, ObjectOperation const& operation);
/// `route`: what RouteBook::route_of() makes of the operation.
void put(rtnl::Buffer& batch, std::uint32_t sequence, RouteOperation::Kind kind, rtnl::Route const& route);

}  // namespace tern::fib
