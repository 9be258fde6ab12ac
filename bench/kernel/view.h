// The tables of the kernel, read by fib's codec: what stands there of one protocol, against what should. The counters
// say when; this says whether it is right. One thread.
#pragma once
#include <span>
#include <string>

#include "fib/rtnl/kernel.h"
#include "kernel/options.h"
#include "kit/message.h"

namespace bench {

namespace rtnl = tern::fib::rtnl;

bgp::IpAddress address(std::string const& text);
bgp::Prefix prefix_of(Prefix const& prefix);
// Throws std::runtime_error with the error's text.
template <class Value>
Value value_of(bgp::Result<Value> result) {
  if (!result.ok()) throw std::runtime_error(result.error().message);
  return std::move(result).value();
}

class KernelView {
 public:
  // Opens its sockets in the present network namespace. Throws std::runtime_error.
  KernelView();

  [[nodiscard]] rtnl::Kernel& kernel() { return kernel_; }
  // 0 when there is none.
  [[nodiscard]] unsigned interface(std::string const& name);
  [[nodiscard]] rtnl::Via via(Way const& way);
  // Our requests; throws when one is refused.
  void perform(rtnl::Buffer& requests, std::size_t count, std::uint32_t first);

  // Returns when the kernel has ended what it is about to change: an object that moves or goes is announced before its
  // routes have followed.
  void await_changes();

  // Next-hop objects of this protocol.
  [[nodiscard]] std::uint64_t objects(std::uint8_t protocol);
  // How many IPv4 routes of this protocol are not one of `prefixes` by this way, or missing: 0 is exact.
  [[nodiscard]] std::uint64_t wrong(std::uint8_t protocol, std::span<Prefix const> prefixes, rtnl::Via const& way);

 private:
  rtnl::Kernel kernel_;
};

}  // namespace bench
