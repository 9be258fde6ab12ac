#include "fib/fib.h"

#include <linux/rtnetlink.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <random>

#include "fib/forgotten_hops.h"
#include "fib/learning.h"
#include "fib/requests.h"
#include "fib/rtnl/kernel.h"
#include "fib/trouble_log.h"

namespace tern::fib {

namespace {

constexpr std::size_t most_waiting = 1024;  // routes that are asked for and not under way, while more are asked for
constexpr std::size_t batches_a_turn = 16;
constexpr std::size_t batch_size = 200;          // requests a send: more gain nothing, and what others do is heard soon
constexpr std::size_t batch_octets = 64U << 10;  // and once there are so many no further: a send buffer has its limit

std::uint64_t random_key() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

}  // namespace

class Fib::Impl : public std::enable_shared_from_this<Fib::Impl>, private rtnl::Events {
 public:
  Impl(boost::asio::any_io_executor executor, FibOptions options)
      : options_(std::move(options)),
        hops_({options_.protocol, options_.inline_hops}),
        routes_(hops_, {options_.table, options_.protocol, options_.adopt, random_key()}),
        troubles_(options_.log),
        events_(executor),
        retry_(executor),
        scan_(executor) {}

  bgp::Result<void> start();
  void stop() {
    events_.release();
    retry_.cancel();
    scan_.cancel();
  }
  void apply(std::span<RouteChange const> changes);
  void ask_for(std::span<RouteChange const> changes);
  void set_path(HopName const& name, std::optional<HopPath> path) {
    forgotten_.recall(name);
    hops_.set_path(name, std::move(path));
    schedule();
  }
  void forget(HopName const& name, std::string const& device, bgp::IpAddress const& vtep) {
    forgotten_.add(name, device, vtep, now());
    schedule();
  }
  TunnelBook& tunnels() {
    schedule();
    return tunnels_;
  }
  // Only then: a device that goes would take along what has not yet moved to another.
  void sweep() {
    when_settled([this] {
      if (hops_.has_found()) report(learning_->named_by_others());
      routes_.sweep();
      tunnels_.sweep();
      schedule();
    });
  }
  void when_settled(std::function<void()> settled) {
    waiting_.push_back(std::move(settled));
    schedule();
  }
  [[nodiscard]] FibStatus status() const;
  [[nodiscard]] RouteBook const& routes() const { return routes_; }
  [[nodiscard]] HopBook const& hops() const { return hops_; }
  [[nodiscard]] TunnelBook const& tunnels() const { return tunnels_; }

 private:
  static Time now() { return std::chrono::steady_clock::now(); }
  void log(char severity, std::string const& line) const {
    if (options_.log) options_.log(severity, line);
  }

  // Hearing.
  void await_events();
  void heard(rtnl::Link const& link, bool removed) override;
  void heard(rtnl::InterfaceAddress const& address, bool removed) override;
  void heard(rtnl::Route const& route, bool removed, bool replaced) override;
  void heard(rtnl::NextHopObject const& object, bool removed) override;
  void heard(rtnl::Neighbour const& neighbour, bool removed) override;
  void overrun() override;
  void catch_up();
  void report(bgp::Result<void> const& learned);
  // Working.
  void schedule();
  void work();
  void rest();
  [[nodiscard]] bool perform_batch();
  [[nodiscard]] bool perform_tunnels();
  [[nodiscard]] bool perform_objects();
  [[nodiscard]] bool perform_routes();
  void arm_retry();
  void arm_scan();
  void encode(TunnelOperation const& operation) { put(batch_, sequence_++, operation); }
  void encode(ObjectOperation const& operation) { put(batch_, sequence_++, operation); }
  void encode(RouteOperation const& operation) {
    put(batch_, sequence_++, operation.kind, routes_.route_of(operation));
  }
  template <class Operation>
  [[nodiscard]] std::size_t encode_batch(std::span<Operation const> operations);
  template <class Operation, class Book>
  void perform(std::vector<Operation> const& operations, Book& book);
  template <class Operation, class Book>
  void settle(std::span<Operation const> operations, bgp::Result<std::vector<rtnl::Refusal>> const& result, Book& book);

