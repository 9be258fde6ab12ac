#include "config/filter_keys.h"

#include "config/family_names.h"
#include "config/next_hop_keys.h"
#include "config/suggest.h"

namespace tern::config {

namespace {

using bgp::RouteRule;

/// A rule while it is read.
struct Draft {
  RouteRule rule;
  PrefixLists const& lists;
  bool then_given = false;
};

/// One value, or a list of them.
std::vector<Value> one_or_more(Value const& value) {
  if (!value.is_list()) return {value};
  auto values = value.list();
  if (values.empty()) value.problem("is an empty list, which nothing could match", "remove it, or write what is meant");
  return values;
}

/// A library's error has what is wrong and the remedy in one sentence.
void complain(Value const& value, std::string const& message) {
  auto const split = message.rfind(": write ");
  if (split == std::string::npos) return value.problem(message, "correct it");
  value.problem(message.substr(0, split), message.substr(split + 2));
}

template <class T>
void read_parsed(Value const& value, bgp::Result<T> (*parse)(std::string_view), std::vector<T>& out) {
  for (auto const& each : one_or_more(value)) {
    auto const text = each.text();
    if (!text) continue;
    auto parsed = parse(*text);
    if (parsed.ok()) {
      out.push_back(std::move(*parsed));
    } else {
      complain(each, parsed.error().message);
    }
  }
}

template <class Known>
std::string suggestion(std::string const& name, Known const& known, std::vector<std::string> names,
                       std::string const& where) {
  for (auto const& [other, value] : known) names.push_back(other);
  if (auto const meant = closest(name, names)) return "did you mean " + *meant + "?";
  return names.empty() ? "add it under " + where : "write " + one_of(names) + ", or add it under " + where;
}

// ---- Prefix lists

std::shared_ptr<bgp::PrefixList const> read_prefix_list(Value const& value) {
  std::vector<bgp::PrefixList::Entry> entries;
  read_parsed<bgp::PrefixList::Entry>(value, bgp::PrefixList::Entry::parse, entries);
  return std::make_shared<bgp::PrefixList const>(std::move(entries));
}

void read_prefixes(Value const& value, Draft& draft) {
  for (auto const& each : one_or_more(value)) {
    auto const text = each.text();
    if (!text) continue;
    if (text->find('/') != std::string::npos) {
      draft.rule.match.prefixes.push_back(read_prefix_list(each));
    } else if (auto const known = draft.lists.find(*text); known != draft.lists.end()) {
      draft.rule.match.prefixes.push_back(known->second);
    } else {
      each.problem("there is no prefix list '" + *text + "'", suggestion(*text, draft.lists, {}, "prefixLists"));
    }
  }
}

// ---- What a rule asks

/// An address, or a prefix that it lies in.
void read_places(Value const& value, std::vector<bgp::Prefix>& out) {
  for (auto const& each : one_or_more(value)) {
    auto const text = each.text();
    if (!text) continue;
    auto const prefix = text->find('/') != std::string::npos ? each.prefix() : bgp::Prefix::parse(*text);
    if (prefix) {
      out.push_back(*prefix);
    } else if (text->find('/') == std::string::npos) {
      each.problem("'" + *text + "' is no address or prefix", "write for instance 192.0.2.1 or 192.0.2.0/24");
    }
  }
}

std::optional<bgp::Origin> read_origin(Value const& value) {
  static std::vector<std::string> const names = {"igp", "egp", "incomplete"};  // in the order of Origin
  auto const text = value.text();
  if (!text) return std::nullopt;
  auto const found = std::find(names.begin(), names.end(), *text);
  if (found != names.end()) return static_cast<bgp::Origin>(found - names.begin());
  value.problem("'" + *text + "' is no origin", "write " + one_of(names));
  return std::nullopt;
}

void read_from(Value const& value, std::vector<bgp::RouteSource::Kind>& out) {
  static std::vector<std::string> const names = {"local", "ebgp", "ibgp"};  // in the order of Kind
  for (auto const& each : one_or_more(value)) {
    auto const text = each.text();
    if (!text) continue;
    auto const found = std::find(names.begin(), names.end(), *text);
    if (found == names.end()) {
      each.problem("'" + *text + "' is nowhere that routes come from", "write " + one_of(names));
    } else {
      out.push_back(static_cast<bgp::RouteSource::Kind>(found - names.begin()));
    }
  }
}

void read_ases(Value const& value, std::vector<bgp::Asn>& out) {
  for (auto const& each : one_or_more(value)) {
    if (auto const as = each.asn()) out.push_back(*as);
  }
}

std::span<Key<Draft> const> match_keys() {
  static std::vector<Key<Draft>> const keys = {
      {"prefix", read_prefixes},
      {"asPath", [](Value const& v, Draft& d) { read_parsed(v, bgp::AsPathPattern::parse, d.rule.match.as_paths); }},
      {"asPathLength",
       [](Value const& v, Draft& d) { read_parsed(v, bgp::NumberRange::parse, d.rule.match.as_path_length); }},
      {"origin",
       [](Value const& v, Draft& d) {
         for (auto const& each : one_or_more(v)) {
           if (auto const origin = read_origin(each)) d.rule.match.origins.push_back(*origin);
         }
       }},
      {"community",
       [](Value const& v, Draft& d) { read_parsed(v, bgp::CommunityPattern::parse, d.rule.match.communities); }},
      {"allCommunities",
       [](Value const& v, Draft& d) { read_parsed(v, bgp::CommunityPattern::parse, d.rule.match.all_communities); }},
      {"nextHop", [](Value const& v, Draft& d) { read_places(v, d.rule.match.next_hops); }},
      {"peer", [](Value const& v, Draft& d) { read_places(v, d.rule.match.peers); }},
      {"peerAs", [](Value const& v, Draft& d) { read_ases(v, d.rule.match.peer_as); }},
      {"from", [](Value const& v, Draft& d) { read_from(v, d.rule.match.from); }},
      {"family",
       [](Value const& v, Draft& d) {
         for (auto const& each : one_or_more(v)) read_family(each, d.rule.match.families);
       }},
      {"med", [](Value const& v, Draft& d) { read_parsed(v, bgp::NumberRange::parse, d.rule.match.med); }},
      {"localPref", [](Value const& v, Draft& d) { read_parsed(v, bgp::NumberRange::parse, d.rule.match.local_pref); }},
  };
  return keys;
}

// ---- What it changes and decides

constexpr std::uint64_t most = 0xffffffff;
constexpr std::uint64_t most_prepended = 64;

void read_next_hop(Value const& value, bgp::RouteChange& set) {
  auto const text = value.text();
  if (!text) return;
  if (*text == "self") {
    set.next_hop_self = true;
  } else if (auto const address = bgp::IpAddress::parse(*text)) {
    set.next_hop = *address;
    if (!can_be_told(*address)) {
      value.problem(*text + " can be nobody's next hop",
                    "write an address of a router, or self for our own on the session");
    }
  } else {
    value.problem("'" + *text + "' is no next hop", "write an IP address, or self for our own on the session");
  }
}

void read_added(Value const& value, bgp::RouteChange& set) {
  for (auto const& each : one_or_more(value)) {
    std::vector<bgp::CommunityPattern> added;
    read_parsed(each, bgp::CommunityPattern::parse, added);
    if (added.empty()) continue;
    if (!added[0].exact()) {
      each.problem("a community with '*' stands for many, which cannot be added", "write every number of it");
      continue;
    }
    set.add.push_back(std::move(added[0]));
  }
}

void read_prepend(Value const& value, bgp::RouteChange& set) {
  if (value.is_list()) {
    read_ases(value, set.prepend_ases);
  } else {
    set.prepend = static_cast<unsigned>(value.number(1, most_prepended).value_or(0));
  }
}

std::span<Key<Draft> const> set_keys() {
  static std::vector<Key<Draft>> const keys = {
      {"localPref",
       [](Value const& v, Draft& d) {
         if (auto const n = v.number(0, most)) d.rule.set.local_pref = static_cast<std::uint32_t>(*n);
       }},
      {"med",
       [](Value const& v, Draft& d) {
         if (auto const n = v.number(0, most)) d.rule.set.med = static_cast<std::uint32_t>(*n);
       }},
      {"origin", [](Value const& v, Draft& d) { d.rule.set.origin = read_origin(v); }},
      {"nextHop", [](Value const& v, Draft& d) { read_next_hop(v, d.rule.set); }},
      {"removeCommunities",
       [](Value const& v, Draft& d) { read_parsed(v, bgp::CommunityPattern::parse, d.rule.set.remove); }},
      {"addCommunities", [](Value const& v, Draft& d) { read_added(v, d.rule.set); }},
      {"prepend", [](Value const& v, Draft& d) { read_prepend(v, d.rule.set); }},
  };
  return keys;
}

void read_then(Value const& value, Draft& draft) {
  auto const text = value.text();
  draft.then_given = true;
  if (text == "accept") {
    draft.rule.then = RouteRule::Then::accept;
  } else if (text == "reject") {
    draft.rule.then = RouteRule::Then::reject;
  } else if (text) {
    value.problem("'" + *text + "' decides nothing",
                  "write accept or reject, or remove it to go on with the next rule");
  }
}

std::span<Key<Draft> const> rule_keys() {
  static std::vector<Key<Draft>> const keys = {
      {"name", [](Value const& v, Draft& d) { d.rule.name = v.text().value_or(""); }},
      {"match", [](Value const& v, Draft& d) { read_map(v, match_keys(), d); }},
      {"set", [](Value const& v, Draft& d) { read_map(v, set_keys(), d); }},
      {"then", read_then},
  };
  return keys;
}

RouteRule read_rule(Value const& value, PrefixLists const& lists) {
  Draft draft{{}, lists};
  auto const places = read_map(value, rule_keys(), draft);
  auto const sets = places.contains("set");
  if (draft.rule.then == RouteRule::Then::reject && sets) {
    value.problems().add(places.at("set"), "changes a route that the same rule rejects", "remove one of the two");
  }
  if (!sets && !draft.then_given && !places.contains("then")) {
    value.problem("a rule that does nothing", "add set, or then: accept or reject");
  }
  return std::move(draft.rule);
}

NamedFilter read_filter(std::string const& name, Value const& value, PrefixLists const& lists) {
  NamedFilter out;
  std::vector<RouteRule> rules;
  for (auto const& rule : value.list()) {
    rules.push_back(read_rule(rule, lists));
    out.for_export_only |= rules.back().set.next_hop_self;
  }
  out.filter = bgp::route_map(name, std::move(rules));
  return out;
}

bool is_built_in(std::string const& name) { return name == "accept-all" || name == "reject-all"; }

}  // namespace

Filters read_filters(std::vector<Value> const& prefix_lists, std::vector<Value> const& filters) {
  PrefixLists lists;
  for (auto const& map : prefix_lists) {
    for (auto const& [name, value] : map.map()) lists.emplace(name, read_prefix_list(value));
  }
  Filters out;
  for (auto const& map : filters) {
    for (auto const& [name, value] : map.map()) {
      if (is_built_in(name)) value.problem("is built in and always the same", "give yours another name");
      out.emplace(name, read_filter(name, value, lists));
    }
  }
  return out;
}

bgp::FilterPtr find_filter(Value const& value, Filters const& filters, bool import) {
  auto const name = value.text();
  if (!name) return nullptr;
  if (*name == "accept-all") return bgp::accept_all;
  if (*name == "reject-all") return bgp::reject_all;
  auto const known = filters.find(*name);
  if (known == filters.end()) {
    value.problem("there is no filter '" + *name + "'",
                  suggestion(*name, filters, {"accept-all", "reject-all"}, "filters"));
    return nullptr;
  }
  if (import && known->second.for_export_only) {
    value.problem("filter '" + *name + "' sets nextHop: self, which is for export",
                  "write an address there, or use another filter here");
  }
  return known->second.filter;
}

}  // namespace tern::config
