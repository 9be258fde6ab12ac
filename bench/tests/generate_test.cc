#include "replay/generate.h"

#include <gtest/gtest.h>

#include "replay/tally.h"

namespace bench {
namespace {

/// Calls visit with the body of each message.
template <class Visit>
void for_each_body(Bytes const& messages, Visit visit) {
  for (std::size_t at = 0; at < messages.size(); at += read16(&messages[at + 16]))
    visit(View(messages).subspan(at + kHeaderSize, read16(&messages[at + 16]) - kHeaderSize));
}

TEST(Generate, ItsFiguresAreTrue) {
  auto const made = generate({.routes = 5000, .as_sets = 7, .as_zeros = 2, .withdrawals = 3}, {});
  Tally tally;
  std::uint64_t messages = 0;
  for_each_body(made.updates, [&](View body) { messages += tally.update(body) ? 1 : 0; });
  EXPECT_EQ(made.messages, messages);
  EXPECT_EQ(made.announced, 5012u);
  EXPECT_EQ(tally.announced(), made.announced);
  EXPECT_EQ(tally.withdrawn(), 3u);
  EXPECT_EQ(made.unique_at_end, 5009u);
  EXPECT_EQ(tally.held(), made.unique_at_end);
}

TEST(Generate, PathsWithAnAsSetAndWithAsZeroAreAsManyAsAskedFor) {
  auto const made = generate({.routes = 500, .as_sets = 7, .as_zeros = 2}, {});
  int sets = 0, zeros = 0;
  for_each_body(made.updates, [&](View body) {
    for_each_attribute(parse_update(body)->attributes, [&](std::uint8_t type, View value) {
      if (type != kAsPath) return;
      std::size_t const end = 2 + 4u * value[1];
      sets += value.size() == end + 10 && value[end] == 1 && value[end + 1] == 2 ? 1 : 0;
      zeros += value.size() == end && read32(&value[end - 4]) == 0 ? 1 : 0;
    });
  });
  EXPECT_EQ(sets, 7);
  EXPECT_EQ(zeros, 2);
}

}  // namespace
}  // namespace bench
