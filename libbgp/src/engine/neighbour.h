// One neighbour, bound together: its transport, its Adj-RIB-In while Established, its places in the update groups.
// The engine's executor only.
#pragma once

#include <memory>

#include "bgp/speaker.h"
#include "egress/egress.h"
#include "engine/memberships.h"
#include "engine/prefix_limits.h"
#include "rib/adj_rib_in.h"
#include "transport/peer.h"

namespace bgp::engine {

class Instance;

class Neighbour final : public transport::PeerHandler {
 public:
  struct Origin {
    bool dynamic = false;  ///< made by a range, and forgotten when its session ends
    unsigned faults = 0;   ///< in a row, of those made for the same source before
  };
  Neighbour(Instance& instance, PeerConfig config, PeerId id, Origin origin);
  /// After detach() only. It may outlive the Instance, in work that was posted and is never done.
  ~Neighbour() override = default;

  [[nodiscard]] PeerId id() const { return id_; }
  [[nodiscard]] PeerConfig const& config() const { return config_; }
  [[nodiscard]] bool dynamic() const { return origin_.dynamic; }
  [[nodiscard]] bool established() const { return in_ != nullptr; }
  [[nodiscard]] bool ebgp() const;
  [[nodiscard]] transport::Peer& transport() { return *transport_; }
  [[nodiscard]] transport::Peer const& transport() const { return *transport_; }
  [[nodiscard]] std::shared_ptr<transport::Peer> const& shared_transport() const { return transport_; }
  /// Null unless Established with this family.
  [[nodiscard]] egress::Member const* member(Family family) const { return find_member(family); }
  /// It is told of this family as soon as it has said what it wants of it.
  [[nodiscard]] bool waits_for_targets(Family family) const;
  [[nodiscard]] rib::AdjRibIn const* adj_rib_in() const { return in_.get(); }
  /// "192.0.2.1", "fe80::1%2"
  [[nodiscard]] std::string name() const;
  [[nodiscard]] IpAddress const& local_address() const { return local_; }
  /// How the last session ended that was Established.
  [[nodiscard]] std::optional<session::Down> const& last_end() const { return last_end_; }
  /// It takes the place of one that ended so.
  void succeed(std::optional<session::Down> const& last_end) { last_end_ = last_end; }
  /// The last connection that was not let in for where it came from.
  [[nodiscard]] std::optional<session::Down> const& last_refusal() const { return last_refusal_; }

  /// Unless it is held down.
  void start();
  /// Held down until enable(): the session, if any, ends with Cease / administrative shutdown.
  void disable(std::string const& text);
  void enable();
  [[nodiscard]] bool disabled() const { return disabled_; }
  struct Consequence {
    bool new_session = false;      ///< `next` is so much another neighbour that no session can stand the change
    bool at_next_session = false;  ///< a part of it waits for that
  };
  [[nodiscard]] Consequence consequence(PeerConfig const& next) const;
  /// Where no new session is needed. True when paths stand in the table that import has to judge again.
  [[nodiscard]] bool reconfigure(PeerConfig next);
  /// One that came by a range is a neighbour of its own from here on.
  void is_named() { origin_ = {}; }
  /// What holds it down, as a neighbour that takes its place should know.
  struct Hold {
    bool disabled = false;
    bool by_file = false;  ///< and not by an operator, or a prefix limit
    std::optional<std::string> shutdown;
  };
  [[nodiscard]] Hold hold() const { return {disabled_, disabled_by_file_, config_.shutdown}; }
  void take_over(Hold const& before);
  /// Asks for its routes again, where it can be asked, and sends ours again; false when it could not be asked.
  bool refresh();
  /// See AdjRibIn; nothing when there is no session.
  [[nodiscard]] std::optional<rib::Import> import_again(Family family, Prefix const& prefix, rib::Path const& path);
  /// The UPDATEs, or the paths, at hand are done.
  void rest();
  /// All that was to be judged again is.
  void imported();
  /// What it did not announce again in the refresh that is over (RFC 7313).
  [[nodiscard]] bool is_stale(Family family, rib::SlotId slot, PathId path) const;
  /// All such are gone: it is read again.
  void pruned();
  /// Out of the groups and the RIB's way, after the transport was closed.
  void detach();
  /// The routes of its previous session are gone: it may be read (again).
  void purged();