  FibOptions const options_;
  std::optional<rtnl::Kernel> kernel_;
  std::optional<Learning> learning_;
  HopBook hops_;
  RouteBook routes_;
  TunnelBook tunnels_;
  ForgottenHops forgotten_;
  Time held_until_ = never;  // removals, as the present turn found it

  TroubleLog troubles_;
  boost::asio::posix::stream_descriptor events_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer scan_;
  std::deque<std::function<void()>> waiting_;
  bool scheduled_ = false;
  bool devices_changed_ = false;
  bool objects_may_be_gone_ = false;
  bool everything_may_differ_ = false;

  rtnl::Buffer batch_;
  std::uint32_t first_ = 1;  // the number of its first request
  std::uint32_t sequence_ = 1;
  FibStatus counters_;
};

// ---- Life

bgp::Result<void> Fib::Impl::start() {
  auto kernel = rtnl::Kernel::open({RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
                                    RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP, RTNLGRP_NEIGH});
  if (!kernel.ok()) return kernel.error();
  kernel_.emplace(std::move(kernel).value());
  learning_.emplace(*kernel_, options_.table, hops_, routes_, tunnels_);
  events_.assign(kernel_->descriptor());
  auto const objects = kernel_->knows_objects();
  if (!objects.ok()) return objects.error();
  if (!*objects && !hops_.is_inline()) {
    log('w',
        "the kernel has no next-hop objects (Linux 5.3 and later have them): each route carries its own next hops");
    hops_.go_inline();
  }
  if (auto learned = learning_->everything(); !learned.ok()) return learned;
  await_events();
  arm_scan();
  schedule();
  return {};
}

// ---- What is wanted

// In parts, each well under way in the kernel before the next: what was looked up for it is still at hand, and who asks
// for more is held back here by the kernel's pace.
void Fib::Impl::apply(std::span<RouteChange const> changes) {
  while (!changes.empty()) {
    auto const part = std::min(most_waiting, changes.size());
    ask_for(changes.first(part));
    changes = changes.subspan(part);
    while (routes_.waiting() > most_waiting && perform_batch()) {
    }
  }
  schedule();
}

void Fib::Impl::ask_for(std::span<RouteChange const> changes) {
  TargetId last;
  Target const* asked = nullptr;
  for (auto const& change : changes) routes_.prefetch(change.prefix);
  for (auto const& change : changes) {
    if (change.target == nullptr) {
      routes_.unwant(change.prefix);
      continue;
    }
    // Routes come in runs of one target.
    if (change.target != asked) {
      auto const id = hops_.acquire(*change.target);
      if (last != no_target) hops_.release(last);
      last = id;
      asked = change.target;
    }
    routes_.want(change.prefix, last);
  }
  if (last != no_target) hops_.release(last);
}

// ---- Hearing

void Fib::Impl::await_events() {
  events_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [weak = weak_from_this()](boost::system::error_code error) {
                       auto const self = weak.lock();
                       if (!self || error) return;
                       self->kernel_->hear(*self);
                       self->schedule();
                       self->await_events();
                     });
}

// A link that cannot carry packets takes the objects through it with it, and their routes, and the kernel does not say
// so. Nor does it tell of IPv4 routes, anybody's, that go with a link or with its last address.
void Fib::Impl::heard(rtnl::Link const& link, bool removed) {
  if (removed) {
    hops_.link_gone(link.index);
    tunnels_.link_gone(link.index);
  } else {
    hops_.link_is(link);
    tunnels_.link_is(link);
  }
  tunnels_.retry_now();
  objects_may_be_gone_ |= removed || !link.running;
  routes_.retry_now();
}

void Fib::Impl::heard(rtnl::InterfaceAddress const& address, bool removed) {
  tunnels_.heard(address, removed);
  tunnels_.retry_now();
  hops_.retry_now();
  routes_.retry_now();
  objects_may_be_gone_ |= removed;
  devices_changed_ |= removed;  // links are read first: an answer that comes when the kernel is done with the removal
}

