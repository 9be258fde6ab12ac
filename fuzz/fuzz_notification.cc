// The input is the body of a NOTIFICATION, and a text of an operator: both come out printable, and sound on the wire.
#include "input.h"
#include "wire/message.h"
#include "wire/notification.h"
#include "wire/printable.h"

using namespace bgp;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const typed(reinterpret_cast<char const*>(data), size);
  auto const cease = wire::cease_with_text(2, typed);
  FUZZ_CHECK(cease.data.size() <= 256);
  FUZZ_CHECK(cease.data.empty() || cease.data[0] + 1U == cease.data.size());
  if (!cease.data.empty()) {
    std::string_view const sent(reinterpret_cast<char const*>(cease.data.data()) + 1, cease.data.size() - 1);
    FUZZ_CHECK(wire::valid_utf8(sent) == sent);  // also at the cut
  }

  if (size < 2) return 0;
  auto const notification = wire::decode_notification({data, size});
  auto const text = notification.text();
  FUZZ_CHECK(wire::printable(text) == text);
  for (unsigned char const c : text) FUZZ_CHECK(c >= 0x20 && c != 0x7f);
  FUZZ_CHECK(text.size() < 2000);

  Buffer encoded;
  wire::encode(notification, encoded);
  auto const frame = wire::next_frame(encoded);
  FUZZ_CHECK(frame.ok() && frame.value().has_value());
  if (size <= wire::max_message - wire::header_size) {
    FUZZ_CHECK(wire::decode_notification((**frame).body) == notification);
  }
  return 0;
}
