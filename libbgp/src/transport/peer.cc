#include "transport/peer.h"

#include <atomic>
#include <random>

#include "transport/connection.h"

namespace bgp::transport {
namespace {

constexpr std::array both{session::ConnectionId::first, session::ConnectionId::second};

// A seed per neighbour, so that the timers of many do not march in step.
std::uint64_t make_seed() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return generator();
}

}  // namespace

std::shared_ptr<Peer> Peer::create(std::shared_ptr<Context> context, session::Config config, PeerAddress address,
                                   PeerHandler& handler) {
  return std::shared_ptr<Peer>(new Peer(std::move(context), std::move(config), std::move(address), handler));
}

Peer::Peer(std::shared_ptr<Context> context, session::Config config, PeerAddress address, PeerHandler& handler)
    : context_(std::move(context)),
      address_(std::move(address)),
      handler_(&handler),
      session_(std::move(config), *this, make_seed()),
      timer_(context_->clock().make_timer()) {}

Peer::~Peer() {
  for (auto& connection : connections_) {
    if (connection) connection->close();
  }
}

// ---- administration: every entry from outside keeps the peer alive and ends with the timer in line

void Peer::start() {
  auto const self = shared_from_this();
  session_.start(context_->now());
  rearm();
}

void Peer::configure(session::Config config, PeerAddress address) {
  address_ = address;
  session_.configure(std::move(config));
}

Result<void> Peer::change_ttl() {
  auto* const connection = live();
  return connection == nullptr ? Result<void>() : connection->stream().change_ttl(address_.protection);
}

void Peer::stop(wire::Notification const& why) {
  auto const self = shared_from_this();
  session_.stop(why, context_->now());
  rearm();
}

void Peer::reset(wire::Notification const& why) {
  auto const self = shared_from_this();
  session_.reset(why, context_->now());
  rearm();
}

void Peer::hold(wire::Notification const& why, session::Duration time) {
  auto const self = shared_from_this();
  session_.hold(why, context_->now() + time, context_->now());
  rearm();
}

void Peer::close(wire::Notification const& why) {
  handler_ = nullptr;
  stop(why);
}

void Peer::accept(std::shared_ptr<Stream> stream) {
  auto const self = shared_from_this();
  if (auto const near = stream->protect(address_.protection); !near) return refuse(*stream, near.error().message);
  auto const id = session_.admit(context_->now());
  if (!id) return stream->close();
  adopt(*id, std::move(stream), true);
}

// The session does not hear of it: who is far away must not end what goes on with the neighbour.
void Peer::refuse(Stream& stream, std::string const& why) {
  stream.close();
  if (handler_ == nullptr) return;
  handler_->on_refused(
      {session::Cause::connection_lost, session::State::active, true, std::nullopt, context_->now(), why});
}

void Peer::adopt(Id id, std::shared_ptr<Stream> stream, bool incoming) {
  auto const connection = std::make_shared<Connection>(*this, id, std::move(stream), incoming);
  at(id) = connection;
  session_.connected(id, context_->now());
  connection->start_reading();
  rearm();
}

bool Peer::request_refresh(Family family) {
  auto const self = shared_from_this();
  return session_.request_refresh(family, context_->now());
}

// ---- flow

Connection* Peer::live() const {
  auto const id = session_.established();
  return id ? connections_[static_cast<std::size_t>(*id)].get() : nullptr;
}

void Peer::wake_output(Time now) {
  if (auto* const connection = live()) connection->flush(now);
}

void Peer::pause_reading() {
  reading_paused_ = true;
  session_.interrupt();
}

void Peer::resume_reading() {
  if (!reading_paused_) return;
  reading_paused_ = false;
  for (auto const& connection : connections_) {
    if (connection) connection->resume();
  }
}

bool Peer::output_blocked() const {
  auto const* const connection = live();
  return connection != nullptr && connection->blocked();
}

std::size_t Peer::output_queued() const {
  auto const* const connection = live();
  return connection == nullptr ? 0 : connection->queued();
}

// ---- session::Handler

void Peer::dial(Id id) {
  attempts_[static_cast<std::size_t>(id)] =
      context_->network().dial(address_.remote, address_.local, address_.protection,
                               [weak = weak_from_this(), id](Result<std::shared_ptr<Stream>> result) {
                                 if (auto const self = weak.lock()) self->dialled(id, std::move(result));
                               });
}

void Peer::dialled(Id id, Result<std::shared_ptr<Stream>> result) {
  attempts_[static_cast<std::size_t>(id)].reset();
  if (result) return adopt(id, std::move(result).value(), false);
  session_.failed(id, result.error().message, context_->now());
  rearm();
}

void Peer::send(Id id, Bytes message) {
  if (auto const connection = at(id)) connection->send(message);
}

void Peer::close(Id id) {
  attempts_[static_cast<std::size_t>(id)].reset();
  if (auto const connection = std::exchange(at(id), nullptr)) connection->close();
}

void Peer::established(Id id, session::Negotiated const& negotiated) {
  auto const connection = at(id);
  if (!connection) return;
  connection->on_established();
  if (handler_ != nullptr) {
    handler_->on_established(negotiated, connection->stream().local(), connection->stream().remote());
  }
}

std::optional<wire::Notification> Peer::update(Bytes body) {
  if (handler_ == nullptr) return std::nullopt;
  updates_seen_ = true;
  auto fault = handler_->on_update(body);
  if (context_->now() >= slice_end_) session_.interrupt();
  return fault;
}

void Peer::route_refresh(wire::RouteRefresh const& request) {
  if (handler_ != nullptr) handler_->on_route_refresh(request);
  if (context_->now() >= slice_end_) session_.interrupt();
}

void Peer::down(session::Down const& down) {
  resume_reading();
  if (handler_ != nullptr) handler_->on_down(down);
}

void Peer::attempt_failed(session::Down const& down) {
  if (handler_ != nullptr) handler_->on_attempt_failed(down);
}

// ---- from a Connection

Peer::Received Peer::received(Id id, Bytes bytes, Time now) {
  slice_end_ = now + context_->limits().slice;
  updates_seen_ = false;
  auto const used = session_.receive(id, bytes, now);
  if (updates_seen_ && handler_ != nullptr) handler_->on_updates_done();
  rearm();
  return {used, session_.interrupted()};
}

void Peer::wrote(Id id, std::size_t octets, SentMessages const& messages, Time now) {
  octets_out_ += octets;
  session_.wrote(id, messages, now);
}

void Peer::lost(Id id, std::string_view reason) {
  auto const self = shared_from_this();
  if (auto const connection = std::exchange(at(id), nullptr)) connection->abandon();
  session_.failed(id, reason, context_->now());
  rearm();
}

void Peer::fill(OutputQueue& out, std::size_t budget) {
  if (handler_ != nullptr) handler_->fill(out, budget);
}

// ---- time

// One timer a peer, set anew only for an earlier deadline: most deadlines move away before they come.
void Peer::rearm() {
  auto const next = session_.next_deadline();
  if (next == session::never || next >= armed_) return;
  armed_ = next;
  timer_->arm(next, [weak = weak_from_this()] {
    if (auto const self = weak.lock()) self->on_timer();
  });
}

void Peer::on_timer() {  // whoever calls keeps us alive
  Stopwatch const stopwatch(*context_);
  armed_ = session::never;
  auto const now = context_->now();
  for (auto const id : both) {
    auto const& connection = at(id);
    if (connection && connection->stream().unread() > 0) session_.heard(id, now);
  }
  session_.tick(now);
  rearm();
}

}  // namespace bgp::transport
