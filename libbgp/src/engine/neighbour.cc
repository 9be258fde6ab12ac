#include "engine/neighbour.h"

#include <algorithm>

#include "engine/instance.h"

namespace bgp::engine {

namespace {
// Cease 2, 3 and 4 (RFC 4486): this side's operator wanted it so.
bool is_orderly(session::Down const& down) {
  return down.cause == session::Cause::stopped &&
         (!down.notification || (down.notification->subcode >= 2 && down.notification->subcode <= 4));
}
}  // namespace

Neighbour::Neighbour(Instance& instance, PeerConfig config, PeerId id, Origin origin)
    : instance_(instance), config_(std::move(config)), id_(id), origin_(origin) {
  transport_ = transport::Peer::create(instance_.context(), session_config(config_), peer_address(), *this);
  disabled_ = disabled_by_file_ = config_.shutdown.has_value();
}

// ---- Administration

void Neighbour::start() {
  if (!disabled_) transport_->start();
}

void Neighbour::disable(std::string const& text) {
  disabled_ = true;
  disabled_by_file_ = false;
  transport_->stop(wire::cease_with_text(2, text));
}

void Neighbour::enable() {
  disabled_ = disabled_by_file_ = false;
  // What holds it in Idle, faults in a row or a limit, holds it no more.
  if (transport_->session().held_until() != session::never) transport_->reset({6, 4, {}});
}

bool Neighbour::refresh() {
  bool asked = established();
  auto const* const negotiated = transport_->session().negotiated();
  for (auto const family : all_families) {
    if (!established() || !negotiated->carries(family)) continue;
    asked &= transport_->request_refresh(family);
    if (auto* const member = find_member(family)) member->refresh(negotiated->enhanced_refresh);
  }
  instance_.output_ready(*this);
  return asked;
}

std::string Neighbour::name() const {
  auto const scope = config_.scope_id == 0 ? "" : "%" + std::to_string(config_.scope_id);
  return config_.remote.text() + scope;
}

bool Neighbour::ebgp() const { return config_.remote_as != instance_.config().local_as; }

void Neighbour::on_established(session::Negotiated const& negotiated, transport::Endpoint const& local,
                               transport::Endpoint const&) {
  local_ = local.address;
  instance_.rib().peer(id_).router_id = negotiated.peer_id();
  wire::DecodeContext context;
  context.four_octet_as = negotiated.four_octet_as;
  context.ebgp = negotiated.ebgp;
  context.check_first_as = config_.check_first_as;
  context.accept_as_set = config_.accept_as_set;
  for (auto const family : all_families) {
    if (negotiated.receives_add_path(family)) context.add_paths.insert(family);
  }
  context.extended_next_hop = negotiated.extended_next_hop;
  context.peer_as = negotiated.peer_as();
  in_ = std::make_unique<rib::AdjRibIn>(instance_.rib(), id_, context, import_policy(), negotiated.families,
                                        [this](wire::Verdict const& verdict, wire::UpdateParts const* parts,
                                               Bytes body) { log_fault(verdict, parts, body); });
  if (negotiated.carries(rt_membership)) {
    memberships_.emplace(instance_.context()->clock(), [this] { memberships_changed(); });
  }
  auto const takes_vpn = std::ranges::any_of(negotiated.families, is_asked_for_by_target);
  if (takes_vpn) instance_.vpn_neighbour_up(memberships_.has_value());
  for (auto const family : negotiated.families) {
    if (!memberships_ || !is_asked_for_by_target(family)) join(family, negotiated);
  }
  if (config_.extended_next_hop && !negotiated.extended_next_hop) {
    instance_.log_about(*this, 'w',
                        " takes no IPv6 next hops of IPv4 routes (RFC 8950): it is told of none that has one");
  }
  for (auto const family : negotiated.families) log_single_paths(negotiated, family);
  refreshes_logged_ = 0;
  faults_logged_ = 0;
  reason_logged_.clear();
  refusal_logged_.clear();
  in_sync_told_ = false;
  to_be_told_again_ = false;
  limits_.forget();
  // What its last session left must be gone before anything new is put beside it.
  if (instance_.purging(id_)) transport_->pause_reading();
  instance_.peer_up(*this);
  instance_.output_ready(*this);
}

egress::Member* Neighbour::find_member(Family family) const {
  auto const own = std::ranges::find(members_, family, [](auto const& member) { return member->group().key().family; });
  return own == members_.end() ? nullptr : own->get();
}

bool Neighbour::waits_for_targets(Family family) const {
  auto const* const negotiated = transport_->session().negotiated();
  return memberships_ && negotiated->carries(family) && is_asked_for_by_target(family) && member(family) == nullptr;
}

void Neighbour::join(Family family, session::Negotiated const& negotiated) {
  if (!has_table(family)) return;
  members_.push_back(
      instance_.egress().join(group_key(family, negotiated), id_, [this] { instance_.output_ready(*this); }));
}

void Neighbour::memberships_changed() {
  auto const& negotiated = *transport_->session().negotiated();
  for (auto const family : negotiated.families) {
    if (!is_asked_for_by_target(family) || member(family) != nullptr) continue;
    join(family, negotiated);
  }
  regroup();
}

void Neighbour::settle_memberships() {
  if (memberships_) memberships_->touched(instance_.rib(), id_, in_->end_of_rib(rt_membership));
}

void Neighbour::imported() {
  if (!instance_.importing(id_)) to_be_told_again_ = false;
  settle_memberships();
  enforce_limits();
}

void Neighbour::regroup() {
  auto const* negotiated = transport_->session().negotiated();
  for (auto& member : members_) {
    auto const key = group_key(member->group().key().family, *negotiated);
    member = instance_.egress().move(std::move(member), key, [this] { instance_.output_ready(*this); });
    instance_.output_ready(*this);
  }
}

std::optional<rib::Import> Neighbour::import_again(Family family, Prefix const& prefix, rib::Path const& path) {
  if (!in_) return std::nullopt;
  auto import = in_->import_again(family, prefix, path);
  if (import) import->told_again = to_be_told_again_;
  return import;
}

void Neighbour::rest() {
  if (!in_) return;
  in_->rest();
  enforce_limits();
}

// It stays away: until an operator wants it back, or for as long as the configuration says.
void Neighbour::enforce_limits() {
  if (!in_ || config_.prefix_limits.empty()) return;
  auto const warn = [this](std::string const& line) { instance_.log_about(*this, 'w', line); };
  auto const why = limits_.check(config_.prefix_limits, instance_.rib().peer(id_), !instance_.importing(id_), warn);
  if (!why) return;
  if (config_.prefix_limit_restart.count() != 0) return transport_->hold(*why, config_.prefix_limit_restart);
  disabled_ = true;
  transport_->stop(*why);
}

void Neighbour::purged() {
  if (in_) transport_->resume_reading();
}

std::optional<wire::Notification> Neighbour::on_update(Bytes body) {
  ++updates_;
  auto fault = in_->update(body);
  if (!in_sync_told_ && in_->in_sync()) {
    in_sync_told_ = true;
    instance_.peer_in_sync(*this);
  }
  if (instance_.batch_is_full()) transport_->end_slice();
  if (!fault) enforce_limits();
  return fault;
}

void Neighbour::on_updates_done() {
  if (in_ && in_->take_memberships_touched()) settle_memberships();
  rest();
  instance_.changed(std::exchange(updates_, 0));
}

void Neighbour::on_route_refresh(wire::RouteRefresh const& request) {
  auto const& negotiated = *transport_->session().negotiated();
  if (!has_table(request.family) || !negotiated.carries(request.family)) return;
  if (request.subtype == wire::RouteRefresh::begin) return refresh_begins(request.family);
  if (request.subtype == wire::RouteRefresh::end) return refresh_ends(request.family);
  if (auto* const member = find_member(request.family)) member->refresh(negotiated.enhanced_refresh);
}

// RFC 7313 §4
void Neighbour::refresh_begins(Family family) {
  constexpr std::uint8_t graceful_restart = 64;
  auto const restarts = transport_->session().negotiated()->received.capabilities.has_unknown(graceful_restart);
  if (!restarts || in_->end_of_rib(family)) return in_->begin_refresh(family);
  log_refresh('w', ": a refresh of " + family.text() + " before its End-of-RIB is ignored (RFC 7313 §4)");
}

void Neighbour::refresh_ends(Family family) {
  if (!in_->refreshing(family)) return;
  // Nothing may be announced, and no other refresh begin, while what is stale is looked for.
  transport_->pause_reading();
  refreshed_ = {family, instance_.rib().peer(id_).counts[family_index(family)].received};
  instance_.prune(id_);
}

bool Neighbour::is_stale(Family family, rib::SlotId slot, PathId path) const {
  return refreshed_ && refreshed_->family == family && in_->is_stale(family, slot, path);
}

void Neighbour::pruned() {
  if (!refreshed_) return;  // another session
  auto const [family, before] = *std::exchange(refreshed_, std::nullopt);
  in_->end_refresh(family);
  settle_memberships();
  auto const gone = before - instance_.rib().peer(id_).counts[family_index(family)].received;
  if (gone > 0) {
    log_refresh('i', ": " + std::to_string(gone) + " routes of " + family.text() +
                         " that it did not announce again in a refresh are gone (RFC 7313)");
  }
  transport_->resume_reading();
}

void Neighbour::fill(transport::OutputQueue& out, std::size_t budget) {
  instance_.flush();
  slices_.clear();
  for (std::size_t turn = 0; turn < members_.size() && budget > 0; ++turn) {
    auto const filled = members_[next_member_]->fill(slices_, budget);
    next_member_ = next_member_ + 1 == members_.size() ? 0 : next_member_ + 1;
    budget -= std::min(budget, filled);
  }
  for (auto& slice : slices_) out.push(std::move(slice));
  slices_.clear();
  instance_.told();
}

void Neighbour::detach() {
  in_.reset();
  memberships_.reset();
  refreshed_.reset();
  for (auto& member : std::exchange(members_, {})) instance_.egress().leave(std::move(member));
  next_member_ = 0;
  instance_.told();
}

void Neighbour::on_down(session::Down const& down) {
  detach();
  last_end_ = down;
  reason_logged_.clear();
  instance_.peer_down(*this, down.text, is_orderly(down) ? 'i' : 'w');
}

void Neighbour::on_attempt_failed(session::Down const& down) {
  if (down.notification) {
    instance_.log_about(*this, is_orderly(down) ? 'i' : 'w', ": " + down.text);
  } else if (down.cause == session::Cause::connection_lost && !dynamic() && !established()) {
    log_lost(down.text);
  }
  if (dynamic() && !established()) instance_.retire(id_);
}

// It comes again and again as well. Whoever it is, the session goes on.
void Neighbour::on_refused(session::Down const& down) {
  last_refusal_ = down;
  if (down.text != refusal_logged_) {
    refusal_logged_ = down.text;
    instance_.log_about(*this, 'w', ": a connection of it is refused: " + down.text);
  }
  if (dynamic() && !established()) instance_.retire(id_);
}

}  // namespace bgp::engine
