// One case for each counterpart and kind of session. tern-reflector (AS 65000) is in the test's namespace with a BIRD
// that feeds it as its client, the counterpart beyond a cable. Four sessions answer all the cells:
//   signed    over IPv4, with MD5: routes, extended messages, refreshes, its shutdown text, its limit of our prefixes
//   near      over IPv6, with GTSM and roles: routes of both families, our shutdown text
//   several   over IPv4: two paths of a prefix
//   two-octet over IPv4: AS2, our limit of its prefixes, and at last another password
#include "matrix.h"

#include <sstream>

namespace interop::matrix {
namespace {

auto const password = "s3cret", other_password = "S3cret";
auto const net = "203.0.113.0/24", wide_net = "203.0.114.0/24", net6 = "2001:db8:1::/48", far_net = "192.0.2.0/24";
auto const inner_path = "64512 4200000001";
unsigned const limit = 20;

/// What is the same for all of them.
std::string nothing_to_ask(Column column, Kind kind) {
  if (column == Column::role && kind != Kind::ebgp) return "roles are of eBGP";
  if (column == Column::reflection && kind == Kind::ebgp) return "reflection is of iBGP";
  return "";
}

std::uint64_t kernel_counts_unsigned(support::Namespace const* network) {
  std::istringstream file(support::run({"cat", "/proc/net/netstat"}, {.network = network}).output);
  std::uint64_t total = 0;
  for (std::string names, values; std::getline(file, names) && std::getline(file, values);) {
    std::istringstream name(names), value(values);
    for (std::string n, v; name >> n && value >> v;)
      if (n == "TCPMD5NotFound" || n == "TCPMD5Unexpected" || n == "TCPMD5Failure") total += std::stoull(v);
  }
  return total;
}

struct Setting {
  std::string counterpart;
  Kind kind;
};
void PrintTo(Setting const& setting, std::ostream* out) { *out << setting.counterpart << " " << name_of(setting.kind); }

class Matrix : public Interop, public testing::WithParamInterface<Setting> {
 protected:
  void SetUp() override {
    Interop::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    beyond.emplace();
    beyond->join("eth0", {"10.78.0.1/24", "2001:db8:78::1/64", "10.78.0.4/24", "2001:db8:78::4/64"}, "eth0",
                 {"10.78.0.2/24", "2001:db8:78::2/64"});
    support::must_run({"ip", "route", "add", "10.77.0.0/24", "via", "10.78.0.1"}, {.network = &*beyond});
    support::must_run({"ip", "route", "add", "2001:db8:77::/64", "via", "2001:db8:78::1"}, {.network = &*beyond});
  }

  /// A session with what `plan` says but for what it lacks.
  void start(Plan const& wanted) {
    stop();
    plan = wanted;
    plan.gtsm = plan.gtsm && why_not(Column::gtsm).empty();
    plan.role = plan.role && why_not(Column::role).empty();
    if (!why_not(Column::md5).empty()) plan.password.clear();
    plan.other_next_hop = its.ipv6_next_hops;
    tern.emplace(directory_, "tern", support::Arguments{TernDaemon::program("tern-reflector")}, configuration(""));
    run_feeder();
    counterpart = its.start(directory_, plan, *beyond);
    if (plan.kind == Kind::theirs) run_far();
    is_up = comes_up();
    EXPECT_TRUE(is_up) << counterpart->ask(counterpart->up().line);
  }
  void stop() {
    counterpart.reset();
    far.reset();
    feeder.reset();
    tern.reset();
  }
  [[nodiscard]] bool comes_up() const {
    return support::eventually(30s, [&] { return counterpart->shows(counterpart->up()); });
  }

  void reload(std::string const& file) const {
    auto const answer = tern->reload(file);
    EXPECT_NE(answer.find("1 changed"), std::string::npos) << answer;
  }
  void tell(support::Arguments const& line) const { (void)tern->tell(line); }

  /// Our file; `more`: further keys of the counterpart's neighbour.
  [[nodiscard]] std::string configuration(std::string const& more) const {
    std::string const both = "families: [ipv4-unicast, ipv6-unicast], ";
    std::string session = plan.ipv6 ? both : "";
    if (plan.external()) session += "import: accept-all, export: accept-all, ";
    if (plan.kind == Kind::client) session += "reflectorClient: true, ";
    if (plan.gtsm) session += "ttlSecurity: true, ";
    if (plan.role) session += "role: provider, strictRole: true, ";
    if (plan.ipv6) session += plan.other_next_hop ? "extendedNextHop: true, " : "nextHopAddresses: [10.78.0.1], ";
    if (!plan.password.empty()) session += "password: " + plan.password + ", ";
    std::string const several = plan.add_path ? "addPath: {receive: true, send: all}, " : "";
    session += several;
    return "router: {as: 65000, id: 10.77.0.1, clusterId: 1.1.1.1}\napi: {socket: {socket}}\nlisten: [{address: "
           "10.77.0.1}, {address: 10.78.0.1}, {address: \"2001:db8:78::1\"}]\nneighbors:\n  - {address: 10.77.0.3, "
           "remoteAs: 65000, reflectorClient: true, passive: true, " +
           several + both + "extendedMessages: true, extendedNextHop: true}\n  - {address: \"" + plan.it() +
           "\", remoteAs: " + plan.as() + ", connectRetry: 1, localAddress: \"" + plan.us() +
           "\", extendedMessages: true, passive: " + (its.dials ? "true, " : "false, ") + session + more + "}\n";
  }

