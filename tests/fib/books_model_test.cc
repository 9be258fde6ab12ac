// The books against a pretend kernel: whatever is asked for and whatever others do to the kernel meanwhile, in the end
// the kernel has what is wanted, and nothing of anybody else's was touched.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "pretend_kernel.h"

namespace tern::fib {
namespace {

using namespace bgp::literals;
using namespace std::chrono_literals;

constexpr std::uint8_t ours = 179;
constexpr std::uint8_t theirs = 12;
constexpr unsigned links = 2;
constexpr unsigned hops = 4;
constexpr unsigned prefixes = 12;

bgp::Prefix nth_prefix(unsigned n) { return {bgp::IpAddress::v4(0x0a000000U + (n << 8)), 24}; }
HopName nth_hop(unsigned n) { return {bgp::IpAddress::v4(0xc0000200U + n), Encapsulation::none}; }
std::string link_name(unsigned index) { return "eth" + std::to_string(index); }

struct World {
  World() {
    for (unsigned index = 1; index <= links; ++index) set_link(index, true);
  }

  // ---- What happens.
  void set_link(unsigned index, bool up) {
    if (up) {
      kernel.running.insert(index);
    } else {
      kernel.link_down(index);
    }
    rtnl::Link link;
    link.index = index;
    link.name = link_name(index);
    link.up = link.running = up;
    hop_book.link_is(link);
    if (!up) hop_book.learned(kernel.all_objects());
  }
  void set_path(unsigned hop, unsigned index) {  // 0: unreachable
    paths[hop] = index;
    hop_book.set_path(nth_hop(hop), index == 0 ? std::nullopt : std::optional(HopPath{link_name(index), {}, true}));
  }
  void want(unsigned prefix, Target const& target) {
    RC_LOG() << "  metric " << target.metric << " hops " << target.hops.size() << "\n";
    wanted[prefix] = target;
    auto const id = hop_book.acquire(target);
    routes.want(nth_prefix(prefix), id);
    hop_book.release(id);
  }
  void unwant(unsigned prefix) {
    wanted.erase(prefix);
    routes.unwant(nth_prefix(prefix));
  }
  // Somebody puts a route where it finds room, or in the place of ours.
  void foreign_route(unsigned prefix, std::uint32_t metric, bool replace, bool told) {
    PretendKernel::Key const key{nth_prefix(prefix), metric};
    auto const stood = kernel.routes.contains(key);
    if (stood && !replace) return;
    kernel.routes[key] = foreign[key] = {theirs, 0, false};
    if (told) routes.heard(PretendKernel::message(key, foreign[key]), false, stood);
  }
  void remove_some_route(unsigned nth, bool told) {
    if (kernel.routes.empty()) return;
    auto const victim = std::next(kernel.routes.begin(), nth % kernel.routes.size());
    auto const [key, standing] = *victim;
    kernel.routes.erase(victim);
    foreign.erase(key);
    if (told) routes.heard(PretendKernel::message(key, standing), true, false);
  }
  void remove_some_object(unsigned nth) {
    if (kernel.objects.empty()) return;
    auto const before = kernel.objects;
    kernel.remove_object(std::next(kernel.objects.begin(), nth % kernel.objects.size())->first);
    for (auto const& [id, object] : before) {
      if (!kernel.objects.contains(id)) hop_book.heard(object, true);
    }
    hop_book.learned(kernel.all_objects());  // groups have shrunk
  }
  void learn_everything() {
    hop_book.learned(kernel.all_objects());
    routes.objects_gone(hop_book.take_gone());
    routes.begin_learning();
    for (auto const& [key, standing] : kernel.routes) routes.learned(PretendKernel::message(key, standing));
    routes.end_learning();
  }

  // ---- The work between, as Fib does it.
  template <class Operation, class Book>
  void perform(Operation const& operation, Book& book) {
    if (refuse_in-- == 0) {
      book.performed(operation, Refused{ENOMEM, "out of memory"}, now);
      return;
    }
    book.performed(operation, kernel.perform(operation), now);
  }
  bool step() {
    auto const objects = hop_book.plan(now, routes.changes_wait());
    for (auto const& operation : objects) perform(operation, hop_book);
    routes.objects_gone(hop_book.take_gone());
    if (hop_book.take_changed()) routes.look_again();
    if (!objects.empty()) return true;
    auto const operations = routes.plan(3, now);
    for (auto const& operation : operations) perform(operation, routes);
    return !operations.empty();
  }
  void settle() {
    refuse_in = -1;
    routes.hold_removals(false);
    for (int quiet = 0; quiet < 3; ++quiet) {
      for (int rounds = 0; step(); ++rounds) RC_ASSERT(rounds < 10000);
      now += 70s;  // all that was refused may be tried again
    }
  }

