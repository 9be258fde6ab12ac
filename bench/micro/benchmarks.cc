// tern-micro: what the steps on a route's way cost, one by one (Google Benchmark). "allocs" are those of one UPDATE or
// one route. The tables are generated and the same every time.
#include <benchmark/benchmark.h>

#include "egress/packer.h"
#include "kit/table.h"
#include "micro/allocations.h"
#include "micro/pipeline.h"
#include "wire/message.h"
#include "wire/nlri.h"

namespace {

using bgp::ipv4_unicast;
using bgp::rib::Rib;

constexpr std::uint32_t kRoutes = 100'000;

struct Feed {
  bench::Table table{{.routes = kRoutes}};
  bench::Bytes messages = table.updates({}, 0, table.sets());
  std::vector<bgp::Bytes> bodies;

  Feed() {
    for (bgp::Bytes left = messages; !left.empty();) {
      auto const frame = bgp::wire::next_frame(left);
      bodies.push_back(frame.value()->body);
      left = left.subspan(frame.value()->message.size());
    }
  }
};
Feed const& feed() {
  static Feed const one;
  return one;
}

// Of the table, by slot: in ascending order but for the lengths.
std::vector<bgp::Prefix> const& prefixes() {
  static auto const all = [] {
    std::vector<bgp::Prefix> out;
    for (std::uint32_t slot = 0; slot < kRoutes; ++slot) {
      auto const prefix = feed().table.prefix(slot);
      out.push_back({bgp::IpAddress::v4(prefix.address), prefix.length});
    }
    return out;
  }();
  return all;
}

// The attributes of all sets of the table, without next hops.
std::vector<bgp::wire::DecodedAttributes> const& decoded() {
  static auto const all = [] {
    std::vector<bgp::wire::DecodedAttributes> out;
    bgp::Buffer scratch;
    for (auto const body : feed().bodies) {
      out.push_back(bgp::wire::decode_attributes(bgp::wire::cut_update(body, {}, scratch).value().rest, {}));
    }
    return out;
  }();
  return all;
}

// What each iteration asks of the heap, but for what is prepared in between.
class Count {
 public:
  explicit Count(benchmark::State& state) : state_(state) {}
  ~Count() {
    auto const all = bench::allocations() - before_ - aside_;
    state_.counters["allocs"] = static_cast<double>(all) / static_cast<double>(state_.iterations());
    state_.SetItemsProcessed(static_cast<std::int64_t>(state_.iterations()));
  }
  template <class Prepare>
  void aside(Prepare prepare) {
    state_.PauseTiming();
    auto const before = bench::allocations();
    prepare();
    aside_ += bench::allocations() - before;
    state_.ResumeTiming();
  }

 private:
  benchmark::State& state_;
  std::uint64_t const before_ = bench::allocations();
  std::uint64_t aside_ = 0;
};

// ---- wire

void decode_update(benchmark::State& state) {
  bgp::Buffer scratch;
  auto body = feed().bodies.begin();
  Count const count(state);
  for (auto _ : state) {
    auto const cut = bgp::wire::cut_update(*body, {}, scratch);
    benchmark::DoNotOptimize(bgp::wire::decode_attributes(cut.value().rest, {}));
    if (++body == feed().bodies.end()) body = feed().bodies.begin();
  }
}
BENCHMARK(decode_update);

void cut_update(benchmark::State& state) {
  bgp::Buffer scratch;
  auto body = feed().bodies.begin();
  Count const count(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(bgp::wire::cut_update(*body, {}, scratch));
    if (++body == feed().bodies.end()) body = feed().bodies.begin();
  }
}
BENCHMARK(cut_update);

// ---- rib

// A RIB in which every set of the table is interned, with the neighbours that the benchmarks need.
struct Filled {
  Rib rib{{1}, {}};
  std::vector<bgp::rib::AttrId> sets;
  std::vector<bgp::PeerId> peers;
  bgp::rib::NextHopId next_hop = rib.next_hops.acquire(bgp::IpAddress::v4(0x0a4e0001), {});