  /// Our client: what the counterpart hears from us comes from it, and it hears what the counterpart says.
  void run_feeder() {
    std::string const attributes = " blackhole { bgp_path.prepend(4200000001); bgp_path.prepend(64512); ";
    std::string many;
    for (int i = 0; i < 500; ++i) many += "bgp_large_community.add((65000, 1, " + std::to_string(i) + ")); ";
    std::string more = "protocol static more { disabled; ipv4; ";
    for (unsigned i = 0; i < limit; ++i) more += "route 10.200." + std::to_string(i) + ".0/24 blackhole; ";
    more += "}\n";
    std::string const out = "import all; export where source = RTS_STATIC; ";
    if (plan.add_path) more += second(net, "bgp_path.prepend(4200000001); bgp_path.prepend(64512); ");
    BirdSession session{.local = "10.77.0.3"};
    session.options = "enable extended messages on;";
    session.ipv4 = out + (next_hop6() ? "extended next hop on; next hop address 2001:db8:77::3;" : "next hop self;");
    if (plan.add_path) session.ipv4 += " add paths on;";
    session.ipv6 = out + "next hop address 2001:db8:77::3;";
    feeder.emplace(directory_, BirdOptions{.name = "feeder",
                                           .id = "10.77.0.3",
                                           .sessions = {session},
                                           .routes = std::string("route ") + net + attributes + "}; route " + wide_net +
                                                     attributes + many + "};",
                                           .routes6 = std::string("route ") + net6 + attributes + "};",
                                           .extra = more});
  }
  /// The other client of a counterpart that reflects. FRR's bgpd 8.4.4 dies of a route of more than 4,096 octets when
  /// it is to tell it one that does not take extended messages: so this one does.
  void run_far() {
    std::string const out = "import all; export where source = RTS_STATIC; ";
    BirdSession session{
        .local = far_client, .neighbour = "10.78.0.2", .options = "direct; enable extended messages on;"};
    session.ipv4 = out + "gateway recursive; next hop self;";
    if (plan.add_path) session.ipv4 += " add paths on;";
    session.ipv6 = out + "gateway recursive; next hop address 2001:db8:78::4;";
    far.emplace(directory_, BirdOptions{.name = "far",
                                        .id = far_client,
                                        .sessions = {session},
                                        .routes = std::string("route ") + far_net + " blackhole;",
                                        .extra = plan.add_path ? second(far_net, "") : ""});
  }
  /// A BIRD's second route of a prefix, an AS further than that which `prepend` makes.
  [[nodiscard]] static std::string second(std::string const& prefix, std::string const& prepend) {
    return "protocol static second { ipv4; route " + prefix + " blackhole { " + prepend +
           "bgp_path.prepend(64513); }; }\n";
  }

  [[nodiscard]] bool next_hop6() const { return plan.ipv6 && plan.other_next_hop; }
  [[nodiscard]] std::string path() const { return (plan.external() ? "65000 " : "") + std::string(inner_path); }
  [[nodiscard]] std::string next_hop() const {
    if (next_hop6()) return next_hop_of_ipv6();
    return plan.external() ? "10.78.0.1" : "10.77.0.3";
  }
  [[nodiscard]] std::string next_hop_of_ipv6() const { return plan.external() ? "2001:db8:78::1" : "2001:db8:77::3"; }
  /// The feeder has a route of the counterpart with this next hop (the first of two, where it says two).
  [[nodiscard]] bool feeder_has(std::string const& prefix, std::string const& hop) const {
    return support::eventually(patience, [&] {
      auto const route = feeder->route(prefix);
      return route && route->contains("next_hop") && (route->at("next_hop") + " ").find(hop + " ") == 0;
    });
  }
  /// Our log: a last error is soon followed by that of the next attempt.
  [[nodiscard]] bool we_log(std::string const& text) const {
    return support::eventually(
        patience, [&] { return const_cast<TernDaemon&>(*tern).process().output().find(text) != std::string::npos; });
  }

  // ---- Cells

