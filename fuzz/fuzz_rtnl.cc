// The input is what a netlink socket received: one message after another, each read as everything that fib reads. A
// neighbour and an address that were read mean the same after they were written again.
#include "fib/rtnl/link.h"
#include "fib/rtnl/neighbour.h"
#include "fib/rtnl/next_hop.h"
#include "fib/rtnl/route.h"
#include "input.h"

using namespace tern::fib;

namespace {

rtnl::Message only_one(rtnl::Buffer const& written) {
  rtnl::Bytes octets(written);
  auto const message = rtnl::next_message(octets);
  FUZZ_CHECK(message && octets.empty());
  return *message;
}

void write_again(rtnl::Neighbour neighbour) {
  neighbour.permanent = true;
  rtnl::Buffer written;
  rtnl::put_new_neighbour(written, 1, neighbour, true);
  FUZZ_CHECK(rtnl::read_neighbour(only_one(written)) == neighbour);
}

void write_again(rtnl::InterfaceAddress const& address) {
  if (address.address.is_unset()) return;
  rtnl::Buffer written;
  rtnl::put_new_address(written, 1, address);
  FUZZ_CHECK(rtnl::read_interface_address(only_one(written)) == address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  rtnl::Bytes octets(data, size);
  while (auto const message = rtnl::next_message(octets)) {
    FUZZ_CHECK(message->payload.size() + sizeof(nlmsghdr) == message->header.nlmsg_len);
    (void)rtnl::read_link(*message);
    (void)rtnl::read_route(*message);
    (void)rtnl::read_next_hop(*message);
    write_again(rtnl::read_interface_address(*message));
    if (auto const neighbour = rtnl::read_neighbour(*message)) write_again(*neighbour);
  }
  return 0;
}