  // ---- What must be.
  [[nodiscard]] std::set<unsigned> working_hops(Target const& target) const {
    std::set<unsigned> working;
    for (auto const& weighted : target.hops) {
      auto const hop = weighted.hop.address.v4_value() & 0xff;
      auto const path = paths.find(hop);
      if (path != paths.end() && path->second != 0 && kernel.running.contains(path->second))
        working.insert(path->second);
    }
    return working;
  }
  [[nodiscard]] std::set<unsigned> interfaces(ObjectId id) const {
    auto const& object = kernel.objects.at(id);
    if (object.group.empty()) return {object.via.interface};
    std::set<unsigned> all;
    for (auto const& member : object.group) all.insert(kernel.objects.at(member.id).via.interface);
    return all;
  }
  [[nodiscard]] std::string found_text(unsigned prefix) const {
    auto const described = routes.describe(nth_prefix(prefix));
    std::string text = "state " + std::to_string(static_cast<int>(described.state)) + " " + described.reason;
    for (auto const& [key, standing] : kernel.routes) {
      if (key.first != nth_prefix(prefix)) continue;
      text += ", protocol " + std::to_string(standing.protocol) + " metric " + std::to_string(key.second);
    }
    return text;
  }
  void check_prefix(unsigned prefix) const {
    RC_LOG() << "prefix " << prefix << ": " << found_text(prefix) << "\n";
    auto const expected = wanted.find(prefix);
    std::map<PretendKernel::Key, PretendKernel::Standing> found;
    for (auto const& [key, standing] : kernel.routes) {
      if (key.first == nth_prefix(prefix) && standing.protocol == ours) found[key] = standing;
    }
    auto const state = routes.describe(nth_prefix(prefix)).state;
    if (expected == wanted.end()) {
      RC_ASSERT(found.empty());
      RC_ASSERT(state == RouteBook::State::nothing);
      return;
    }
    auto const& target = expected->second;
    PretendKernel::Key const key{nth_prefix(prefix), target.metric};
    if (foreign.contains(key)) {
      RC_ASSERT(found.empty());
      RC_ASSERT(state == RouteBook::State::conflicting || state == RouteBook::State::pending);
    } else if (!target.hops.empty() && working_hops(target).empty()) {
      RC_ASSERT(found.empty());
      RC_ASSERT(state == RouteBook::State::pending);
    } else {
      RC_ASSERT(found.size() == 1U);
      RC_ASSERT(found.contains(key));
      RC_ASSERT(state == RouteBook::State::installed);
      RC_ASSERT(found.at(key).blackhole == target.hops.empty());
      if (!target.hops.empty()) RC_ASSERT(interfaces(found.at(key).object) == working_hops(target));
    }
  }
  void check() const {
    for (unsigned prefix = 0; prefix < prefixes; ++prefix) check_prefix(prefix);
    for (auto const& [key, standing] : foreign) RC_ASSERT(kernel.routes.at(key) == standing);
    std::size_t counted = 0;
    for (auto const state : {RouteBook::State::installed, RouteBook::State::pending, RouteBook::State::failed,
                             RouteBook::State::conflicting}) {
      counted += routes.count(state);
    }
    RC_ASSERT(counted == wanted.size());
    RC_ASSERT(routes.count(RouteBook::State::leftover) == 0U);
  }
  // Nothing of ours stays behind.
  void check_empty() const {
    for (auto const& [id, object] : kernel.objects) RC_ASSERT(object.protocol == theirs);
    for (auto const& [key, standing] : kernel.routes) RC_ASSERT(standing.protocol == theirs);
  }

  PretendKernel kernel;
  HopBook hop_book{{ours, false}};
  RouteBook routes{hop_book, {RT_TABLE_MAIN, ours, {}}};
  std::map<unsigned, unsigned> paths;  // hop -> interface
  std::map<unsigned, Target> wanted;   // prefix -> target
  std::map<PretendKernel::Key, PretendKernel::Standing> foreign;
  Time now{1000s};
  int refuse_in = -1;
};

Target some_target() {
  Target target;
  target.metric = *rc::gen::element(1024U, 512U);
  std::set<unsigned> chosen;
  for (auto count = *rc::gen::inRange(0, 3); count > 0; --count) chosen.insert(*rc::gen::inRange(0U, hops));
  for (auto const hop : chosen) target.hops.push_back({nth_hop(hop), 1});
  return target;
}

void happen(World& world) {
  auto const prefix = *rc::gen::inRange(0U, prefixes);
  auto const told = *rc::gen::inRange(0, 8) != 0;
  auto const what = *rc::gen::inRange(0, 15);
  RC_LOG() << "event " << what << " prefix " << prefix << " told " << told << "\n";
  switch (what) {
    case 0:
    case 1:
    case 2:
      return world.want(prefix, some_target());
    case 3:
      return world.unwant(prefix);
    case 4:
    case 5:
      return world.set_path(*rc::gen::inRange(0U, hops), *rc::gen::inRange(0U, links + 1));
    case 6:
      return world.set_link(*rc::gen::inRange(1U, links + 1), *rc::gen::inRange(0, 3) != 0);
    case 7:
      world.foreign_route(prefix, *rc::gen::element(1024U, 512U), *rc::gen::inRange(0, 2) == 0, told);
      break;
    case 8:
      world.remove_some_route(*rc::gen::inRange(0U, 100U), told);
      break;
    case 9:
      return world.remove_some_object(*rc::gen::inRange(0U, 100U));
    case 10:
      world.refuse_in = *rc::gen::inRange(0, 4);
      return;
    case 11:
      world.now += std::chrono::seconds(*rc::gen::inRange(0, 5));
      return;
    case 12:
      return world.routes.hold_removals(*rc::gen::inRange(0, 2) == 0);
    default:
      world.step();
      return;
  }
  if (!told) world.learn_everything();  // the socket overran
}

RC_GTEST_PROP(Books, TheKernelEndsAsWantedAndNothingForeignIsTouched, ()) {
  World world;
  if (*rc::gen::inRange(0, 2) == 0) world.routes.sweep();
  for (auto steps = *rc::gen::inRange(0, 200); steps > 0; --steps) happen(world);
  world.settle();
  world.check();
  for (unsigned prefix = 0; prefix < prefixes; ++prefix) world.unwant(prefix);
  world.settle();
  world.check_empty();
}

}  // namespace
}  // namespace tern::fib
