// The input is a receive buffer: framing takes what it can, and the small messages are decoded.
#include "input.h"
#include "wire/message.h"

using namespace bgp;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  Bytes buffer(data, size);
  while (true) {
    auto const frame = wire::next_frame(buffer);
    if (!frame.ok()) {
      FUZZ_CHECK(frame.error().code == 1 && frame.error().subcode >= 1 && frame.error().subcode <= 3);
      return 0;
    }
    if (!*frame) return 0;
    auto const& [type, body, message] = **frame;
    FUZZ_CHECK(message.size() >= wire::header_size && message.size() <= wire::max_message);
    FUZZ_CHECK(message.data() == buffer.data() && body.size() + wire::header_size == message.size());
    if (type == wire::MessageType::keepalive) FUZZ_CHECK(body.empty());
    if (type == wire::MessageType::route_refresh) {
      if (auto const refresh = wire::decode_route_refresh(body)) {
        Buffer again;
        wire::encode(*refresh, again);
        FUZZ_CHECK(Bytes(again).size() == message.size() && std::equal(again.begin(), again.end(), message.begin()));
      }
    }
    buffer = buffer.subspan(message.size());
  }
}
