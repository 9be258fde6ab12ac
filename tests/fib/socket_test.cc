// The netlink socket against the real kernel: queues of the size that was asked for, answers that belong to what was
// asked, and batches that fit a send.
#include "fib/rtnl/socket.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>

#include "fib/rtnl/link.h"
#include "fib/rtnl/neighbour.h"
#include "kernel_fixture.h"

namespace tern::fib {
namespace {

using Sockets = Kernel;

int size_of(int descriptor, int option) {
  int size = 0;
  socklen_t length = sizeof size;
  getsockopt(descriptor, SOL_SOCKET, option, &size, &length);
  return size;
}

TEST_F(Sockets, TheQueuesAreNotCutToTheSystemsLimitForWhoMayPassIt) {
  auto probe = rtnl::Socket::open();
  ASSERT_TRUE(probe.ok());
  int const wanted = 8 << 20;
  if (setsockopt(probe->descriptor(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0) {
    GTEST_SKIP() << "not allowed here to pass the system's limit";
  }
  auto const socket = rtnl::Socket::open();
  ASSERT_TRUE(socket.ok());
  EXPECT_GE(size_of(socket->descriptor(), SO_RCVBUF), wanted);
  EXPECT_GE(size_of(socket->descriptor(), SO_SNDBUF), wanted);
  EXPECT_EQ(size_of(socket->descriptor(), SO_RCVBUF), size_of(probe->descriptor(), SO_RCVBUF));
}

// `count` requests that are refused each.
rtnl::Buffer refused_batch(std::uint32_t first, std::uint32_t count) {
  rtnl::Buffer batch;
  for (std::uint32_t i = 0; i < count; ++i) rtnl::put_delete_link(batch, first + i, 123456);
  return batch;
}

TEST_F(Sockets, AnAnswerThatWasLostLeavesNothingForTheNext) {
  auto socket = rtnl::Socket::open();
  ASSERT_TRUE(socket.ok());
  int const least = 1;
  ASSERT_EQ(setsockopt(socket->descriptor(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least), 0);
  auto batch = refused_batch(1, 200);
  ASSERT_FALSE(socket->perform(batch, 1, 200).ok()) << "so many answers do not fit";
  batch = refused_batch(201, 1);
  rtnl::put_delete_link(batch, 202, 123456);
  auto const refused = socket->perform(batch, 201, 2);
  ASSERT_TRUE(refused.ok()) << refused.error().message;
  ASSERT_EQ(refused->size(), 2U);
  EXPECT_EQ((*refused)[0].sequence, 201U);
  EXPECT_EQ((*refused)[1].sequence, 202U);
}

rtnl::Buffer links() {
  rtnl::Buffer request;
  { rtnl::Writer const writer(request, RTM_GETLINK, NLM_F_DUMP, 0, ifinfomsg{}); }
  return request;
}

// What an earlier request left unread, for whatever reason.
void leave_answers(rtnl::Socket const& socket, rtnl::Buffer const& requests) {
  ASSERT_EQ(send(socket.descriptor(), requests.data(), requests.size(), 0), static_cast<ssize_t>(requests.size()));
}

TEST_F(Sockets, OldAnswersAreNotTakenForThoseOfABatchOrADump) {
  auto socket = rtnl::Socket::open();
  ASSERT_TRUE(socket.ok());
  leave_answers(*socket, refused_batch(1, 3));
  auto batch = refused_batch(4, 1);
  auto const refused = socket->perform(batch, 4, 1);
  ASSERT_TRUE(refused.ok());
  ASSERT_EQ(refused->size(), 1U);
  EXPECT_EQ(refused->front().sequence, 4U);
  leave_answers(*socket, refused_batch(5, 3));
  std::vector<std::string> names;
  auto const read = socket->dump(
      links(), [&] { names.clear(); },
      [&](rtnl::Message const& message) { names.push_back(rtnl::read_link(message).name); });
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_NE(std::ranges::find(names, "east"), names.end());
}

// Each of fib's sockets takes 128 KiB in one send; 200 routes of 100 hops are 320 KiB. (iproute2 shows
// no route that takes a page.)
TEST_F(Sockets, RoutesWithVeryManyHopsAreSentInPartsThatFit) {
  FibOptions options;
  options.inline_hops = true;
  start(options);
  for (int descriptor = 3; descriptor < 256; ++descriptor) {
    int const small = 64 << 10;
    if (size_of(descriptor, SO_DOMAIN) != AF_NETLINK) continue;
    ASSERT_EQ(setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
  }
  std::vector<WeightedHop> hops;
  for (std::uint32_t i = 0; i < 100; ++i) {
    auto const gateway = bgp::IpAddress::v4(i < 50 ? 0xc0000202U + i : 0xc6336402U + i - 50);
    HopName const name{gateway, Encapsulation::none};
    fib->set_path(name, HopPath{i < 50 ? "east" : "west", gateway, false});
    hops.push_back({name, 1});
  }
  std::vector<RouteChange> changes;
  for (std::uint32_t n = 0; n < 200; ++n) changes.push_back({nth(n), through(hops)});
  want(changes);
  EXPECT_EQ(fib->status().failed, 0U) << fib->describe(nth(0)).reason;
  EXPECT_EQ(count_routes(), 200U * 101) << "a line for the route, and one for each of its hops";
  EXPECT_TRUE(log.empty()) << log.front();
}

}  // namespace
}  // namespace tern::fib
