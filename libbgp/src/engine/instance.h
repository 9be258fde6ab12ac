// The engine: one RIB, its egress, the neighbours and listeners that hang off it, and the schedule of the work between
// them. Work is cut into slices: a read slice changes the RIB; the batch of changes is flushed into the update groups
// when all sockets that were ready have been read (or when it grows large); members that got something to say are
// written in turn; passes over the table (routes of a lost neighbour, changed next hops) go a few thousand slots at a
// time. The executor only; callbacks to the user are made from slices of their own, never from within another's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "bgp/speaker.h"
#include "egress/egress.h"
#include "engine/neighbour.h"
#include "engine/pace.h"
#include "engine/passwords.h"
#include "engine/ranges.h"
#include "engine/sources.h"
#include "engine/sweeper.h"
#include "rib/rib.h"
#include "transport/context.h"
#include "transport/listener.h"

namespace bgp::engine {

class RouteFeed;

class Instance final : public std::enable_shared_from_this<Instance>, private transport::PeerDirectory {
 public:
  /// Without `context` a TCP one is made on `executor`.
  Instance(boost::asio::any_io_executor executor, SpeakerConfig config,
           std::shared_ptr<transport::Context> context = nullptr);
  ~Instance() override;

  // What Speaker offers.
  Result<void> start();
  void stop(std::string const& text, std::function<void()> done);
  /// Closes everything without a word; nothing calls back afterwards.
  void shut_down();
  Result<PeerId> add_peer(PeerConfig config);
  Result<void> add_range(RangeConfig config);
  Result<void> remove_peer(PeerId id);
  Result<void> reconfigure(SpeakerConfig next);
  Result<PeerUpdate> update_peer(PeerId id, PeerConfig config);
  Result<RangeUpdate> update_range(RangeConfig config);
  Result<void> remove_range(Prefix const& prefix);
  Result<void> disable_peer(PeerId id, std::string const& text);
  Result<void> enable_peer(PeerId id);
  Result<void> reset_peer(PeerId id, std::string const& text);
  Result<void> refresh_peer(PeerId id);
  Result<void> set_filters(PeerId id, FilterPtr import, FilterPtr export_filter);
  Result<void> set_range_filters(Prefix const& range, FilterPtr import, FilterPtr export_filter);
  [[nodiscard]] std::optional<PeerId> find_peer(IpAddress const& address, std::uint32_t scope_id) const;
  void originate(Prefix const& prefix, Attributes const& attributes);
  void withdraw(Prefix const& prefix);
  void announce_exactly(std::span<Announcement const> routes);
  [[nodiscard]] RouteSubscription on_routes(std::function<void(std::span<RouteEvent const>)> callback);
  [[nodiscard]] Subscription on_peers(std::function<void(PeerEvent const&)> callback);

  // What the rooms' parts share.
  [[nodiscard]] SpeakerConfig const& config() const { return config_; }
  [[nodiscard]] RouterId router_id() const { return router_id_; }
  [[nodiscard]] RouterId cluster_id() const { return config_.cluster_id.value_or(router_id_); }
  /// All of ours, kept up to date.
  [[nodiscard]] std::shared_ptr<std::vector<RouterId> const> cluster_ids() const { return cluster_ids_; }
  [[nodiscard]] rib::Rib& rib() { return rib_; }
  [[nodiscard]] rib::Rib const& rib() const { return rib_; }
  [[nodiscard]] egress::Egress& egress() { return egress_; }
  [[nodiscard]] egress::Egress const& egress() const { return egress_; }
  [[nodiscard]] std::shared_ptr<transport::Context> const& context() const { return context_; }
  [[nodiscard]] std::map<PeerId, std::unique_ptr<Neighbour>> const& neighbours() const { return neighbours_; }
  [[nodiscard]] Neighbour const* neighbour(PeerId id) const;

