// The public face: every call goes to the Instance behind it.
#include "bgp/speaker.h"

#include "engine/instance.h"
#include "engine/route_feed.h"
#include "engine/speaker_in_memory.h"
#include "engine/views.h"

namespace bgp {

namespace {

std::string next_hops_text(RouteEvent const& event) {
  if (event.next_hops.size() < 2) {
    auto const& hop = event.attributes->next_hop;
    return " next hop " + (hop.is_unset() ? "self" : hop.text());
  }
  std::string out;
  for (auto const& hop : event.next_hops) out += (out.empty() ? " next hops " : ", ") + hop.text();
  return out;
}

}  // namespace

std::string RouteEvent::text() const {
  if (kind == Kind::in_sync) return "in sync";
  if (kind == Kind::withdraw) return "withdraw " + prefix.text();
  auto const med = attributes->med ? " MED " + std::to_string(*attributes->med) : "";
  return "announce " + prefix.text() + next_hops_text(*this) + " AS path " + attributes->as_path.text() + med;
}

class Speaker::Impl {
 public:
  explicit Impl(std::shared_ptr<engine::Instance> the_instance) : instance(std::move(the_instance)) {}
  struct Measuring {
    std::shared_ptr<transport::Context> context;  // a callback may drop the Speaker
    transport::Stopwatch stopwatch;
  };
  /// What takes long is measured, whoever calls: it holds the executor like everything else.
  [[nodiscard]] Measuring measure() const { return {instance->context(), transport::Stopwatch(*instance->context())}; }
  std::shared_ptr<engine::Instance> instance;
};

Speaker::Speaker(boost::asio::any_io_executor executor, SpeakerConfig config)
    : impl_(std::make_shared<Impl>(std::make_shared<engine::Instance>(std::move(executor), std::move(config)))) {}

Speaker::Speaker(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

std::unique_ptr<Speaker> SpeakerInMemory::make(std::shared_ptr<transport::Context> context, SpeakerConfig config) {
  auto executor = context->executor();
  auto instance = std::make_shared<engine::Instance>(std::move(executor), std::move(config), std::move(context));
  return std::unique_ptr<Speaker>(new Speaker(std::make_shared<Speaker::Impl>(std::move(instance))));
}

Speaker::~Speaker() { impl_->instance->shut_down(); }

Result<void> Speaker::start() { return impl_->instance->start(); }
Result<void> Speaker::reconfigure(SpeakerConfig config) { return impl_->instance->reconfigure(std::move(config)); }
void Speaker::stop(std::string text, std::function<void()> done) { impl_->instance->stop(text, std::move(done)); }
Result<PeerId> Speaker::add_peer(PeerConfig config) { return impl_->instance->add_peer(std::move(config)); }
Result<void> Speaker::add_range(RangeConfig config) { return impl_->instance->add_range(std::move(config)); }
Result<void> Speaker::remove_peer(PeerId peer) { return impl_->instance->remove_peer(peer); }
Result<PeerUpdate> Speaker::update_peer(PeerId peer, PeerConfig config) {
  return impl_->instance->update_peer(peer, std::move(config));
}
Result<RangeUpdate> Speaker::update_range(RangeConfig config) {
  return impl_->instance->update_range(std::move(config));
}
Result<void> Speaker::remove_range(Prefix prefix) { return impl_->instance->remove_range(prefix); }
Result<void> Speaker::disable_peer(PeerId peer, std::string text) { return impl_->instance->disable_peer(peer, text); }
Result<void> Speaker::enable_peer(PeerId peer) { return impl_->instance->enable_peer(peer); }
Result<void> Speaker::reset_peer(PeerId peer, std::string text) { return impl_->instance->reset_peer(peer, text); }
Result<void> Speaker::refresh_peer(PeerId peer) { return impl_->instance->refresh_peer(peer); }
Result<void> Speaker::set_filters(PeerId peer, FilterPtr import, FilterPtr export_filter) {
  return impl_->instance->set_filters(peer, std::move(import), std::move(export_filter));
}
Result<void> Speaker::set_range_filters(Prefix const& range, FilterPtr import, FilterPtr export_filter) {
  return impl_->instance->set_range_filters(range, std::move(import), std::move(export_filter));
}
std::optional<PeerId> Speaker::find_peer(IpAddress const& address, std::uint32_t scope_id) const {
  return impl_->instance->find_peer(address, scope_id);
}

void Speaker::originate(Prefix prefix, Attributes attributes) { impl_->instance->originate(prefix, attributes); }
void Speaker::withdraw(Prefix prefix) { impl_->instance->withdraw(prefix); }
void Speaker::announce_exactly(std::span<Announcement const> routes) {
  auto const measuring = impl_->measure();
  impl_->instance->announce_exactly(routes);
}

void RouteSubscription::pause() {
  if (handle_) std::static_pointer_cast<engine::RouteFeed>(handle_)->pause();
}
void RouteSubscription::resume() {
  if (handle_) std::static_pointer_cast<engine::RouteFeed>(handle_)->resume();
}

RouteSubscription Speaker::on_routes(std::function<void(std::span<RouteEvent const>)> callback) {
  return impl_->instance->on_routes(std::move(callback));
}
Subscription Speaker::on_peers(std::function<void(PeerEvent const&)> callback) {
  return impl_->instance->on_peers(std::move(callback));
}

SpeakerStatus Speaker::status() const {
  auto const measuring = impl_->measure();
  return engine::status_of(*impl_->instance);
}
MemoryStatus Speaker::memory() const {
  auto const measuring = impl_->measure();
  return engine::memory_of(*impl_->instance);
}
std::vector<PeerStatus> Speaker::peers() const {
  auto const measuring = impl_->measure();
  std::vector<PeerStatus> peers;
  for (auto const& [id, neighbour] : impl_->instance->neighbours()) {
    peers.push_back(engine::status_of(*impl_->instance, *neighbour));
  }
  return peers;
}
std::vector<PeerId> Speaker::peer_ids() const {
  std::vector<PeerId> ids;
  ids.reserve(impl_->instance->neighbours().size());
  for (auto const& [id, neighbour] : impl_->instance->neighbours()) ids.push_back(id);
  return ids;
}
std::optional<PeerStatus> Speaker::peer(PeerId id) const {
  auto const measuring = impl_->measure();
  auto const* neighbour = impl_->instance->neighbour(id);
  if (neighbour == nullptr) return std::nullopt;
  return engine::status_of(*impl_->instance, *neighbour);
}
std::unique_ptr<RouteListing> Speaker::routes(RouteQuery query) const {
  return engine::list_routes(impl_->instance, std::move(query));
}
Explanation Speaker::explain(Prefix prefix) const {
  auto const measuring = impl_->measure();
  auto explanation = engine::explain(*impl_->instance, prefix.family(), prefix);
  explanation.prefix = prefix;  // also where there is no route
  return explanation;
}
Explanation Speaker::explain(Family family, std::span<std::uint8_t const> key) const {
  auto const measuring = impl_->measure();
  return engine::explain(*impl_->instance, family, rib::RouteKey(key));
}
std::optional<Prefix> Speaker::match(IpAddress const& address, bool also_refused) const {
  return engine::longest_match(impl_->instance->rib(), address, also_refused);
}

}  // namespace bgp
