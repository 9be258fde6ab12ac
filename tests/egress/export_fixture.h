// A RIB with paths of any kind of source, and the key of one update group: what export rules are asked with.
#pragma once

#include <gtest/gtest.h>

#include "egress/export_filter.h"
#include "egress/packer.h"

namespace bgp::egress {

using Kind = rib::PeerInfo::Kind;

class Export : public ::testing::Test {
 protected:
  Export() {
    hop = rib.next_hops.acquire("192.0.2.9"_ip, {});
    key.cluster_id = RouterId{0x02020202};
    key.local_as = Asn{65000};
    key.own_next_hop = "192.0.2.1"_ip;
    key.filter = accept_all;
  }
  /// A path to no prefix in particular, from a neighbour of its own.
  rib::Path route(Kind kind, bool client, Attributes const& attributes = {}) {
    return route_by(hop, kind, client, attributes);
  }
  rib::Path route_by(rib::NextHopId by, Kind kind, bool client, Attributes const& attributes = {}) {
    rib::PeerInfo info;
    info.kind = kind;
    info.client = client;
    info.cluster_id = RouterId{0x01010101};
    info.router_id = RouterId{7};
    Buffer canonical;
    wire::encode_canonical(attributes, canonical);
    auto const id = rib.attributes.intern(canonical, by, wire::summarize(canonical));
    return {rib.add_peer(info).id, {}, id, id};
  }
  rib::Path route_by(IpAddress const& address, Kind kind, bool client, Attributes const& attributes = {}) {
    return route_by(rib.next_hops.acquire(address, {}), kind, client, attributes);
  }
  /// As members of the group are told.
  Buffer encode(rib::Path const& path) const {
    wire::ExportEdit edit;
    Buffer octets;
    EXPECT_TRUE(encode_attributes(key, rib, path, edit, octets));
    return octets;
  }
  Forbidden ask(rib::Path const& path) const { return judge_export(key, rib, "10.0.0.0/8"_pfx, path).forbidden; }

  rib::Rib rib{{42}, {}};
  rib::NextHopId hop;
  GroupKey key;
};

}  // namespace bgp::egress
