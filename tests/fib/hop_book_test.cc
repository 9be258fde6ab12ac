// The book of next-hop objects where one thing goes wrong that the property test meets seldom.
#include <gtest/gtest.h>

#include <functional>

#include "pretend_kernel.h"

namespace tern::fib {
namespace {

using namespace bgp::literals;
using namespace std::chrono_literals;
using Kind = ObjectOperation::Kind;

struct Hops : testing::Test {
  Hops() {
    kernel.running.insert(1);
    rtnl::Link link;
    link.index = 1;
    link.name = "eth1";
    link.up = link.running = true;
    book.link_is(link);
  }
  static Target through(std::vector<HopName> const& names) {
    Target target;
    target.metric = 1024;
    for (auto const& name : names) target.hops.push_back({name, 1});
    return target;
  }
  void reach(HopName const& name) { book.set_path(name, HopPath{"eth1", {}, true}); }
  /// All that there is to do; what `refused` says is refused for want of memory.
  void work(std::function<bool(ObjectOperation const&)> const& refused = {}) {
    for (auto operations = book.plan(now, false); !operations.empty(); operations = book.plan(now, false)) {
      for (auto const& operation : operations) {
        auto const no_memory = refused && refused(operation);
        book.performed(operation, no_memory ? Refused{ENOMEM, "out of memory"} : kernel.perform(operation), now);
      }
    }
  }

  PretendKernel kernel;
  HopBook book{{179, false}};
  Time now{1000s};
  HopName const a{"192.0.2.1"_ip, Encapsulation::none}, b{"192.0.2.2"_ip, Encapsulation::none};
};

TEST_F(Hops, AGroupThatNobodyWantsIsGoneWithItsLastMemberHoweverItsRemovalEnds) {
  reach(a);
  auto const single = book.acquire(through({a})), both = book.acquire(through({a, b}));
  work();
  ASSERT_EQ(kernel.objects.size(), 2U) << "the hop, and a group of it: the other one is out of reach";
  book.release(both);
  book.set_path(a, std::nullopt);
  work([](auto const& operation) { return operation.kind == Kind::remove && !operation.object.group.empty(); });
  ASSERT_TRUE(kernel.objects.empty()) << "the kernel took the group along";
  reach(a);
  auto const again = book.acquire(through({a, b}));
  now += 70s;
  work();
  for (auto const target : {single, again}) {
    ASSERT_NE(book.leads_to(target), no_object);
    EXPECT_TRUE(kernel.objects.contains(book.leads_to(target)));
  }
}

}  // namespace
}  // namespace tern::fib