  [[nodiscard]] std::string why_not(Column column) const {
    auto const general = nothing_to_ask(column, plan.kind);
    return general.empty() ? its.lacks(column, plan.kind) : general;
  }
  /// The cell of `column`: whether the counterpart comes to answer so, after `before` and with `also`.
  template <typename Also>
  void judge(Column column, Question const& question, Also also) {
    auto& cell = row.cells[column];
    auto const known = its.faults(plan, column);
    if (!known.why.empty()) return judge_known(cell, known, question, also);
    bool const shown = is_up && support::eventually(patience, [&] { return counterpart->shows(question); });
    bool const good = shown && also();
    cell = {good ? "ok" : "fault", good ? "" : "not understood yet", ""};
    for (auto const& text : question.texts) cell.seen += (cell.seen.empty() ? "`" : " … `") + text + "`";
    cell.seen = "`" + question.line + "`: " + cell.seen;
    if (good) return;
    ADD_FAILURE() << heading(column) << (shown ? ": it says so, but others do not" : "") << "\nwanted: " << cell.seen
                  << "\nshown: " << counterpart->ask(question.line) << "\nours: " << tern->tell({"peers", plan.it()})
                  << tern->tell({"explain", their_routes[0]}) << "\nthe feeder: " << text(feeder->route(far_net))
                  << "\nfar: " << (far ? text(far->route(net)) : "");
  }
  void judge(Column column, Question const& question) {
    judge(column, question, [] { return true; });
  }
  /// A cell that cannot be good, as long as that is so.
  template <typename Also>
  void judge_known(Cell& cell, Known const& known, Question const& question, Also also) {
    bool const seen = support::eventually(patience, [&] { return counterpart->shows(known.seen); });
    patience = 2s;  // for what is not expected
    bool const good = seen && counterpart->shows(question) && also();
    patience = 10s;
    cell = {"fault", known.why, ""};
    EXPECT_TRUE(seen && !good) << "no more: " << known.why << "\n" << counterpart->ask(known.seen.line);
  }
  /// Whether there is something to ask; else the cell says why not.
  bool applies(Column column) {
    auto const why = why_not(column);
    if (!why.empty()) row.cells[column] = {"empty", why, ""};
    return why.empty();
  }

  void routes_over_ipv4();
  void refreshes();
  void its_shutdown_text();
  void its_limit();
  void routes_over_ipv6();
  void our_shutdown_text();
  void several_paths();
  void two_octets();
  void our_limit();
  void another_password();