  // For the Instance's list of those with something to say.
  bool queued_for_output = false;

  // transport::PeerHandler
  void on_established(session::Negotiated const& negotiated, transport::Endpoint const& local,
                      transport::Endpoint const& remote) override;
  std::optional<wire::Notification> on_update(Bytes body) override;
  void look_ahead(Bytes rest) override {
    if (in_) in_->look_ahead(rest);
  }
  void on_updates_done() override;
  void on_route_refresh(wire::RouteRefresh const& request) override;
  void fill(transport::OutputQueue& out, std::size_t budget) override;
  void on_down(session::Down const& down) override;
  void on_attempt_failed(session::Down const& down) override;
  void on_refused(session::Down const& down) override;

 private:
  [[nodiscard]] session::Config session_config(PeerConfig const& config) const;
  /// What the OPENs of the session have said would do for `next`, too.
  [[nodiscard]] bool agrees_with(PeerConfig const& next, session::Negotiated const& negotiated) const;
  [[nodiscard]] bool reconfigure_session(PeerConfig const& before);
  void follow_shutdown();
  [[nodiscard]] transport::PeerAddress peer_address() const;
  [[nodiscard]] std::vector<IpAddress> our_addresses() const;
  [[nodiscard]] rib::ImportPolicy import_policy() const;
  [[nodiscard]] IpAddress own_next_hop(egress::GroupKey const& key) const;
  [[nodiscard]] egress::GroupKey group_key(Family family, session::Negotiated const& negotiated) const;
  [[nodiscard]] bool honours_graceful_shutdown() const { return ebgp() && config_.honour_graceful_shutdown; }
  [[nodiscard]] egress::Member* find_member(Family family) const;
  void join(Family family, session::Negotiated const& negotiated);
  /// Members go to the groups that config_ and memberships_ ask for now.
  void regroup();
  /// It wants other VPN routes than before, or said for the first time which.
  void memberships_changed();
  void settle_memberships();
  /// Where several paths of a prefix were asked for, and it does not agree.
  void log_single_paths(session::Negotiated const& negotiated, Family family);
  void refresh_begins(Family family);
  void refresh_ends(Family family);
  /// Ends the session that has announced too much. What is accepted is not counted while it is judged again.
  void enforce_limits();
  void log_lost(std::string const& reason);
  void log_refresh(char severity, std::string line);
  void log_fault(wire::Verdict const& verdict, wire::UpdateParts const* parts, Bytes body);

  // Constant after construction, but for what may change of config_.
  Instance& instance_;
  PeerConfig config_;
  PeerId const id_;
  Origin origin_;

  std::shared_ptr<transport::Peer> transport_;
  IpAddress local_;  // of the Established connection
  std::unique_ptr<rib::AdjRibIn> in_;
  std::optional<Memberships> memberships_;                // while Established with rt_membership
  std::vector<std::unique_ptr<egress::Member>> members_;  // one for each family that it is told of
  std::size_t next_member_ = 0;                           // they take turns in fill()
  std::vector<Slice> slices_;                             // scratch of fill()
  std::uint64_t faults_logged_ = 0;
  std::uint64_t refreshes_logged_ = 0;
  PrefixLimits limits_;
  struct Refreshed {
    Family family;
    std::uint64_t routes;  // that it had at the end
  };
  std::optional<Refreshed> refreshed_;  // until what it did not announce again is gone; nothing is read meanwhile
  bool in_sync_told_ = false;           // in this session
  bool to_be_told_again_ = false;       // who hears of its routes, or how, has changed, until all were imported again
  unsigned updates_ = 0;                // of the slice that is read
  std::string reason_logged_;           // why there is no connection, as the log has it last
  std::string refusal_logged_;          // the same of those that came in
  std::optional<session::Down> last_refusal_;
  std::optional<session::Down> last_end_;
  bool disabled_ = false;
  bool disabled_by_file_ = false;  // and not by an operator, or a prefix limit
};

}  // namespace bgp::engine
