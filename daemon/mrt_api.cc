#include "daemon/mrt_api.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "mgmt/address_text.h"
#include "mrt/write.h"

namespace tern::daemon {

namespace {

using bgp::PeerId;

constexpr std::size_t routes_a_piece = 16, peers_a_piece = 8, octets_a_piece = 4096, most_peers = 0xffff;

std::uint32_t seconds_of(std::chrono::system_clock::time_point time) {
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  return static_cast<std::uint32_t>(seconds > 0 ? seconds : 0);
}

/// First all neighbours, whom the table of peers must name before anything else; then route after route.
class TableStream : public mgmt::Stream {
 public:
  /// `from`: whose routes, one after another, as received from them; none: the Loc-RIB.
  TableStream(mgmt::SpeakerView const& speaker, std::vector<PeerId> from)
      : speaker_(speaker), ids_(speaker.peer_ids()), from_(std::move(from)), received_(!from_.empty()) {
    auto const status = speaker.status();
    index_.collector = status.router_id;
    index_.peers.push_back({status.router_id, bgp::IpAddress::v4(0), status.local_as});  // our own routes
    known_[0] = {0, seconds_of(status.started)};
  }

  bool next(std::string& out) override {
    if (!pending_.empty()) return drain(out);
    if (asked_ < ids_.size()) return ask_peers();
    if (!began_) return begin();
    return routes(out);
  }

 private:
  struct Known {
    std::uint16_t index = 0;
    std::uint32_t since = 0;
  };

  bool ask_peers() {
    for (std::size_t i = 0; i < peers_a_piece && asked_ < ids_.size(); ++i) {
      auto const peer = speaker_.peer(ids_[asked_++]);
      if (!peer || index_.peers.size() == most_peers) continue;
      known_[peer->id.value] = {static_cast<std::uint16_t>(index_.peers.size()), seconds_of(peer->since)};
      index_.peers.push_back({peer->remote_id, peer->address, peer->remote_as});
    }
    return true;
  }

  bool begin() {
    began_ = true;
    mrt::write_peer_index(index_, now_, pending_);
    return open_listing();
  }

  bool open_listing() {
    bgp::RouteQuery query;
    if (received_) {
      if (turn_ == from_.size()) return false;
      query.view = bgp::RouteQuery::View::received;
      query.peer = from_[turn_++];
    }
    listing_ = speaker_.routes(std::move(query));
    return true;
  }

  bool drain(std::string& out) {
    auto const size = std::min(octets_a_piece, pending_.size() - drained_);
    out.append(reinterpret_cast<char const*>(pending_.data()) + drained_, size);
    drained_ += size;
    if (drained_ < pending_.size()) return true;
    pending_.clear();
    drained_ = 0;
    return !finished_;
  }

  bool routes(std::string& out) {
    entries_.clear();
    bool const more = listing_->next(routes_a_piece, entries_);
    for (auto& entry : entries_) {
      if (!paths_.empty() && paths_.front().prefix != entry.prefix) write_paths();
      paths_.push_back(std::move(entry));
    }
    if (!more) {
      write_paths();
      finished_ = !received_ || !open_listing();
    }
    return pending_.empty() ? !finished_ : drain(out);
  }

  /// The paths of one prefix. Those of a neighbour that came after the table of peers was written are left out.
  void write_paths() {
    std::vector<mrt::PathOfPeer> paths;
    for (auto const& path : paths_) {
      auto const known = known_.find(path.peer.value);
      if (known != known_.end()) paths.push_back({known->second.index, known->second.since, &path});
    }
    if (!paths.empty()) mrt::write_rib(sequence_++, paths, now_, pending_);
    paths_.clear();
  }

  mgmt::SpeakerView const& speaker_;
  std::vector<PeerId> const ids_;
  std::vector<PeerId> const from_;
  bool const received_;
  std::uint32_t const now_ = seconds_of(std::chrono::system_clock::now());
  mrt::PeerIndex index_;
  std::map<std::uint32_t, Known> known_;
  std::size_t asked_ = 0;  // of ids_
  std::size_t turn_ = 0;   // of from_
  bool began_ = false, finished_ = false;
  std::uint32_t sequence_ = 0;
  std::unique_ptr<bgp::RouteListing> listing_;
  std::vector<bgp::RouteEntry> entries_;
  std::vector<bgp::RouteEntry> paths_;  // of one prefix, until another one comes
  bgp::Buffer pending_;
  std::size_t drained_ = 0;
};

mgmt::Response dump(mgmt::SpeakerView const& speaker, mgmt::Request const& request) {
  auto const view = request.get("view"), text = request.get("peer");
  if (view != "" && view != "loc-rib" && view != "received") {
    return mgmt::error_response(400, "there is no view '" + view + "'", "write loc-rib or received");
  }
  std::vector<PeerId> from;
  if (!text.empty()) {
    if (view != "received") return mgmt::error_response(400, "'peer' goes with view=received", "add view=received");
    auto const address = mgmt::parse_address(text);
    auto const peer = address ? speaker.find_peer(address->address, address->scope_id) : std::nullopt;
    if (!peer) return mgmt::error_response(404, "there is no neighbour " + text, "'ternctl peers' lists them");
    from = {*peer};
  } else if (view == "received") {
    from = speaker.peer_ids();
    if (from.empty()) return mgmt::error_response(404, "there are no neighbours", "'ternctl peers' lists them");
  }
  mgmt::Response response;
  response.content_type = "application/octet-stream";
  response.stream = std::make_unique<TableStream>(speaker, std::move(from));
  return response;
}

}  // namespace

void serve_mrt(mgmt::Service& service, mgmt::SpeakerView const& speaker) {
  service.handle("GET", "/v1/mrt", {"view", "peer"}, [&](mgmt::Request const& r) { return dump(speaker, r); });
}

}  // namespace tern::daemon