  explicit Filled(unsigned neighbours = 1) {
    for (auto const& set : decoded()) sets.push_back(rib.attributes.intern(set.canonical, next_hop, set.summary));
    for (unsigned i = 0; i < neighbours; ++i) {
      bgp::rib::PeerInfo info;
      info.kind = bgp::rib::PeerInfo::Kind::ibgp;
      info.router_id = bgp::RouterId{1 + i};
      info.address = bgp::IpAddress::v4(0x0a4d8001 + i);
      peers.push_back(rib.add_peer(info).id);
    }
  }
  void announce(std::uint32_t slot, std::uint32_t set, unsigned peer = 0) {
    rib.announce(ipv4_unicast, peers[peer], prefixes()[slot], {}, sets[set], bgp::rib::accepted);
  }
  void announce_all() {
    for (std::uint32_t slot = 0; slot < kRoutes; ++slot) announce(slot, feed().table.set_of(slot));
    forget_changes();
  }
  void forget_changes() { rib.take_changes(ipv4_unicast, changes); }
  std::vector<bgp::rib::Change> changes;
};

void intern_hit(benchmark::State& state) {
  Filled filled;
  std::size_t next = 0;
  Count const count(state);
  for (auto _ : state) {
    auto const& set = decoded()[next];
    auto const id = filled.rib.attributes.intern(set.canonical, filled.next_hop, set.summary);
    filled.rib.attributes.release(id);
    if (++next == decoded().size()) next = 0;
  }
}
BENCHMARK(intern_hit);

void intern_miss(benchmark::State& state) {
  Filled filled;
  auto const other = filled.rib.next_hops.acquire(bgp::IpAddress::v4(0x0a4e0002), {});
  std::size_t next = 0;
  Count const count(state);
  for (auto _ : state) {
    auto const& set = decoded()[next];
    filled.rib.attributes.release(filled.rib.attributes.intern(set.canonical, other, set.summary));
    if (++next == decoded().size()) next = 0;
  }
}
BENCHMARK(intern_miss);

void decide(benchmark::State& state) {
  auto const paths = static_cast<unsigned>(state.range(0));
  Filled filled(paths);
  std::vector<bgp::rib::Candidate> candidates;
  for (unsigned i = 0; i < paths; ++i) {
    auto const& set = filled.rib.attributes[filled.sets[i]];
    candidates.push_back({&set.summary, &filled.rib.peer(filled.peers[i]), 0, {}});
  }
  Count const count(state);
  for (auto _ : state) benchmark::DoNotOptimize(bgp::rib::choose_best(candidates, {}));
}
BENCHMARK(decide)->Arg(1)->Arg(8)->Arg(64);

void insert_route(benchmark::State& state) {
  auto filled = std::make_unique<Filled>();
  std::uint32_t next = 0;
  Count count(state);
  for (auto _ : state) {
    filled->announce(next, feed().table.set_of(next));
    if (++next < kRoutes) continue;
    count.aside([&] { filled = std::make_unique<Filled>(); });
    next = 0;
  }
}
BENCHMARK(insert_route);

void replace_route(benchmark::State& state) {
  Filled filled;
  filled.announce_all();
  bench::Random random(1);
  Count const count(state);
  for (auto _ : state) {
    auto const slot = random.below(kRoutes);
    filled.announce(slot, random.below(static_cast<std::uint32_t>(filled.sets.size())));
    if (filled.rib.pending_changes(ipv4_unicast) >= 8192) filled.forget_changes();
  }
}
BENCHMARK(replace_route);

void remove_route(benchmark::State& state) {
  auto filled = std::make_unique<Filled>();
  filled->announce_all();
  std::uint32_t next = 0;
  Count count(state);
  for (auto _ : state) {
    filled->rib.withdraw(ipv4_unicast, filled->peers[0], prefixes()[next], {});
    if (++next < kRoutes) continue;
    count.aside([&] {
      filled = std::make_unique<Filled>();
      filled->announce_all();
    });
    next = 0;
  }
}
BENCHMARK(remove_route);

// ---- egress

bgp::egress::GroupKey client_key() {
  bgp::egress::GroupKey key;
  key.client = true;
  key.cluster_id = bgp::RouterId{0x01010101};
  key.local_as = bgp::Asn{65000};
  key.filter = bgp::accept_all;
  return key;
}

void encode_attributes(benchmark::State& state) {
  Filled filled;
  auto const key = client_key();
  bgp::Buffer out;
  std::size_t next = 0;
  bgp::rib::Path path;
  path.peer = filled.peers[0];
  Count const count(state);
  for (auto _ : state) {
    out.clear();
    path.received = path.effective = filled.sets[next];
    auto edit = bgp::egress::export_edit(key, filled.rib, path);
    benchmark::DoNotOptimize(bgp::egress::encode_attributes(key, filled.rib, path, edit, out));
    if (++next == filled.sets.size()) next = 0;
  }
}
BENCHMARK(encode_attributes);

// So many prefixes of one attribute set into messages.
void pack(benchmark::State& state) {
  Filled filled;
  filled.announce_all();
  auto const key = client_key();
  auto const& path = filled.rib.table(ipv4_unicast).path(0);
  std::vector<bgp::egress::Nlri> nlri;
  for (std::uint32_t i = 0; i < state.range(0); ++i) nlri.push_back({bgp::rib::SlotId{i}});
  bgp::Buffer attributes, out;
  auto edit = bgp::egress::export_edit(key, filled.rib, path);
  if (!bgp::egress::encode_attributes(key, filled.rib, path, edit, attributes)) state.SkipWithError("too long");
  Count const count(state);
  for (auto _ : state) {
    out.clear();
    bgp::egress::pack_announcements(key, filled.rib, path, attributes, nlri, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(pack)->Arg(1)->Arg(6)->Arg(1000);

// ---- The whole way, without sockets: an UPDATE to one receiver.

// An iteration is the whole feed, an item an UPDATE.
void whole_way(benchmark::State& state, bool known) {
  auto const& messages = feed().messages;
  auto const updates = static_cast<double>(feed().bodies.size());
  auto pipeline = std::make_unique<bench::Pipeline>(2);
  if (known) pipeline->receive(0, messages);
  {
    Count count(state);
    for (auto _ : state) {
      pipeline->receive(0, messages);
      if (!known) count.aside([&] { pipeline = std::make_unique<bench::Pipeline>(2); });
    }
  }
  state.counters["allocs"] = state.counters["allocs"] / updates;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(updates));
}
BENCHMARK_CAPTURE(whole_way, new_routes, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole_way, same_again, true)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
