#include "micro/pipeline.h"

#include <algorithm>
#include <stdexcept>

#include "wire/message.h"

namespace bench {
namespace {

constexpr std::size_t kRead = 64 * 1024;
constexpr std::size_t kFill = 256 * 1024;
constexpr std::uint32_t kSweep = 4096;     // slots a pass looks at
constexpr std::size_t kReclaim = 1 << 20;  // vacant slots given back at a time: all
constexpr bgp::Asn kOurAs{65000};
constexpr bgp::RouterId kCluster{0x01010101};

bool is_external(unsigned neighbour) { return neighbour % 4 == 3; }

bgp::rib::PeerInfo peer_info(unsigned neighbour) {
  bgp::rib::PeerInfo info;
  bool const external = is_external(neighbour);
  info.kind = external ? bgp::rib::PeerInfo::Kind::ebgp : bgp::rib::PeerInfo::Kind::ibgp;
  info.client = !external;
  info.cluster_id = kCluster;
  info.router_id = bgp::RouterId{0x0a4d8001 + neighbour};
  info.address = bgp::IpAddress::v4(0x0a4d8001 + neighbour);
  info.as = external ? bgp::Asn{64500} : kOurAs;
  return info;
}

bgp::egress::GroupKey group_key(bgp::rib::PeerInfo const& peer) {
  bgp::egress::GroupKey key;
  key.kind = peer.kind;
  key.client = peer.client;
  key.cluster_id = kCluster;
  key.local_as = kOurAs;
  key.own_next_hop = bgp::IpAddress::v4(0x0a4d0001);
  key.next_hop_self = !peer.client;
  key.filter = bgp::accept_all;
  return key;
}

bgp::rib::ImportPolicy import_policy() {
  bgp::rib::ImportPolicy policy;
  policy.local_as = kOurAs;
  policy.router_id = bgp::RouterId{0x0a4d0001};
  policy.cluster_ids = std::make_shared<std::vector<bgp::RouterId> const>(1, kCluster);
  policy.local_addresses = {bgp::IpAddress::v4(0x0a4d0001)};
  policy.filter = bgp::accept_all;
  return policy;
}

}  // namespace

struct Pipeline::Client {
  bgp::PeerId id;
  std::unique_ptr<bgp::egress::Member> member;
  bgp::rib::AdjRibIn in;
};

Pipeline::Pipeline(unsigned neighbours) : rib_({1}, {}), egress_(rib_) {
  for (unsigned i = 0; i < neighbours; ++i) {
    auto const& peer = rib_.add_peer(peer_info(i));
    bgp::wire::DecodeContext context;
    context.ebgp = is_external(i);
    context.peer_as = peer.as;
    clients_.push_back(std::unique_ptr<Client>(
        new Client{peer.id, egress_.join(group_key(peer), peer.id, [] {}),
                   bgp::rib::AdjRibIn(rib_, peer.id, context, import_policy(), {bgp::ipv4_unicast}, {})}));
  }
  flush();
}

Pipeline::~Pipeline() {
  for (auto& client : clients_) egress_.leave(std::move(client->member));
}

void Pipeline::receive(unsigned from, View messages) {
  clients_[from]->in.look_ahead(messages);
  for (std::size_t read = 0; !messages.empty();) {
    auto const frame = bgp::wire::next_frame(messages);
    if (!frame || !frame.value()) throw std::runtime_error("not a whole message");
    messages = messages.subspan(frame.value()->message.size());
    clients_[from]->in.look_ahead(messages);
    if (clients_[from]->in.update(frame.value()->body)) throw std::runtime_error("an UPDATE that ends the session");
    read += frame.value()->message.size();
    if (read < kRead && !messages.empty()) continue;
    clients_[from]->in.rest();
    flush();
    read = 0;
  }
}

void Pipeline::lose(unsigned neighbour) {
  auto const id = clients_[neighbour]->id;
  auto const is_gone = [id](bgp::rib::SlotId, bgp::PeerId peer, bgp::PathId) { return peer == id; };
  std::uint32_t cursor = 0;
  for (bool done = false; !done;) {
    done = rib_.remove_paths(bgp::ipv4_unicast, cursor, kSweep, is_gone);
    flush();
  }
}

void Pipeline::refresh_all() {
  for (auto const& client : clients_) client->member->refresh(false);
  flush();
}

void Pipeline::flush() {
  egress_.flush();
  for (auto const& client : clients_) {
    while (client->member->has_more()) {
      slices_.clear();
      if (client->member->fill(slices_, kFill) == 0 && slices_.empty()) break;
      for (auto const& slice : slices_) sent_ += slice.length;
    }
  }
  egress_.reclaim(kReclaim);
}

std::size_t Pipeline::memory() const {
  auto const table = rib_.table(bgp::ipv4_unicast).memory();
  return table.paths + table.slots + table.index + rib_.attributes.allocated() + rib_.next_hops.memory();
}

}  // namespace bench