  // What a neighbour reports.
  /// One that takes VPN routes. Where some ask for them by their targets and some cannot, we ask for every target
  /// (RFC 4684 §4), from then on: those who cannot may go and come again.
  void vpn_neighbour_up(bool asks_by_target);
  void peer_up(Neighbour& neighbour);
  /// Its End-of-RIB has come for every family.
  void peer_in_sync(Neighbour& neighbour);
  void peer_down(Neighbour& neighbour, std::string const& reason, char severity);
  /// A dynamic neighbour has no session any more.
  void retire(PeerId id);
  void log(char severity, std::string line);
  /// "peer ADDRESS" and `text`. Of one dynamic neighbour's address only so many lines a minute are told.
  void log_about(Neighbour const& neighbour, char severity, std::string const& text);

  // The schedule.
  /// The RIB changed, or may have, by so many messages.
  void changed(unsigned messages = 1);
  /// What waits to be told is work enough for a slice: who reads on leaves the rest, but for the UPDATE at hand, to the
  /// next one.
  [[nodiscard]] bool batch_is_full() const;
  /// Takes the changes into the groups now (fill() wants that).
  void flush() { egress_.flush(); }
  void output_ready(Neighbour& neighbour);
  /// Somebody was told something, or need not be told any more: vacant slots may be free now.
  void told();
  [[nodiscard]] bool purging(PeerId id) const { return sweeper_.purging(id); }
  /// Looks for its stale paths, and removes them.
  void prune(PeerId id);
  /// Posts to the executor; nothing happens if this Instance is gone by then.
  void post(std::function<void()> work);

  /// Counters of the schedule.
  struct Load {
    transport::Duration worst_timer_delay{};
  };
  /// What export and the decision know of a neighbour, but for what the session tells.
  void describe(PeerConfig const& config, rib::PeerInfo& out) const;
  [[nodiscard]] bool started_up() const { return started_up_; }
  /// Its paths are being judged again.
  [[nodiscard]] bool importing(PeerId id) const { return sweeper_.importing(id); }
  [[nodiscard]] Load const& load() const { return load_; }
  [[nodiscard]] std::chrono::system_clock::time_point started() const { return started_; }
  /// Those of unicast, and all others that somebody speaks, or spoke.
  [[nodiscard]] std::vector<Family> families_in_use() const;
  /// Octets, about.
  [[nodiscard]] std::size_t own_routes_memory() const;
  [[nodiscard]] std::size_t subscriptions_memory() const;

 private:
  void ask_for_every_target();
  // transport::PeerDirectory
  transport::Admission admission(transport::Endpoint const& remote, transport::Endpoint const& local) override;

