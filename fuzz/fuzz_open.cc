// The input is the body of an OPEN. What is accepted means the same after it was encoded again.
#include "input.h"
#include "wire/message.h"
#include "wire/open.h"

using namespace bgp;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const open = wire::decode_open({data, size});
  if (!open.ok()) {
    FUZZ_CHECK(open.error().code == 2);
    return 0;
  }
  FUZZ_CHECK(open->hold_time == 0 || open->hold_time >= 3);
  FUZZ_CHECK(open->as().value != 0 && open->router_id.value != 0);
  Buffer encoded;
  wire::encode(*open, encoded);
  auto const again = wire::decode_open(Bytes(encoded).subspan(wire::header_size));
  FUZZ_CHECK(again.ok() && *again == *open);
  return 0;
}
