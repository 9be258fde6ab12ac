// The order of what waits to be written: slices in order, control messages at message boundaries.
#include "transport/output.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace bgp::transport {
namespace {

Slice slice(std::string const& text, std::uint32_t messages = 1) {
  return {std::make_shared<Buffer const>(text.begin(), text.end()), 0, static_cast<std::uint32_t>(text.size()),
          messages};
}
Buffer control(std::string const& text) { return {text.begin(), text.end()}; }

// Writes `octets` of what is queued, as a socket that takes no more would.
std::string write(OutputQueue& queue, std::size_t octets, std::size_t* messages = nullptr) {
  std::array<Bytes, max_pieces> pieces;
  auto const count = queue.gather(pieces);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.append(pieces[i].begin(), pieces[i].end());
  out.resize(std::min(out.size(), octets));
  auto const ended = queue.consume(out.size());
  if (messages != nullptr) *messages += ended.updates;
  return out;
}

TEST(Output, ControlOvertakesSlicesThatHaveNotBegun) {
  OutputQueue queue;
  queue.push(slice("aaaa"));
  queue.push_control(control("KK"));
  EXPECT_EQ(write(queue, 100), "KKaaaa");
  EXPECT_TRUE(queue.empty());
}

TEST(Output, ControlWaitsForTheMessageThatHasBegun) {
  OutputQueue queue;
  queue.push(slice("aaaa"));
  queue.push(slice("bbbb"));
  EXPECT_EQ(write(queue, 2), "aa");
  queue.push_control(control("KK"));
  EXPECT_EQ(write(queue, 100), "aaKKbbbb");
}

TEST(Output, ControlWaitsForAMessageOfSeveralSlices) {
  OutputQueue queue;
  queue.push(slice("aa", 0));
  queue.push(slice("bb", 0));
  queue.push(slice("cc"));
  queue.push(slice("dd"));
  EXPECT_EQ(write(queue, 2), "aa");
  queue.push_control(control("KK"));
  EXPECT_EQ(write(queue, 100), "bbccKKdd");
}

TEST(Output, ControlThatHasBegunIsFinishedFirst) {
  OutputQueue queue;
  queue.push_control(control("KKKK"));
  queue.push(slice("aa"));
  EXPECT_EQ(write(queue, 3), "KKK");
  queue.push_control(control("LL"));
  EXPECT_EQ(write(queue, 100), "KLLaa");
}

TEST(Output, DroppedSlicesLeaveTheMessageThatHasBegun) {
  OutputQueue queue;
  queue.push(slice("aaaa"));
  queue.push(slice("bbbb"));
  EXPECT_EQ(write(queue, 1), "a");
  queue.drop_slices();
  EXPECT_EQ(queue.queued(), 3U);
  queue.push_control(control("N"));
  EXPECT_EQ(write(queue, 100), "aaaN");
  EXPECT_TRUE(queue.empty());
}

TEST(Output, CountsTheMessagesThatEnded) {
  OutputQueue queue;
  queue.push(slice("aaaa", 3));
  queue.push(slice("bb", 0));
  queue.push(slice("cc", 1));
  std::size_t messages = 0;
  write(queue, 3, &messages);
  EXPECT_EQ(messages, 0U);
  write(queue, 3, &messages);
  EXPECT_EQ(messages, 3U);
  write(queue, 2, &messages);
  EXPECT_EQ(messages, 4U);
  EXPECT_EQ(queue.queued(), 0U);
}

// However the socket cuts the writes: all messages arrive whole, and each kind in its order.
TEST(OutputProperty, MessagesArriveWholeAndInOrder) {
  auto const ok = rc::check("messages arrive whole and in order", [] {
    OutputQueue queue;
    std::string stream;
    std::vector<std::string> slices, controls;
    auto const steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 3), rc::gen::inRange(0, 12)));
    for (auto const& [what, size] : steps) {
      if (what == 0) {
        // One message "<...>" in one to three slices.
        auto const number = std::to_string(slices.size());
        slices.push_back("<s" + number + ">");
        queue.push(slice("<", 0));
        if (size % 2 == 0) queue.push(slice("s", 0));
        queue.push(slice((size % 2 == 0 ? "" : "s") + number + ">"));
      } else if (what == 1) {
        controls.push_back("<c" + std::to_string(controls.size()) + ">");
        queue.push_control(control(controls.back()));
      } else {
        stream += write(queue, static_cast<std::size_t>(size));
      }
    }
    while (!queue.empty()) stream += write(queue, 5);
    std::size_t s = 0, c = 0;
    for (std::size_t at = 0; at < stream.size();) {
      auto const end = stream.find('>', at) + 1;
      auto const message = stream.substr(at, end - at);
      auto const is_slice = s < slices.size() && message == slices[s];
      RC_ASSERT(is_slice || (c < controls.size() && message == controls[c]));
      ++(is_slice ? s : c);
      at = end;
    }
    RC_ASSERT(s == slices.size());
    RC_ASSERT(c == controls.size());
    RC_ASSERT(queue.queued() == 0U);
  });
  EXPECT_TRUE(ok);
}

}  // namespace
}  // namespace bgp::transport
