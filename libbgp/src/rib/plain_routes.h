// NLRI that are plain prefixes, cut into batches of keys. Each batch is looked up as soon as it is cut: one after the
// other, and only when it is asked for, each route would wait for memory three times. Views: for as long as the NLRI
// stand, and while no slot is given back.
#pragma once

#include <boost/container/static_vector.hpp>
#include <span>

#include "rib/table.h"
#include "wire/nlri.h"

namespace bgp::rib {

/// A route that an NLRI names.
struct NamedRoute {
  RouteKey key = {};
  PathId path = {};
  Bytes value = {};             ///< what stands beside the key
  std::string_view fault = {};  ///< what its family does not have it as; static text
};

class PlainRoutes {
 public:
  /// `checked` are sound NLRI of the table's family, which `peer` announces or withdraws.
  PlainRoutes(Table const& table, PeerId peer, Bytes checked, bool add_path)
      : table_(table), peer_(peer), reader_(checked, table.family(), add_path) {
    next();
  }
  /// The present batch; empty behind the last.
  [[nodiscard]] std::span<NamedRoute const> batch() const { return batch_; }
  void next() {
    auto const v6 = table_.family().afi == ipv6_unicast.afi;
    batch_.clear();
    while (batch_.size() < batch_.capacity() && !reader_.at_end()) {
      auto& route = batch_.emplace_back();  // filled where it stands: to copy what was just written stalls
      route.key.assign_nlri(reader_.next_octets(), v6);
      route.path = reader_.path_id();
    }
    table_.look_ahead(peer_, batch_.size(), [this](std::size_t i) -> NamedRoute& { return batch_[i]; });
  }

 private:
  Table const& table_;
  PeerId const peer_;
  wire::NlriReader reader_;
  boost::container::static_vector<NamedRoute, Table::most_ahead> batch_;
};

}  // namespace bgp::rib
