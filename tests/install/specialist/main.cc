// A program of a specialist: the wire format without a session, a table or an engine.
#include <wire/message.h>
#include <wire/open.h>

#include <cstdio>

int main() {
  bgp::wire::Open open;
  open.as_field = 65001;
  open.hold_time = 90;
  open.router_id = bgp::RouterId{0xC0000201};
  open.capabilities.families = {bgp::ipv4_unicast};
  bgp::Buffer bytes;
  bgp::wire::encode(open, bytes);
  auto const frame = bgp::wire::next_frame(bytes);
  if (!frame.ok() || !frame.value()) return 1;
  auto const back = bgp::wire::decode_open(frame.value()->body);
  if (!back.ok()) return 1;
  std::printf("AS %u, hold time %u\n", back.value().as().value, back.value().hold_time);
  return back.value() == open ? 0 : 1;
}
