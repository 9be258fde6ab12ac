#include "config/node_keys.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "config/suggest.h"

namespace tern::config {

namespace {

using namespace bgp::literals;

unsigned width(bgp::IpAddress const& address) { return address.is_v4() ? 32 : 128; }

bool overlap(bgp::Prefix const& a, bgp::Prefix const& b) { return a.covers(b) || b.covers(a); }

/// Prefixes that never are a network of their own, and what they are.
struct Special {
  bgp::Prefix prefix;
  char const* what;
};

std::vector<Special> const& specials() {
  static std::vector<Special> const all = {
      {"127.0.0.0/8"_pfx, "loopback addresses"},       {"::1/128"_pfx, "the loopback address"},
      {"224.0.0.0/4"_pfx, "multicast addresses"},      {"ff00::/8"_pfx, "multicast addresses"},
      {"169.254.0.0/16"_pfx, "link-local addresses"},  {"fe80::/10"_pfx, "link-local addresses"},
      {"0.0.0.0/8"_pfx, "addresses of \"this host\""}, {"::/128"_pfx, "the unspecified address"},
  };
  return all;
}

/// What `prefix` lies in that nobody else can reach; null when it is good.
char const* unreachable(bgp::Prefix const& prefix) {
  for (auto const& special : specials()) {
    if (special.prefix.covers(prefix)) return special.what;
  }
  return nullptr;
}

void read_name(Value const& value, NodeDraft& draft) {
  auto const name = value.text();
  if (!name) return;
  bool const plain = std::all_of(name->begin(), name->end(), [](unsigned char c) { return c > ' ' && c != 0x7f; });
  if (name->empty() || name->size() > 253 || !plain) {
    value.problem("a node's name has 1 to 253 characters and no spaces", "write for instance node1");
    return;
  }
  draft.node.name = *name;
}

// ---- address

/// "10.0.0.1/24", where the bits past the length are the node's own.
std::optional<NodeAddress> parse_with_length(std::string const& text) {
  auto const slash = text.find('/');
  auto const address = bgp::IpAddress::parse(std::string_view(text).substr(0, slash));
  if (!address || slash == std::string::npos) return std::nullopt;
  unsigned length = 0;
  auto const* const end = text.data() + text.size();
  auto const [stopped, error] = std::from_chars(text.data() + slash + 1, end, length);
  if (error != std::errc{} || stopped != end || length == 0 || length > width(*address)) return std::nullopt;
  return NodeAddress{*address, length};
}

std::string with_length(NodeAddress const& a) { return a.address.text() + "/" + std::to_string(a.length); }

/// All bits past the length are set.
bool is_broadcast(NodeAddress const& a) {
  if (!a.address.is_v4() || a.length >= 31) return false;
  auto const host = 0xffffffffu >> a.length;
  return (a.address.v4_value() & host) == host;
}

/// What is wrong with an address of the node; "" when nothing is.
std::string fault(NodeAddress const& a) {
  if (auto const* what = unreachable({a.address, width(a.address)})) {
    return "other nodes cannot reach " + a.address.text() + ": it is one of the " + what;
  }
  if (a.subnet().address() == a.address && a.length + 1 < width(a.address)) {
    return with_length(a) + " is the subnet itself, not an address in it";
  }
  if (is_broadcast(a)) return with_length(a) + " is the broadcast address of its subnet";
  return "";
}

bool refuse(Value const& value, std::string const& what, std::string const& remedy) {
  value.problem(what, remedy);
  return false;
}

/// False with a problem.
bool read_address(Value const& value, NodeDraft& draft) {
  auto const text = value.text();
  if (!text) return false;
  if (auto const bare = bgp::IpAddress::parse(*text)) {
    return refuse(value, "'" + *text + "' has no length",
                  "add that of the node's subnet, for instance " + *text + (bare->is_v4() ? "/24" : "/64"));
  }
  auto const parsed = parse_with_length(*text);
  if (!parsed) {
    return refuse(value, "'" + *text + "' is no address with a length",
                  "write for instance 10.0.0.1/24 or 2001:db8::1/64");
  }
  if (auto const wrong = fault(*parsed); !wrong.empty()) {
    return refuse(value, wrong, "write the node's own address and the length of its subnet");
  }
  bool const v4 = parsed->address.is_v4();
  if (!address_of(draft.node, v4).is_unset()) {
    return refuse(value, v4 ? "a second IPv4 address" : "a second IPv6 address", "leave one of each family");
  }
  if (parsed->length == width(parsed->address)) {
    draft.warnings.push_back(
        {value.at(), "no other node is in the subnet " + with_length(*parsed) + ", so that CrossSubnet means Always",
         "write the length of the node's subnet, unless that is meant"});
  }
  draft.node.addresses.push_back(*parsed);
  return true;
}

void read_addresses(Value const& value, NodeDraft& draft) {
  if (!value.is_list()) {
    draft.addresses_good = read_address(value, draft);
    return;
  }
  auto const all = value.list();
  draft.addresses_good = !all.empty() || refuse(value, "no address", "write for instance 10.0.0.1/24");
  for (auto const& one : all) draft.addresses_good &= read_address(one, draft);
}

// ---- podCidrs and pools

/// A prefix that can be a pod's or a pool's; otherwise its problem.
std::optional<bgp::Prefix> read_block(Value const& value) {
  auto const prefix = value.prefix();
  if (!prefix) return std::nullopt;
  auto const* what = unreachable(*prefix);
  if (what == nullptr && prefix->length() > 0) return prefix;
  value.problem(what != nullptr ? prefix->text() + " lies within the " + what : prefix->text() + " is everything",
                "write a network of the pods, for instance " +
                    std::string(prefix->address().is_v4() ? "10.244.0.0/16" : "fd00:10:244::/48"));
  return std::nullopt;
}

/// Two that overlap, or are the same.
void report_overlap(bgp::Prefix const& own, Place const& at, bgp::Prefix const& other, Place const& there,
                    Problems& problems) {
  auto const first = "in line " + std::to_string(there.line);
  problems.add(at,
               own == other ? own.text() + " is given twice, first " + first
                            : own.text() + " overlaps " + other.text() + " " + first,
               "remove one of the two");
}

void read_pod_cidr(Value const& value, NodeDraft& draft) {
  auto const block = read_block(value);
  if (!block) return;
  auto& all = draft.node.pod_cidrs;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (overlap(all[i], *block)) {
      return report_overlap(*block, value.at(), all[i], draft.pod_cidr_places[i], value.problems());
    }
  }
  all.push_back(*block);
  draft.pod_cidr_places.push_back(value.at());
}

void read_mode(Value const& value, TunnelMode& out) {
  static std::vector<std::string> const names = {"Never", "Always", "CrossSubnet"};  // in the order of TunnelMode
  auto const name = value.text();
  if (!name) return;
  auto const found = std::find(names.begin(), names.end(), *name);
  if (found != names.end()) {
    out = static_cast<TunnelMode>(found - names.begin());
    return;
  }
  auto const meant = closest(*name, names);
  value.problem("'" + *name + "' is no mode", meant ? "did you mean " + *meant + "?" : "write " + one_of(names));
}

struct PoolDraft {
  Pool pool;
  bool good = false;
};

std::span<Key<PoolDraft> const> pool_keys() {
  static std::vector<Key<PoolDraft>> const keys = {
      {"cidr",
       [](Value const& v, PoolDraft& p) {
         auto const cidr = read_block(v);
         if (cidr) p.pool.cidr = *cidr;
         p.good = cidr.has_value();
       },
       true},
      {"ipip", [](Value const& v, PoolDraft& p) { read_mode(v, p.pool.ipip); }},
      {"vxlan", [](Value const& v, PoolDraft& p) { read_mode(v, p.pool.vxlan); }},
  };
  return keys;
}

void read_pool(Value const& value, NodeDraft& draft) {
  PoolDraft one;
  auto const places = read_map(value, pool_keys(), one);
  auto const& pool = one.pool;
  if (pool.ipip != TunnelMode::never && pool.vxlan != TunnelMode::never) {
    value.problem("packets go through ipip or through vxlan, not both", "remove one of the two");
  }
  if (!one.good) return;
  if (pool.ipip != TunnelMode::never && pool.cidr.address().is_v6()) {
    value.problems().add(places.at("ipip"), "IPIP carries IPv4 only, and " + pool.cidr.text() + " is IPv6",
                         "write vxlan: CrossSubnet or vxlan: Always");
  }
  auto& all = draft.node.pools;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (overlap(all[i].cidr, pool.cidr)) {
      return report_overlap(pool.cidr, places.at("cidr"), all[i].cidr, draft.pool_places[i], value.problems());
    }
  }
  all.push_back(pool);
  draft.pool_places.push_back(places.at("cidr"));
}

