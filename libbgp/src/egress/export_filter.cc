#include "egress/export_filter.h"

#include "wire/as_path.h"

namespace bgp::egress {

using Kind = rib::PeerInfo::Kind;

std::uint32_t EditedSets::number(Edited edited) {
  auto const next = static_cast<std::uint32_t>(sets_.size() + 1);
  auto const [entry, is_new] = numbers_.emplace(std::move(edited), next);
  if (is_new) sets_.push_back(&entry->first);
  return entry->second;
}

void EditedSets::clear() {
  numbers_.clear();
  sets_.clear();
}

// As the neighbour would be told it, so that what the filter leaves alone is what is sent.
void ExportFilter::show(rib::Path const& path) {
  auto const hop = exported_next_hop(key_, rib_, path);
  attributes_ = path.effective;
  peer_ = path.peer;
  values_ = rib_.attributes_of(path.effective);
  values_.next_hop = hop.address;
  values_.link_local_next_hop = hop.link_local;
  auto const edit = export_edit(key_, rib_, path);
  if (edit.remove_med) values_.med.reset();
  if (auto const& rule = edit.private_as; rule.what != PrivateAs::keep) {
    auto const replaces = rule.what == PrivateAs::replace;
    wire::edit_private_as(values_.as_path, rule.but, replaces ? std::optional(rule.instead) : std::nullopt);
  }
  unchanged_ = forbidden_unchanged(key_, rib_, path);
  auto const& source = rib_.peer(path.peer);
  source_ = {RouteSource::Kind::local, source.address, source.as};
  if (source.kind == Kind::ebgp) source_.kind = RouteSource::Kind::ebgp;
  if (source.kind == Kind::ibgp) source_.kind = RouteSource::Kind::ibgp;
}

ExportFilter::Verdict ExportFilter::judge(Prefix const& prefix, rib::Path const& path) {
  if (path.effective != attributes_ || path.peer != peer_) show(path);
  auto const ours = key_.kind == Kind::ebgp ? repeated_as(key_) : Asn{};
  auto const verdict = key_.filter->judge({prefix, values_, source_, ours, key_.family});
  if (!verdict.accept) return {verdict.rule.empty() ? Forbidden{"export filter"} : verdict.rule, {}, {}};
  if (!verdict.changed) return {unchanged_, {}, {}};
  return edit(path, verdict);
}

ExportFilter::Verdict ExportFilter::edit(rib::Path const& path, FilterVerdict const& verdict) const {
  auto const& values = *verdict.changed;
  Verdict out;
  out.changed_by = verdict.changed_by.empty() ? "export filter" : verdict.changed_by;
  Edited edited;
  edited.next_hop = {values.next_hop, values.link_local_next_hop};
  if (values.next_hop.is_unset()) {
    auto const own = ExportedNextHop{key_.own_next_hop, {}};
    edited.next_hop = has_plain_prefixes(key_.family) ? own : exported_next_hop(key_, rib_, path);
  }
  auto const value = rib_.attributes[path.effective].nlri_value();
  edited.nlri_value.assign(value.begin(), value.end());
  auto const& hop = edited.next_hop.address;
  if (hop == values_.next_hop && unchanged_ != too_long) out.forbidden = unchanged_;
  if (out.forbidden.empty() && !takes_next_hop(key_, hop)) {
    out.forbidden = "the export filter's next hop is not of this family";
  }
  if (!out.forbidden.empty()) return out;
  wire::encode_canonical(values, out.canonical);
  out.rules = export_edit(key_, rib_, path);
  out.rules.remove_med = false;  // the source's was not shown: this one is the filter's
  out.rules.private_as = {};     // nor were private ASes: those that stand there now are the filter's
  auto const attribute = key_.family == ipv4_unicast ? hop : IpAddress{};
  if (encode_attributes(key_, out.canonical, attribute, out.rules, edited.octets)) {
    out.edited = std::move(edited);
  } else {
    out.forbidden = too_long;
  }
  return out;
}

ExportFilter::Verdict judge_export(GroupKey const& key, rib::Rib const& rib, Prefix const& prefix,
                                   rib::Path const& path) {
  auto rule = forbidden_by_rules(key, rib, path);
  if (rule.empty() && key.filter->accepts_everything()) rule = forbidden_unchanged(key, rib, path);
  if (!rule.empty() || key.filter->accepts_everything()) return {rule, {}, {}};
  return ExportFilter(key, rib).judge(prefix, path);
}

}  // namespace bgp::egress
