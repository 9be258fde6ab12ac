#include "rib/import_filter.h"

#include "wire/attributes.h"

namespace bgp::rib {

namespace {

void prepend(Asn as, AsPath& path) {
  constexpr std::size_t longest_segment = 255;
  auto& segments = path.segments;
  auto const joins = !segments.empty() && segments.front().kind == AsPathSegment::Kind::sequence &&
                     segments.front().asns.size() < longest_segment;
  if (!joins) segments.insert(segments.begin(), AsPathSegment{});
  auto& asns = segments.front().asns;
  asns.insert(asns.begin(), as);
}

}  // namespace

ImportFilter::ImportFilter(Rib& rib, FilterPtr filter, RouteSource source, ImportEdits edits)
    : rib_(rib), filter_(std::move(filter)), source_(source), edits_(edits) {}

bool ImportFilter::change(FilterPtr filter, ImportEdits edits) {
  if (filter == filter_ && edits == edits_) return false;
  forget();
  filter_ = std::move(filter);
  edits_ = edits;
  return true;
}

bool ImportFilter::shuts_down(AttrId received) const {
  return edits_.honour_graceful_shutdown && rib_.attributes[received].summary.graceful_shutdown;
}

bool ImportFilter::passes_untouched(AttrId received) const {
  return filter_ && filter_->accepts_everything() && edits_.prepend.value == 0 && !shuts_down(received);
}

void ImportFilter::forget() {
  if (answer_.effective) rib_.attributes.release(answer_.effective);
  if (received_) rib_.attributes.release(received_);
  answer_ = {};
  received_ = {};
}

void ImportFilter::show(Family family, AttrId received) {
  rib_.attributes.retain(received);
  forget();
  received_ = received;
  family_ = family;
  values_ = rib_.attributes_of(received);
  if (edits_.prepend.value != 0) prepend(edits_.prepend, values_.as_path);
}

Import ImportFilter::judge(Family family, Prefix const& prefix, AttrId received) {
  if (!filter_) {
    return {{}, rib_.rules.number("no import filter (RFC 8212)", RuleBook::Kind::filter)};
  }
  if (passes_untouched(received)) return {received, accepted};
  auto const same_set = received == received_ && family == family_;
  if (same_set && !filter_->asks_for_prefix()) return answer_;
  if (!same_set) show(family, received);
  auto const ebgp = source_.kind == RouteSource::Kind::ebgp;
  auto const verdict = filter_->judge({prefix, values_, source_, ebgp ? source_.as : Asn{}, family});
  Import answer;
  if (!verdict.accept) {
    answer.rule = rib_.rules.number(verdict.rule.empty() ? "import filter" : verdict.rule, RuleBook::Kind::filter);
  } else if (verdict.changed || edits_.prepend.value != 0 || shuts_down(received)) {
    answer = edit(received, verdict);
  } else {
    answer.effective = received;
    rib_.attributes.retain(received);
  }
  if (answer_.effective) rib_.attributes.release(answer_.effective);
  return answer_ = answer;
}

Import ImportFilter::edit(AttrId received, FilterVerdict const& verdict) const {
  auto values = verdict.changed ? *verdict.changed : values_;
  std::string rule = verdict.changed ? verdict.changed_by.empty() ? "import filter" : verdict.changed_by : "";
  auto const add = [&](char const* also) { rule += (rule.empty() ? "" : ", ") + std::string(also); };
  if (edits_.prepend.value != 0) add("local AS (RFC 7705)");
  if (shuts_down(received)) {
    values.local_pref = 0;
    add("graceful shutdown (RFC 8326)");
  }
  return {intern(received, values), rib_.rules.number(rule, RuleBook::Kind::filter)};
}

AttrId ImportFilter::intern(AttrId received, Attributes const& values) const {
  Buffer canonical;
  wire::encode_canonical(values, canonical);
  auto const& set = rib_.attributes[received];
  auto const summary = wire::summarize(canonical);
  if (!is_next_hop_of(family_, values.next_hop)) {
    return rib_.attributes.intern(canonical, set.next_hop, summary, set.nlri_value());
  }
  auto const hop = rib_.next_hops.acquire(values.next_hop, values.link_local_next_hop);
  auto const id = rib_.attributes.intern(canonical, hop, summary, set.nlri_value());
  rib_.next_hops.release(hop);
  return id;
}

}  // namespace bgp::rib