// ---- Rules between the keys

void check_tunnels(NodeDraft const& draft, Problems& problems) {
  if (!draft.addresses_good) return;
  for (std::size_t i = 0; i < draft.node.pools.size(); ++i) {
    auto const& pool = draft.node.pools[i];
    bool const tunnel = pool.ipip != TunnelMode::never || pool.vxlan != TunnelMode::never;
    bool const v4 = pool.cidr.address().is_v4();
    if (!tunnel || !address_of(draft.node, v4).is_unset()) continue;
    std::string const family = v4 ? "IPv4" : "IPv6";
    problems.add(draft.pool_places[i],
                 "the tunnels of " + pool.cidr.text() + " begin at an " + family + " address, and the node has none",
                 "add it under address, or remove the pool's mode");
  }
}

void check_pod_cidrs(NodeDraft& draft, bool extended_next_hop, Problems& problems) {
  auto const& node = draft.node;
  for (std::size_t i = 0; i < node.pod_cidrs.size(); ++i) {
    auto const& block = node.pod_cidrs[i];
    bool const v4 = block.address().is_v4();
    if (draft.addresses_good && address_of(node, v4).is_unset() && !(v4 && extended_next_hop)) {
      problems.add(
          draft.pod_cidr_places[i],
          block.text() + " is announced with an " + (v4 ? "IPv4" : "IPv6") + " address of the node, which has none",
          std::string("add it under address, or remove the block") +
              (v4 ? ", or give a neighbour extendedNextHop: true" : ""));
    }
    for (auto const& own : node.addresses) {
      if (!block.covers({own.address, width(own.address)})) continue;
      problems.add(draft.pod_cidr_places[i], block.text() + " contains the node's own address " + own.address.text(),
                   "write the network of the pods");
    }
    auto const within = [&](Pool const& pool) { return pool.cidr.covers(block); };
    if (node.pools.empty() || std::any_of(node.pools.begin(), node.pools.end(), within)) continue;
    draft.warnings.push_back({draft.pod_cidr_places[i], block.text() + " is in none of the pools",
                              "other nodes reach it without a tunnel; add its pool, unless that is meant"});
  }
}

}  // namespace

std::span<Key<NodeDraft> const> node_keys() {
  static std::vector<Key<NodeDraft>> const keys = {
      {"node", read_name, true},
      {"address", read_addresses, true},
      {"podCidrs",
       [](Value const& v, NodeDraft& d) {
         for (auto const& one : v.list()) read_pod_cidr(one, d);
       }},
      {"pools",
       [](Value const& v, NodeDraft& d) {
         for (auto const& one : v.list()) read_pool(one, d);
       }},
  };
  return keys;
}

void check_node(NodeDraft& draft, bool extended_next_hop, Problems& problems) {
  check_tunnels(draft, problems);
  check_pod_cidrs(draft, extended_next_hop, problems);
}

bgp::IpAddress address_of(Node const& node, bool v4) {
  for (auto const& one : node.addresses) {
    if (one.address.is_v4() == v4) return one.address;
  }
  return {};
}

}  // namespace tern::config
