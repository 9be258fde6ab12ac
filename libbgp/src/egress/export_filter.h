// The export filter of an update group, asked about paths that the rules let through (export_rules.h): what it changes
// becomes octets at once, with the edit that export makes after it. The last set is remembered, so that a run of
// prefixes with one set and source is decoded once and, when the filter does not ask for prefixes, judged once. Pure.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "egress/export_rules.h"

namespace bgp::egress {

/// Attributes as a filter left them, in the forms that are needed: as members are told them.
struct Edited {
  Buffer octets;
  ExportedNextHop next_hop;
  Buffer nlri_value = {};  ///< see AttributeSet
  friend auto operator<=>(Edited const&, Edited const&) = default;
};

/// The different ones of a batch, by number from 1, so that what is told alike is packed together.
class EditedSets {
 public:
  std::uint32_t number(Edited edited);
  [[nodiscard]] Edited const& operator[](std::uint32_t number) const { return *sets_[number - 1]; }
  void clear();

 private:
  std::map<Edited, std::uint32_t> numbers_;
  std::vector<Edited const*> sets_;  // in the map
};

class ExportFilter {
 public:
  /// `key` and `rib` must live as long; there must be a filter.
  ExportFilter(GroupKey const& key, rib::Rib const& rib) : key_(key), rib_(rib) {}

  struct Verdict {
    Forbidden forbidden;           ///< the filter's rule, or that what it made does not fit or has no next hop
    std::optional<Edited> edited;  ///< unless the attributes stay
    std::string changed_by;
    // What `edited` was encoded from.
    Buffer canonical = {};
    wire::ExportEdit rules = {};
  };
  /// With what the rules say of its answer.
  [[nodiscard]] Verdict judge(Prefix const& prefix, rib::Path const& path);
  /// Before the sets in the table may have changed.
  void forget() { attributes_ = {}; }

 private:
  void show(rib::Path const& path);
  [[nodiscard]] Verdict edit(rib::Path const& path, FilterVerdict const& verdict) const;

  GroupKey const& key_;
  rib::Rib const& rib_;
  // The last set and source, as the filter sees them, and what forbids them where it changes nothing.
  rib::AttrId attributes_;
  PeerId peer_;
  Attributes values_;
  RouteSource source_;
  Forbidden unchanged_;
};

/// The rules first, then the filter: of a single path, for "explain".
[[nodiscard]] ExportFilter::Verdict judge_export(GroupKey const& key, rib::Rib const& rib, Prefix const& prefix,
                                                 rib::Path const& path);

}  // namespace bgp::egress
