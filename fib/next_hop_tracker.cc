#include "fib/next_hop_tracker.h"

#include <linux/rtnetlink.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "fib/rtnl/kernel.h"

namespace tern::fib {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

class NextHopTracker::Impl : public std::enable_shared_from_this<Impl>, private rtnl::Events {
 public:
  Impl(boost::asio::any_io_executor executor, std::uint32_t table, std::vector<std::uint8_t> ours)
      : ours_(ours), book_(table, std::move(ours)), events_(executor), read_at_(executor), release_at_(executor) {}

  bgp::Result<void> start();
  void stop() {
    events_.release();
    read_at_.cancel();
    release_at_.cancel();
  }
  [[nodiscard]] Resolution const& ask(bgp::IpAddress const& address);
  void forget(bgp::IpAddress const& address);
  void take_changes();
  void learned_changed(bgp::Prefix const& prefix) {
    changed_prefixes_.insert(prefix);
    schedule();
  }

  std::vector<std::uint8_t> const ours_;
  ResolutionBook book_;
  std::function<void(bgp::IpAddress const&)> changed_;

 private:
  struct Asked {
    Resolution known;
    ResolutionBook::Chain chain;
    Clock::duration hold{};   // how long it was last held
    Clock::time_point until;  // and until when
  };
  // A look at this many next hops takes some 0.2 ms.
  static constexpr unsigned slice = 64;
  static constexpr Clock::duration first_hold = 100ms, last_hold = 64s;

  bgp::Result<void> learn();
  void await_events();
  void hear();
  void read_soon();
  void schedule();
  void expand_changes();
  void expand(bgp::Prefix const& prefix);
  void look_again();
  [[nodiscard]] bool look_again_at(bgp::IpAddress const& address);
  [[nodiscard]] Resolution resolve(bgp::IpAddress const& address, Asked& asked);
  void unchain(bgp::IpAddress const& address, Asked const& asked);
  void release_soon();

  using rtnl::Events::heard;  // of neighbours nothing is asked
  void heard(rtnl::Link const& link, bool removed) override {
    if (removed) {
      book_.link_gone(link.index);
    } else {
      book_.link_is(link);
    }
  }
  void heard(rtnl::InterfaceAddress const& address, bool removed) override { book_.heard(address, removed); }
  void heard(rtnl::Route const& route, bool removed, bool replaced) override { book_.heard(route, removed, replaced); }
  void heard(rtnl::NextHopObject const& object, bool) override { book_.heard(object); }
  void overrun() override { overrun_ = true; }

  std::map<bgp::IpAddress, Asked> asked_;
  std::set<std::pair<bgp::IpAddress, bgp::IpAddress>> behind_;  // a next hop on the way, and what was asked
  std::set<bgp::Prefix> changed_prefixes_;
  std::set<bgp::IpAddress> to_look_at_;
  bgp::IpAddress looked_at_;  // the last one
  std::set<std::pair<Clock::time_point, bgp::IpAddress>> held_;

  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer read_at_, release_at_;
  std::optional<rtnl::Kernel> kernel_;
  Clock::time_point read_not_before_;
  bool scheduled_ = false;
  bool read_scheduled_ = false;
  bool overrun_ = false;
};

// ---- What the kernel has

bgp::Result<void> NextHopTracker::Impl::start() {
  auto kernel = rtnl::Kernel::open(
      {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP},
      ours_);
  if (!kernel.ok()) return kernel.error();
  kernel_.emplace(std::move(kernel).value());
  events_.assign(kernel_->descriptor());
  if (auto learned = learn(); !learned.ok()) return learned;
  hear();
  await_events();
  return {};
}

bgp::Result<void> NextHopTracker::Impl::learn() {
  auto const links = kernel_->links();
  if (!links.ok()) return links.error();
  auto const addresses = kernel_->addresses();
  if (!addresses.ok()) return addresses.error();
  std::vector<rtnl::Route> all;
  for (auto const table : book_.tables()) {
    auto const routes = kernel_->routes(table, [this](rtnl::Route const& route) { return book_.counts(route); });
    if (!routes.ok()) return routes.error();
    all.insert(all.end(), routes->begin(), routes->end());
  }
  book_.links_are(*links);
  book_.addresses_are(*addresses);
  book_.routes_are(all);
  return {};
}

void NextHopTracker::Impl::await_events() {
  events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [weak = weak_from_this()](boost::system::error_code error) {
                       auto const self = weak.lock();
                       if (!self || error) return;
                       self->hear();
                       self->await_events();
                     });
}

void NextHopTracker::Impl::hear() {
  kernel_->hear(*this);
  take_changes();
}

void NextHopTracker::Impl::take_changes() {
  auto changes = book_.take_changes();
  changed_prefixes_.merge(changes.prefixes);
  if (changes.stale || overrun_) read_soon();
  if (!changed_prefixes_.empty()) schedule();
}

// Once for many events, and for a tenth of the time at most: with a full table of our own beside them the others'
// routes take a while to be read.
void NextHopTracker::Impl::read_soon() {
  if (std::exchange(read_scheduled_, true)) return;
  read_at_.expires_at(std::max(Clock::now() + 10ms, read_not_before_));
  read_at_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto const self = weak.lock();
    if (!self || error) return;
    self->read_scheduled_ = false;
    auto const began = Clock::now();
    auto const read = self->learn().ok();
    auto const ended = Clock::now();
    self->read_not_before_ = ended + std::max<Clock::duration>((ended - began) * 9, read ? 0s : 1s);
    if (read) self->overrun_ = false;
    if (!read) self->read_soon();
    self->hear();
  });
}