void Fib::Impl::heard(rtnl::Route const& route, bool removed, bool replaced) {
  routes_.heard(route, removed, replaced);
}

void Fib::Impl::heard(rtnl::NextHopObject const& object, bool removed) {
  hops_.heard(object, removed);
  objects_may_be_gone_ |= removed;
  if (removed) routes_.retry_now();
}

void Fib::Impl::heard(rtnl::Neighbour const& neighbour, bool removed) { tunnels_.heard(neighbour, removed); }

void Fib::Impl::overrun() {
  ++counters_.overruns;
  everything_may_differ_ = true;
}

// Reads again what the kernel may have changed without a word.
void Fib::Impl::catch_up() {
  auto const everything = std::exchange(everything_may_differ_, false);
  auto const objects = std::exchange(objects_may_be_gone_, false);
  if (std::exchange(devices_changed_, false) && !everything) report(learning_->links());
  if (!everything && !objects) return;
  report(everything ? learning_->everything() : learning_->objects());
  if (!everything && (hops_.is_inline() || routes_.has_strangers())) report(learning_->routes());
}

void Fib::Impl::report(bgp::Result<void> const& learned) {
  if (learned.ok()) return;
  log('e', "cannot read the kernel's tables: " + learned.error().message);
  everything_may_differ_ = true;
}

// ---- Working

void Fib::Impl::schedule() {
  if (std::exchange(scheduled_, true)) return;
  boost::asio::post(retry_.get_executor(), [weak = weak_from_this()] {
    auto const self = weak.lock();
    if (!self) return;
    self->scheduled_ = false;
    self->work();
  });
}

// Several batches before the next handler: the kernel shall be filled while its user tells of more, and what is told
// waits here no longer than some milliseconds.
void Fib::Impl::work() {
  for (std::size_t batches = 0; batches < batches_a_turn; ++batches) {
    if (!perform_batch()) return rest();
  }
  schedule();
}

// What others did meanwhile is heard before. False when there is nothing to be done now.
bool Fib::Impl::perform_batch() {
  kernel_->hear(*this);
  catch_up();
  held_until_ = hops_.is_inline() ? never : forgotten_.removals_wait_until(now());
  routes_.hold_removals(held_until_ != never);
  return perform_tunnels() || perform_objects() || perform_routes();
}

void Fib::Impl::rest() {
  if (forgotten_.give_up(hops_, tunnels_)) return schedule();
  arm_retry();
  if (routes_.removals_held()) return;
  troubles_.look(routes_, tunnels_);
  // One may ask for more, which those behind it wait for as well.
  while (!waiting_.empty() && !scheduled_) {
    auto const settled = std::move(waiting_.front());
    waiting_.pop_front();
    settled();
  }
}

// Returns how many of them went into the batch.
template <class Operation>
std::size_t Fib::Impl::encode_batch(std::span<Operation const> operations) {
  batch_.clear();
  first_ = sequence_;
  std::size_t count = 0;
  while (count < std::min(batch_size, operations.size()) && batch_.size() < batch_octets) encode(operations[count++]);
  return count;
}

template <class Operation, class Book>
void Fib::Impl::perform(std::vector<Operation> const& operations, Book& book) {
  auto rest = std::span<Operation const>(operations);
  while (!rest.empty() && !everything_may_differ_) {
    auto const count = encode_batch(rest);
    settle(rest.first(count), kernel_->perform(batch_, first_, count), book);
    rest = rest.subspan(count);
  }
}

template <class Operation, class Book>
void Fib::Impl::settle(std::span<Operation const> operations, bgp::Result<std::vector<rtnl::Refusal>> const& result,
                       Book& book) {
  counters_.messages += operations.size();
  if (!result.ok()) {
    log('e', "the kernel's answer was lost, reading everything again: " + result.error().message);
    everything_may_differ_ = true;
    return;
  }
  counters_.refused += result->size();
  auto refusal = result->begin();
  auto const done = now();
  for (std::size_t i = 0; i < operations.size(); ++i) {
    std::optional<Refused> refused;
    if (refusal != result->end() && refusal->sequence == first_ + i) {
      refused = Refused{refusal->error, refusal->text};
      ++refusal;
    }
    book.performed(operations[i], refused, done);
  }
}

