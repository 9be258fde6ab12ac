#include "fib/next_hop_tracker.h"

#include <linux/rtnetlink.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include "fib/rtnl/kernel.h"

namespace tern::fib {

class NextHopTracker::Impl : public std::enable_shared_from_this<Impl>, private rtnl::Events {
 public:
  Impl(boost::asio::any_io_executor executor, std::uint32_t table, std::vector<std::uint8_t> ours)
      : table_(table), ours_(ours), book_(table, std::move(ours)), events_(executor) {}

  bgp::Result<void> start();
  void stop() { events_.release(); }
  [[nodiscard]] Resolution const& ask(bgp::IpAddress const& address) {
    auto const [known, is_new] = asked_.try_emplace(address);
    if (is_new) known->second = book_.resolve(address);
    return known->second;
  }
  void learned_changed(bgp::Prefix const& prefix);

  std::uint32_t const table_;
  std::vector<std::uint8_t> const ours_;
  ResolutionBook book_;
  std::map<bgp::IpAddress, Resolution> asked_;
  std::function<void(bgp::IpAddress const&)> changed_;

 private:
  bgp::Result<void> learn();
  void await_events();
  void look_again();
  void schedule();

  using rtnl::Events::heard;  // of objects and neighbours nothing is asked
  void heard(rtnl::Link const& link, bool removed) override {
    if (removed) {
      book_.link_gone(link.index);
    } else {
      book_.link_is(link);
    }
  }
  void heard(rtnl::InterfaceAddress const& address, bool removed) override { book_.heard(address, removed); }
  void heard(rtnl::Route const& route, bool removed, bool replaced) override { book_.heard(route, removed, replaced); }
  void overrun() override { overrun_ = true; }

  boost::asio::posix::stream_descriptor events_;
  std::optional<rtnl::Kernel> kernel_;
  bool scheduled_ = false;
  bool overrun_ = false;
};

bgp::Result<void> NextHopTracker::Impl::start() {
  auto kernel = rtnl::Kernel::open(
      {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE}, ours_);
  if (!kernel.ok()) return kernel.error();
  kernel_.emplace(std::move(kernel).value());
  events_.assign(kernel_->descriptor());
  if (auto learned = learn(); !learned.ok()) return learned;
  await_events();
  return {};
}

bgp::Result<void> NextHopTracker::Impl::learn() {
  auto const links = kernel_->links();
  if (!links.ok()) return links.error();
  auto const addresses = kernel_->addresses();
  if (!addresses.ok()) return addresses.error();
  auto const routes = kernel_->routes(table_, [this](rtnl::Route const& route) { return book_.counts(route); });
  if (!routes.ok()) return routes.error();
  book_.links_are(*links);
  book_.addresses_are(*addresses);
  book_.routes_are(*routes);
  return {};
}

void NextHopTracker::Impl::await_events() {
  events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [weak = weak_from_this()](boost::system::error_code error) {
                       auto const self = weak.lock();
                       if (!self || error) return;
                       self->kernel_->hear(*self);
                       // What cannot be read again now is read after the next event.
                       if (self->overrun_) self->overrun_ = !self->learn().ok();
                       self->schedule();
                       self->await_events();
                     });
}

void NextHopTracker::Impl::learned_changed(bgp::Prefix const& prefix) {
  auto const first = asked_.lower_bound(prefix.address());
  if (first != asked_.end() && prefix.covers({first->first, 128})) schedule();
}

void NextHopTracker::Impl::schedule() {
  if (std::exchange(scheduled_, true)) return;
  boost::asio::post(events_.get_executor(), [weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    self->scheduled_ = false;
    self->look_again();
  });
}

void NextHopTracker::Impl::look_again() {
  std::vector<bgp::IpAddress> different;
  for (auto& [address, known] : asked_) {
    auto now = book_.resolve(address);
    if (now == known) continue;
    known = std::move(now);
    different.push_back(address);
  }
  if (!changed_) return;
  for (auto const& address : different) changed_(address);
}

NextHopTracker::NextHopTracker(boost::asio::any_io_executor executor, std::uint32_t table,
                               std::vector<std::uint8_t> ours)
    : impl_(std::make_shared<Impl>(std::move(executor), table, std::move(ours))) {}
NextHopTracker::~NextHopTracker() { impl_->stop(); }

bgp::Result<void> NextHopTracker::start() { return impl_->start(); }

bgp::NextHopState NextHopTracker::resolve(bgp::IpAddress const& next_hop) {
  auto const& resolution = impl_->ask(next_hop);
  return {resolution.path.has_value(), resolution.cost};
}

void NextHopTracker::forget(bgp::IpAddress const& next_hop) { impl_->asked_.erase(next_hop); }

void NextHopTracker::on_change(std::function<void(bgp::IpAddress const&)> changed) {
  impl_->changed_ = std::move(changed);
}

Resolution NextHopTracker::resolution(bgp::IpAddress const& address) const { return impl_->book_.resolve(address); }

void NextHopTracker::set_learned(ResolutionBook::Learned learned) { impl_->book_.set_learned(std::move(learned)); }

void NextHopTracker::learned_changed(bgp::Prefix const& prefix) { impl_->learned_changed(prefix); }

}  // namespace tern::fib