// ---- What was asked

Resolution const& NextHopTracker::Impl::ask(bgp::IpAddress const& address) {
  auto const [known, is_new] = asked_.try_emplace(address);
  if (is_new) known->second.known = resolve(address, known->second);
  return known->second.known;
}

void NextHopTracker::Impl::forget(bgp::IpAddress const& address) {
  auto const known = asked_.find(address);
  if (known == asked_.end()) return;
  unchain(address, known->second);
  held_.erase({known->second.until, address});
  asked_.erase(known);
}

void NextHopTracker::Impl::unchain(bgp::IpAddress const& address, Asked const& asked) {
  for (auto const& on_the_way : asked.chain) behind_.erase({on_the_way, address});
}

// With a circle its routes go from the Loc-RIB, and with them the circle: without a hold, longer each time, they would
// come and go for ever.
Resolution NextHopTracker::Impl::resolve(bgp::IpAddress const& address, Asked& asked) {
  unchain(address, asked);
  asked.chain.clear();
  auto now = book_.resolve(address, asked.chain);
  for (auto const& on_the_way : asked.chain) {
    if (on_the_way != address) behind_.insert({on_the_way, address});
  }
  auto const at = Clock::now();
  if (now.circular && at >= asked.until) {
    auto const again = asked.hold > 0s && at < asked.until + 2 * asked.hold;
    asked.hold = again ? std::min(2 * asked.hold, last_hold) : first_hold;
    asked.until = at + asked.hold;
    held_.insert({asked.until, address});
    release_soon();
  }
  auto const held = asked.known.circular && at < asked.until;
  return held && !now.circular ? asked.known : now;
}

void NextHopTracker::Impl::release_soon() {
  if (held_.empty()) return;
  release_at_.expires_at(held_.begin()->first);
  release_at_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto const self = weak.lock();
    if (!self || error) return;
    auto& held = self->held_;
    for (auto const now = Clock::now(); !held.empty() && held.begin()->first <= now; held.erase(held.begin())) {
      self->to_look_at_.insert(held.begin()->second);
    }
    self->release_soon();
    self->schedule();
  });
}

// ---- What is to be asked again

void NextHopTracker::Impl::schedule() {
  if (std::exchange(scheduled_, true)) return;
  boost::asio::post(events_.get_executor(), [weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    self->scheduled_ = false;
    self->look_again();
  });
}

// What lies within another changed prefix stands after it, and is there already.
void NextHopTracker::Impl::expand_changes() {
  std::optional<bgp::Prefix> last;
  for (auto const& prefix : std::exchange(changed_prefixes_, {})) {
    if (last && last->covers(prefix)) continue;
    expand(prefix);
    last = prefix;
  }
}

void NextHopTracker::Impl::expand(bgp::Prefix const& prefix) {
  for (auto it = asked_.lower_bound(prefix.address()); it != asked_.end() && prefix.covers({it->first, 128}); ++it) {
    to_look_at_.insert(it->first);
  }
  for (auto it = behind_.lower_bound({prefix.address(), {}}); it != behind_.end() && prefix.covers({it->first, 128});
       ++it) {
    to_look_at_.insert(it->second);
  }
}

// A slice of them each turn, round and round, so that none waits for ever.
void NextHopTracker::Impl::look_again() {
  expand_changes();
  std::vector<bgp::IpAddress> different;
  for (unsigned n = 0; n < slice && !to_look_at_.empty(); ++n) {
    auto next = to_look_at_.upper_bound(looked_at_);
    if (next == to_look_at_.end()) next = to_look_at_.begin();
    looked_at_ = *next;
    to_look_at_.erase(next);
    if (look_again_at(looked_at_)) different.push_back(looked_at_);
  }
  if (!to_look_at_.empty()) schedule();
  if (!changed_) return;
  for (auto const& address : different) changed_(address);
}

bool NextHopTracker::Impl::look_again_at(bgp::IpAddress const& address) {
  auto const asked = asked_.find(address);
  if (asked == asked_.end()) return false;
  auto now = resolve(address, asked->second);
  if (now == asked->second.known) return false;
  asked->second.known = std::move(now);
  return true;
}

// ---- The outside

NextHopTracker::NextHopTracker(boost::asio::any_io_executor executor, std::uint32_t table,
                               std::vector<std::uint8_t> ours)
    : impl_(std::make_shared<Impl>(std::move(executor), table, std::move(ours))) {}
NextHopTracker::~NextHopTracker() { impl_->stop(); }

bgp::Result<void> NextHopTracker::start() { return impl_->start(); }

bgp::NextHopState NextHopTracker::resolve(bgp::IpAddress const& next_hop) {
  auto const& resolution = impl_->ask(next_hop);
  return {resolution.path.has_value(), resolution.cost};
}

void NextHopTracker::forget(bgp::IpAddress const& next_hop) { impl_->forget(next_hop); }

void NextHopTracker::on_change(std::function<void(bgp::IpAddress const&)> changed) {
  impl_->changed_ = std::move(changed);
}

Resolution NextHopTracker::resolution(bgp::IpAddress const& address) const { return impl_->book_.resolve(address); }

void NextHopTracker::set_learned(ResolutionBook::Learned learned) { impl_->book_.set_learned(std::move(learned)); }

void NextHopTracker::neighbour_is(bgp::IpAddress const& link_local, unsigned interface, bool there) {
  impl_->book_.neighbour_is(link_local, interface, there);
  impl_->take_changes();
}

void NextHopTracker::learned_changed(bgp::Prefix const& prefix) { impl_->learned_changed(prefix); }

}  // namespace tern::fib
