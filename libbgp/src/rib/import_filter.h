// The import filter of one neighbour, asked about its routes: what it changes becomes an attribute set of its own. The
// last question is remembered, so that a run of prefixes with one set is decoded once and, when the filter does not ask
// for prefixes, judged once. Not here: the loop checks, which come before (AdjRibIn). Pure; one thread.
#pragma once

#include "bgp/policy.h"
#include "rib/rib.h"

namespace bgp::rib {

/// What import does to a route beside the filter.
struct ImportEdits {
  Asn prepend = {};                       ///< our local AS, before the filter sees the path (RFC 7705 §3); 0: none
  bool honour_graceful_shutdown = false;  ///< local preference 0, whatever the filter says of it (RFC 8326)
  friend bool operator==(ImportEdits const&, ImportEdits const&) = default;
};

class ImportFilter {
 public:
  /// `filter` may be null: nothing passes (RFC 8212).
  ImportFilter(Rib& rib, FilterPtr filter, RouteSource source, ImportEdits edits = {});
  ~ImportFilter() { forget(); }
  ImportFilter(ImportFilter const&) = delete;
  ImportFilter& operator=(ImportFilter const&) = delete;

  /// Another filter and other edits from now on; the source stays. False when nothing changes.
  [[nodiscard]] bool change(FilterPtr filter, ImportEdits edits);
  /// Nothing happens to a route with these attributes, whatever its prefix.
  [[nodiscard]] bool passes_untouched(AttrId received) const;
  /// `received` must be held by the caller. The answer holds until the next call.
  [[nodiscard]] Import judge(Family family, Prefix const& prefix, AttrId received);
  /// Lets go of the last question, and of the sets it holds.
  void forget();

 private:
  [[nodiscard]] bool shuts_down(AttrId received) const;
  void show(Family family, AttrId received);
  [[nodiscard]] Import edit(AttrId received, FilterVerdict const& verdict) const;
  [[nodiscard]] AttrId intern(AttrId received, Attributes const& values) const;

  Rib& rib_;
  FilterPtr filter_;
  RouteSource const source_;
  ImportEdits edits_;
  // The last question, with references to both sets.
  AttrId received_;
  Family family_;
  Attributes values_;  // of received_, as the filter sees them
  Import answer_;
};

}  // namespace bgp::rib
