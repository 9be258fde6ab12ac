// What a glance at the next message sees, and that it never sees past it, whatever stands there.
#include "wire/ahead.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "support.h"
#include "wire/attributes.h"
#include "wire/message.h"

namespace bgp::wire {
namespace {

Buffer update(Buffer const& withdrawn, Buffer const& attributes, Buffer const& nlri) {
  testing::Update const parts{withdrawn, {}, attributes, nlri};
  Buffer out;
  auto const begin = begin_message(out, MessageType::update);
  Writer(out).bytes(parts.body());
  finish_message(out, begin);
  return out;
}

Buffer seen(Bytes buffer) {
  auto const ahead = routes_ahead(buffer);
  return {ahead.nlri.begin(), ahead.nlri.end()};
}

Buffer const ten{8, 10}, twenty{8, 20};
Buffer const origin{0x40, 1, 1, 0};

TEST(RoutesAhead, AreThoseAnnouncedElseThoseWithdrawn) {
  EXPECT_EQ(seen(update(twenty, origin, ten)), ten);
  EXPECT_EQ(seen(update(twenty, {}, {})), twenty);
  EXPECT_EQ(routes_ahead(update(twenty, {}, {})).family, ipv4_unicast);
  EXPECT_EQ(seen(update({}, {}, {})), Buffer{});
}

TEST(RoutesAhead, AreFoundWithinMultiprotocolAttributes) {
  Buffer reach{0x80, 14, 4 + 16 + 1 + 3, 0, 2, 1, 16};
  reach.insert(reach.end(), 16, 0xfe);
  reach.insert(reach.end(), {0, 16, 0x20, 0x01});
  auto attributes = origin;
  attributes.insert(attributes.end(), reach.begin(), reach.end());
  auto const message = update({}, attributes, {});
  EXPECT_EQ(routes_ahead(message).family, ipv6_unicast);
  EXPECT_EQ(seen(message), (Buffer{16, 0x20, 0x01}));
  Buffer const unreach{0x80, 15, 6, 0, 2, 1, 16, 0x20, 0x01};
  EXPECT_EQ(seen(update({}, unreach, {})), (Buffer{16, 0x20, 0x01}));
}

TEST(RoutesAhead, OfWhatIsNoWholeUpdateAreNone) {
  auto message = update({}, origin, ten);
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_EQ(seen(Bytes(message).first(size)), Buffer{}) << size;
  auto refresh = message;
  refresh[18] = static_cast<std::uint8_t>(MessageType::route_refresh);
  EXPECT_EQ(seen(refresh), Buffer{});
}

// Under AddressSanitizer: the octets stand alone.
RC_GTEST_PROP(RoutesAhead, LieWithinTheMessageWhateverItHolds, ()) {
  auto const octets = rc::gen::arbitrary<Buffer>();
  auto attributes = *octets;
  if (*rc::gen::inRange(0, 3) > 0) {  // mostly one that says to be of another family
    Buffer const head{0x80, static_cast<std::uint8_t>(14 + *rc::gen::inRange(0, 2)),
                      static_cast<std::uint8_t>(attributes.size())};
    attributes.insert(attributes.begin(), head.begin(), head.end());
  }
  auto const plain = *rc::gen::inRange(0, 3) == 0;
  auto message = update(plain ? *octets : Buffer{}, attributes, plain ? *octets : Buffer{});
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    message[*rc::gen::inRange<std::size_t>(16, message.size())] = *rc::gen::arbitrary<std::uint8_t>();
  }
  message.shrink_to_fit();
  auto const ahead = routes_ahead(message);
  if (ahead.nlri.empty()) return;
  RC_ASSERT(ahead.nlri.data() >= message.data());
  RC_ASSERT(ahead.nlri.data() + ahead.nlri.size() <= message.data() + message.size());
}

}  // namespace
}  // namespace bgp::wire
