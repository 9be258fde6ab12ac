// Message header errors, RFC 4271 §6.1.
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

// A header whose length field says `length`; no more octets follow than must, so that the answer is not lost to a
// reset.
Make header(unsigned length, unsigned type, std::size_t body = 0) {
  return raw(message_of_length(length, type, fill(body)));
}

Bytes spoiled_marker(std::size_t at, Bytes bytes) {
  bytes[at] = 0xfe;
  return bytes;
}

// A good UPDATE of exactly 4096 octets: host routes take up what is left, and an unknown attribute the odd octets. The
// daemon can pass it on in several messages even where it has to add attributes.
Bytes longest(Session const& session) {
  auto update = good(session);
  auto const room = 4096 - update.bytes().size() - 3;
  update.add(kOptTrans, 99, fill(room % 5, 7));
  for (unsigned host = 0; host < room / 5; ++host)
    update.reachable = update.reachable + u8(32) + u32(0x0ac80000 + host);
  return update.bytes();
}

void bad_lengths(Table& table) {
  auto const spec = "RFC 4271 §6.1";
  auto const wrong = [](unsigned length) { return notified(1, 2, u16(length)); };
  table.row("length 18", spec, header(18, kKeepalive), wrong(18));
  table.row("length 0", spec, header(0, kUpdate), wrong(0));
  table.row("UPDATE of length 4097", spec, header(4097, kUpdate), wrong(4097));
  table.row("UPDATE of length 65535", spec, header(65535, kUpdate), wrong(65535));
  table.row("UPDATE of length 22", spec, header(22, kUpdate, 3), wrong(22));
  table.row("KEEPALIVE of length 20", spec, header(20, kKeepalive, 1), wrong(20));
  table.row("KEEPALIVE of length 4097", spec, header(4097, kKeepalive), wrong(4097));
  table.row("NOTIFICATION of length 20", spec, header(20, kNotification, 1), wrong(20));
  table.row("length 18 in OpenSent", spec, header(18, kOpen), wrong(18)).in(Phase::open_sent);
  table.row("OPEN of length 28", spec, header(28, kOpen, 9), wrong(28)).in(Phase::open_sent);
  table.row("OPEN of length 4097", spec, header(4097, kOpen), wrong(4097)).in(Phase::open_sent);
  table.row("KEEPALIVE of length 20 in OpenConfirm", spec, header(20, kKeepalive, 1), wrong(20))
      .in(Phase::open_confirm);
}

// RFC 7313 §5, for a neighbour that offers enhanced route refresh.
void refresh_lengths(Table& table) {
  for (unsigned const subtype : {1u, 2u})
    for (std::size_t const size : {3u, 5u}) {
      auto body = u16(1) + u8(subtype) + u8(1) + u8(0);
      body.resize(size);
      auto const whole = message(kRouteRefresh, body);
      table
          .row(std::string(subtype == 1 ? "begin" : "end") + " of refresh with a body of " + std::to_string(size),
               "RFC 7313 §5", raw(whole), notified(7, 1, whole))
          .offering(capability(70));
    }
}

}  // namespace

std::vector<Case> header_rows() {
  Table table("header");
  auto const spec = "RFC 4271 §6.1";
  table.row("first octet of the marker", spec, raw(spoiled_marker(0, keepalive())), notified(1, 1));
  table.row("last octet of the marker", spec, raw(spoiled_marker(15, keepalive())), notified(1, 1));
  table
      .row(
          "marker in OpenSent", spec, [](Session const& s) { return spoiled_marker(3, good_open(s).bytes()); },
          notified(1, 1))
      .in(Phase::open_sent);
  table.row("marker in OpenConfirm", spec, raw(spoiled_marker(3, keepalive())), notified(1, 1)).in(Phase::open_confirm);
  bad_lengths(table);
  refresh_lengths(table);
  // What counts is what the daemon offered, not what the neighbour did.
  table
      .row("UPDATE of length 4097 from a neighbour of extended messages", "RFC 8654 §4", header(4097, kUpdate),
           notified(1, 2, u16(4097)))
      .offering(capability(6))
      .only_ours();
  table.row("type 0", spec, raw(message(0)), notified(1, 3, u8(0)));
  table.row("type 6", spec, raw(message(6)), notified(1, 3, u8(6)));
  table.row("type 255 with a body", spec, raw(message(255, fill(30))), notified(1, 3, u8(255)));
  table.row("type 6 in OpenSent", spec, raw(message(6)), notified(1, 3, u8(6))).in(Phase::open_sent);
  table.row("UPDATE of length 4096", "RFC 4271 §4.1", longest, arrives());
  return table.take();
}

}  // namespace conformance