  Make const& its = make(GetParam().counterpart);
  Plan plan;
  Row row;
  bool is_up = false;
  std::chrono::seconds patience{10};
  std::optional<support::Namespace> beyond;
  std::optional<TernDaemon> tern;
  std::optional<Bird> feeder, far;
  std::unique_ptr<Counterpart> counterpart;
};

// ---- signed

void Matrix::routes_over_ipv4() {
  if (applies(Column::md5)) judge(Column::md5, counterpart->up());
  judge(Column::ipv4, counterpart->route(net, path(), next_hop()),
        [&] { return feeder_has(their_routes[0], "10.78.0.2"); });
  judge(Column::as4, counterpart->route(net, path(), next_hop()));
  if (applies(Column::reflection)) {
    // Where it reflects, what it reflects to us has gone through two clusters when the feeder has it.
    judge(Column::reflection, counterpart->reflected(net, "10.77.0.3", "1.1.1.1"), [&] {
      if (plan.kind != Kind::theirs) return true;
      auto const wanted = std::string("1.1.1.1 ") + their_cluster;
      return support::eventually(patience, [&] {
        auto const to_us = feeder->route(far_net);
        return to_us && to_us->contains("cluster_list") && to_us->at("cluster_list") == wanted && far->route(net);
      });
    });
  }
  if (applies(Column::extended)) judge(Column::extended, counterpart->large_community(wide_net, "65000:1:499"));
}

void Matrix::refreshes() {
  auto const before = counterpart->updates();
  if (applies(Column::their_refresh)) {
    counterpart->ask(counterpart->ask_for_routes());
    judge(Column::their_refresh, counterpart->refresh_sent(),
          [&] { return support::eventually(patience, [&] { return counterpart->updates() > before; }); });
  }
  auto const ours = tern->peer(plan.it(), {"messages", "received", "update"});
  if (applies(Column::our_refresh)) {
    tell({"neighbor", "refresh", plan.it()});
    judge(Column::our_refresh, counterpart->refresh_received(), [&] {
      return support::eventually(patience, [&] {
        return tern->peer(plan.it(), {"messages", "received", "update"}) != ours;
      });
    });
  }
}

void Matrix::its_shutdown_text() {
  if (!applies(Column::their_text)) return;
  counterpart->ask(counterpart->shut_down("new-cable"));
  judge(Column::their_text, counterpart->has_shut_down("new-cable"), [&] { return we_log("new-cable"); });
  counterpart->ask(counterpart->start_again());
  is_up = comes_up();
}

void Matrix::its_limit() {
  if (!applies(Column::their_limit)) return;
  feeder->command("enable more");
  judge(Column::their_limit, counterpart->limit_exceeded(), [&] { return we_log("Maximum Number of Prefixes"); });
}

// ---- near

void Matrix::routes_over_ipv6() {
  if (applies(Column::gtsm)) judge(Column::gtsm, counterpart->up());
  if (applies(Column::role)) judge(Column::role, counterpart->role());
  if (applies(Column::ipv6))
    judge(Column::ipv6, counterpart->route(net6, path(), next_hop_of_ipv6()),
          [&] { return feeder_has(their_route6, "2001:db8:78::2"); });
  if (applies(Column::ipv4_over_ipv6))
    judge(Column::ipv4_over_ipv6, counterpart->route(net, path(), next_hop()),
          [&] { return feeder_has(their_routes[0], next_hop6() ? "2001:db8:78::2" : "10.78.0.2"); });
}

void Matrix::our_shutdown_text() {
  tell({"neighbor", "down", plan.it(), "--text", "new-rack"});
  if (applies(Column::our_text)) judge(Column::our_text, counterpart->told("new-rack"));
}

// ---- several

void Matrix::several_paths() {
  if (!applies(Column::add_path)) return;
  auto const as = plan.external() ? "65000 " : "";
  judge(Column::add_path, counterpart->two_paths(net, path(), std::string(as) + "64513 " + std::string(inner_path)),
        [&] {
          if (plan.kind != Kind::theirs) return true;
          return support::eventually(patience, [&] { return feeder->paths(far_net) == 2; });
        });
}

// ---- two-octet

void Matrix::two_octets() {
  if (applies(Column::as2))
    judge(Column::as2, counterpart->route(net, path(), next_hop()),
          [&] { return feeder_has(their_routes[0], "10.78.0.2"); });
}

void Matrix::our_limit() {
  if (!applies(Column::our_limit)) return;
  reload(configuration("maximumPrefixes: {ipv4-unicast: 1}"));
  judge(Column::our_limit, counterpart->told_of_limit());
}

/// Never up, although it tries: segments of one are dropped by the kernel of the other.
void Matrix::another_password() {
  if (!applies(Column::wrong_md5)) return;
  plan.password = other_password;
  reload(configuration(""));
  tell({"neighbor", "up", plan.it()});
  counterpart->ask(counterpart->start_again());
  auto const dropped = [&] { return kernel_counts_unsigned(nullptr) + kernel_counts_unsigned(&*beyond); };
  auto const before = dropped();
  bool came_up = false;
  bool const tried = support::eventually(30s, [&] {
    came_up = came_up || counterpart->shows(counterpart->up());
    return dropped() >= before + 2;
  });
  bool const good = tried && !came_up && !counterpart->shows(counterpart->up());
  EXPECT_TRUE(good) << "tried: " << tried << counterpart->ask(counterpart->up().line);
  row.cells[Column::wrong_md5] = {good ? "ok" : "fault", "",
                                  "`" + counterpart->up().line + "`: not `" + counterpart->up().texts[0] +
                                      "`, while the kernel drops its segments"};
}

TEST_P(Matrix, IsAsTheCounterpartSays) {
  auto programs = its.programs;
  programs.emplace_back("bird");
  if (!need(programs)) return;
  plan.kind = GetParam().kind;
  row.version = words(support::run(its.version).output);
  row.version = row.version.substr(0, row.version.find(" Copyright"));
  start({.kind = plan.kind, .password = password, .limit = limit});
  routes_over_ipv4();
  refreshes();
  its_shutdown_text();
  its_limit();
  start({.kind = plan.kind, .ipv6 = true, .gtsm = true, .role = true});
  routes_over_ipv6();
  our_shutdown_text();
  start({.kind = plan.kind, .add_path = true});
  several_paths();
  start({.kind = plan.kind, .password = password, .as2 = true});
  two_octets();
  our_limit();
  another_password();
  write(row, file_of(GetParam().counterpart, GetParam().kind));
}

std::vector<Setting> everything() {
  std::vector<Setting> out;
  for (auto const& counterpart : all_counterparts)
    for (auto const kind : all_kinds) out.push_back({counterpart, kind});
  return out;
}

std::string name_of_case(testing::TestParamInfo<Setting> const& info) {
  return info.param.counterpart + "_" + name_of(info.param.kind);
}

INSTANTIATE_TEST_SUITE_P(Interop, Matrix, testing::ValuesIn(everything()), name_of_case);

}  // namespace
}  // namespace interop::matrix