// What we change of a device we are not told of: links are read again before the next batch.
bool Fib::Impl::perform_tunnels() {
  auto const operations = tunnels_.plan(now());
  if (operations.empty()) return false;
  perform(operations, tunnels_);
  using Kind = TunnelOperation::Kind;
  devices_changed_ = std::ranges::any_of(operations, [](auto const& operation) {
    return operation.kind == Kind::create || operation.kind == Kind::remove || operation.kind == Kind::change;
  });
  objects_may_be_gone_ |= devices_changed_;
  return true;
}

bool Fib::Impl::perform_objects() {
  auto const operations = hops_.plan(now(), routes_.changes_wait());
  follow_objects(hops_, routes_);
  if (operations.empty()) return false;
  perform(operations, hops_);
  follow_objects(hops_, routes_);
  return true;
}

bool Fib::Impl::perform_routes() {
  auto const operations = routes_.plan(batch_size, now());
  if (operations.empty()) return false;
  perform(operations, routes_);
  return true;
}

void Fib::Impl::arm_retry() {
  auto const next = std::min({hops_.next_retry(), routes_.next_retry(), tunnels_.next_retry(), held_until_});
  if (next == never) {
    retry_.cancel();
    return;
  }
  retry_.expires_at(next);
  retry_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    if (auto const self = weak.lock(); self && !error) self->schedule();
  });
}

// Events tell all that a kernel says; a scan is for those who do not trust that.
void Fib::Impl::arm_scan() {
  if (options_.scan_every.count() == 0) return;
  scan_.expires_after(options_.scan_every);
  scan_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    auto const self = weak.lock();
    if (!self || error) return;
    ++self->counters_.scans;
    self->everything_may_differ_ = true;
    self->schedule();
    self->arm_scan();
  });
}

FibStatus Fib::Impl::status() const {
  using State = RouteBook::State;
  auto status = counters_;
  status.installed = routes_.count(State::installed);
  status.pending = routes_.count(State::pending);
  status.failed = routes_.count(State::failed);
  status.conflicting = routes_.count(State::conflicting);
  status.leftover = routes_.count(State::leftover);
  status.inline_hops = hops_.is_inline();
  return status;
}

// ---- The face

Fib::Fib(boost::asio::any_io_executor executor, FibOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options))) {}
Fib::~Fib() { impl_->stop(); }

bgp::Result<void> Fib::start() { return impl_->start(); }
void Fib::apply(std::span<RouteChange const> changes) { impl_->apply(changes); }
void Fib::set_path(HopName const& name, std::optional<HopPath> path) { impl_->set_path(name, std::move(path)); }
void Fib::forget(HopName const& name, std::string const& device, bgp::IpAddress const& vtep) {
  impl_->forget(name, device, vtep);
}
void Fib::want(TunnelDevice const& device) { impl_->tunnels().want(device); }
void Fib::unwant(std::string const& device) { impl_->tunnels().unwant(device); }
void Fib::want_vtep(std::string const& device, Vtep const& vtep) { impl_->tunnels().want_vtep(device, vtep); }
void Fib::unwant_vtep(std::string const& device, bgp::IpAddress const& address) {
  impl_->tunnels().unwant_vtep(device, address);
}
void Fib::sweep() { impl_->sweep(); }
FibStatus Fib::status() const { return impl_->status(); }
RouteBook::Description Fib::describe(bgp::Prefix const& prefix) const { return impl_->routes().describe(prefix); }
std::vector<bgp::Prefix> Fib::prefixes() const { return impl_->routes().prefixes(); }
std::optional<HopPath> Fib::path(HopName const& hop) const { return impl_->hops().path(hop); }
std::string Fib::why_not(std::string const& device) const { return std::as_const(*impl_).tunnels().why_not(device); }
std::vector<TunnelBook::Description> Fib::devices() const { return std::as_const(*impl_).tunnels().describe(); }
void Fib::when_settled(std::function<void()> settled) { impl_->when_settled(std::move(settled)); }

}  // namespace tern::fib
