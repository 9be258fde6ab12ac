#include "rib/import_filter.h"

#include "wire/attributes.h"

namespace bgp::rib {

ImportFilter::ImportFilter(Rib& rib, FilterPtr filter, RouteSource source)
    : rib_(rib), filter_(std::move(filter)), source_(source) {}

void ImportFilter::change(FilterPtr filter) {
  forget();
  filter_ = std::move(filter);
}

void ImportFilter::forget() {
  if (answer_.effective) rib_.attributes.release(answer_.effective);
  if (received_) rib_.attributes.release(received_);
  answer_ = {};
  received_ = {};
}

Import ImportFilter::judge(Prefix const& prefix, AttrId received) {
  if (!filter_) {
    auto const rule = rib_.rules.number("no import filter (RFC 8212)");
    return {received, rule, rule};
  }
  if (accepts_everything()) return {received, accepted, accepted};
  auto const same_set = received == received_ && prefix.family() == family_;
  if (same_set && !filter_->asks_for_prefix()) return answer_;
  if (!same_set) {
    rib_.attributes.retain(received);
    forget();
    received_ = received;
    family_ = prefix.family();
    values_ = rib_.attributes_of(received);
  }
  auto const ebgp = source_.kind == RouteSource::Kind::ebgp;
  auto const verdict = filter_->judge({prefix, values_, source_, ebgp ? source_.as : Asn{}});
  Import answer{received, accepted, accepted};
  auto const edited = verdict.accept && verdict.changed;
  if (!verdict.accept) {
    answer.refused_by = answer.filter_rule = rib_.rules.number(verdict.rule.empty() ? "import filter" : verdict.rule);
  } else if (edited) {
    answer.filter_rule = rib_.rules.number(verdict.changed_by.empty() ? "import filter" : verdict.changed_by);
    answer.effective = intern(prefix, received, *verdict.changed);
  }
  if (!edited) rib_.attributes.retain(received);
  if (answer_.effective) rib_.attributes.release(answer_.effective);
  return answer_ = answer;
}

AttrId ImportFilter::intern(Prefix const& prefix, AttrId received, Attributes const& values) const {
  Buffer canonical;
  wire::encode_canonical(values, canonical);
  auto const kept = rib_.attributes[received].next_hop;
  auto const of_family = prefix.family() == ipv4_unicast ? values.next_hop.is_v4() : values.next_hop.is_v6();
  if (!of_family) return rib_.attributes.intern(canonical, kept, wire::summarize(canonical));
  auto const hop = rib_.next_hops.acquire(values.next_hop, values.link_local_next_hop);
  auto const id = rib_.attributes.intern(canonical, hop, wire::summarize(canonical));
  rib_.next_hops.release(hop);
  return id;
}

}  // namespace bgp::rib
