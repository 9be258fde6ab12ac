// The import filter of one neighbour, asked about its routes: what it changes becomes an attribute set of its own. The
// last question is remembered, so that a run of prefixes with one set is decoded once and, when the filter does not ask
// for prefixes, judged once. Not here: the loop checks, which come before (AdjRibIn). Pure; one thread.
#pragma once

#include "bgp/policy.h"
#include "rib/rib.h"

namespace bgp::rib {

class ImportFilter {
 public:
  /// `filter` may be null: nothing passes (RFC 8212).
  ImportFilter(Rib& rib, FilterPtr filter, RouteSource source);
  ~ImportFilter() { forget(); }
  ImportFilter(ImportFilter const&) = delete;
  ImportFilter& operator=(ImportFilter const&) = delete;

  /// Another filter from now on; the source stays.
  void change(FilterPtr filter);
  [[nodiscard]] bool accepts_everything() const { return filter_ && filter_->accepts_everything(); }
  /// `received` must be held by the caller. The answer holds until the next call.
  [[nodiscard]] Import judge(Prefix const& prefix, AttrId received);
  /// Lets go of the last question, and of the sets it holds.
  void forget();

 private:
  [[nodiscard]] AttrId intern(Prefix const& prefix, AttrId received, Attributes const& values) const;

  Rib& rib_;
  FilterPtr filter_;
  RouteSource const source_;
  // The last question, with references to both sets.
  AttrId received_;
  Family family_;
  Attributes values_;  // of received_
  Import answer_;
};

}  // namespace bgp::rib