  [[nodiscard]] std::vector<transport::Endpoint> endpoints(std::vector<ListenAddress> const& addresses) const;
  /// Fills in what follows from its being a range.
  Result<void> check(RangeConfig& config) const;
  [[nodiscard]] bool is_prefix(Prefix const& prefix);
  transport::Admission admit_dynamic(Ranges::Range& range, Source const& source);
  void log_refused(Ranges::Range& range, Source const& source, std::string const& why);
  Neighbour& make_neighbour(PeerConfig config, Neighbour::Origin origin);
  [[nodiscard]] Neighbour* find_dynamic(Source const& source) const;
  /// It is one of its own from here on, and its session stays.
  Result<PeerId> take_out_of_range(Neighbour& neighbour, PeerConfig config);
  /// Out with Cease `subcode`; `reason` is for the log.
  void erase_neighbour(PeerId id, std::uint8_t subcode = cease_deconfigured,
                       std::string const& reason = "neighbour removed");
  [[nodiscard]] Result<Neighbour*> configured(PeerId id);
  void change_beneath(Neighbour& neighbour, PeerConfig config);
  /// How a session ended that we have just ended with Cease.
  [[nodiscard]] session::Down ended_by(std::uint8_t subcode) const;
  void follow_speaker(std::deque<PeerId> neighbours);
  /// There and nowhere else. Error: one that cannot be bound; then it is as before.
  Result<void> listen_at(std::vector<ListenAddress> const& addresses);
  Result<void> open_listener(transport::Endpoint const& at);
  void take_over(Ranges::Range& range);
  /// A neighbour of another range comes by this one from now on; false where its session cannot stand the difference.
  [[nodiscard]] bool move_to(Neighbour& neighbour, Ranges::Range& range);
  /// The password of those at `from` is asked for by every listener, now and later.
  Result<void> demand_password(Prefix const& from, std::string const& password);
  /// Instead of the one they have; on an error that one stays.
  Result<void> change_password(Prefix const& from, std::string const& password);
  void forget_password(Prefix const& from);
  Result<void> set_key(Prefix const& from, std::string const& password);
  /// Where they have become others, what neighbours have announced may be a loop now, or none any more.
  void note_clusters();
  void import_again(Neighbour const& neighbour);
  void tell(PeerEvent const& event);
  /// Of so much work (Egress::pending_work).
  void schedule_flush(std::size_t work);
  void ask_for_flush(bool brief);
  void end_of_round();
  void output_slice(transport::Time now);
  void sweep_slice();
  void schedule_sweep();
  /// A neighbour as its range says.
  [[nodiscard]] static PeerConfig as_in(Ranges::Range const& range, Neighbour const& neighbour);
  /// These become, in slices, what their range says now; where it is gone, they go.
  void follow(std::vector<PeerId> const& neighbours);
  void follow_slice();
  void follow_one(PeerId id);
  /// A neighbour of a range that is gone does not keep its address from others while it waits for its turn.
  void drop_leftover(Source const& source);
  void reclaim_slice();
  void purge(PeerId id);
  void purge_done(PeerId id);
  void next_hop_changed(IpAddress const& next_hop);
  void probe_timers();

  static constexpr std::uint8_t cease_deconfigured = 3;  // RFC 4486
  static constexpr std::uint8_t cease_configuration = 6;

  // Constant after construction.
  SpeakerConfig config_;
  RouterId router_id_;
  std::shared_ptr<transport::Context> context_;
  std::chrono::system_clock::time_point started_;

  rib::Rib rib_;
  egress::Egress egress_;
  std::map<PeerId, std::unique_ptr<Neighbour>> neighbours_;
  std::map<Source, PeerId> by_address_;
  Ranges ranges_;
  Sources sources_;
  Passwords passwords_;
  std::shared_ptr<std::vector<RouterId>> cluster_ids_;  // never null
  std::set<PeerId> leaving_;                            // removed, but some of their paths still stand
  struct Listening {
    transport::Endpoint at;  ///< as it was asked for
    std::unique_ptr<transport::Listener> listener;
  };
  std::vector<Listening> listeners_;
  std::set<Prefix> originated_;

  std::vector<std::weak_ptr<RouteFeed>> feeds_;
  std::vector<std::weak_ptr<std::function<void(PeerEvent const&)>>> peer_callbacks_;

  Sweeper sweeper_;
  std::deque<PeerId> with_output_;
  bool started_up_ = false;
  std::shared_ptr<std::function<void()>> end_of_round_;
  bool flush_scheduled_ = false;  // it may be the timer that is waited for
  bool flush_due_ = false;
  bool output_alone_ = false;  // the next end of a round is for output
  bool ending_ = false;        // within end_of_round()
  bool sweep_scheduled_ = false;
  bool reclaim_scheduled_ = false;
  std::deque<PeerId> to_follow_;  // of ranges that were changed or removed
  Load load_;
  Pace pace_;
  std::unique_ptr<transport::Timer> flush_timer_;
  std::unique_ptr<transport::Timer> probe_;
  bool some_ask_by_target_ = false, some_cannot_ = false;
  transport::Time probe_at_ = session::never;
};

}  // namespace bgp::engine
