// FRR as a counterpart of the matrix.
#include "frr.h"
#include "matrix.h"

namespace interop::matrix {
namespace {

class Frrs : public Counterpart {
 public:
  Frrs(support::TemporaryDirectory const& directory, Plan const& plan, support::Namespace const& network)
      : plan_(plan), frr_(directory, {"counterpart", configuration(plan), &network}) {}
  /// Lines of which the first ones lead to the last have "; " between them.
  std::string ask(std::string const& line) const override {
    if (line == "log") return const_cast<Frr&>(frr_).process().output();
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < line.size();) {
      auto const end = std::min(line.find("; ", from), line.size());
      lines.push_back(line.substr(from, end - from));
      from = end + 2;
    }
    return frr_.commands(lines);
  }
  [[nodiscard]] Question up() const override { return {neighbour(), {"BGP state = Established"}}; }
  [[nodiscard]] Question route(std::string const& prefix, std::string const& path,
                               std::string const& next_hop) const override {
    return {shown(prefix),
            {" " + path + (plan_.kind == Kind::theirs ? ", (Received from a RR-client) " : " ") + next_hop + " ",
             "from " + plan_.us() + " "}};
  }
  [[nodiscard]] Question reflected(std::string const& prefix, std::string const& originator,
                                   std::string const& cluster) const override {
    return {shown(prefix), {"Originator: " + originator + ", Cluster list: " + cluster}};
  }
  [[nodiscard]] Question two_paths(std::string const& prefix, std::string const&, std::string const&) const override {
    return {shown(prefix), {"(2 available", "AddPath ID: RX ", "AddPath ID: RX "}};
  }
  [[nodiscard]] Question large_community(std::string const& prefix, std::string const& last) const override {
    return {shown(prefix), {"Large Community: ", last}};
  }
  // Sent and received. What we send again has a mark at each end (RFC 7313): two of each answer, two and the request of
  // our own refresh, which sends ours again as well.
  [[nodiscard]] Question refresh_received() const override { return {neighbour(), {"Route Refresh: 1 5"}}; }
  [[nodiscard]] Question refresh_sent() const override { return {neighbour(), {"Route Refresh: 1 2"}}; }
  [[nodiscard]] std::uint64_t updates() const override { return number_after(ask(neighbour()), "Updates:", 1); }
  [[nodiscard]] Question told_of_limit() const override {
    return {neighbour(), {"Notification received (Cease/Maximum Number of Prefixes Reached"}};
  }
  [[nodiscard]] Question limit_exceeded() const override {
    return {neighbour(), {"Notification sent (Cease/Maximum Number of Prefixes Reached"}};
  }
  [[nodiscard]] Question told(std::string const& text) const override {
    // It tries again at once, and then shows what came of that.
    return {"log",
            {"%NOTIFICATION: received from neighbor " + plan_.us() + " 6/2 (Cease/Administrative Shutdown", text}};
  }
  [[nodiscard]] Question has_shut_down(std::string const&) const override {
    return {neighbour(), {"Administratively shut down", "Last reset", "Admin. shutdown"}};
  }
  [[nodiscard]] Question role() const override { return {neighbour(), {"Local Role: customer", "Role: provider"}}; }
  [[nodiscard]] std::string ask_for_routes() const override { return "clear bgp " + plan_.us() + " soft in"; }
  [[nodiscard]] std::string shut_down(std::string const& text) const override {
    return "configure; router bgp; neighbor " + plan_.us() + " shutdown message " + text;
  }
  [[nodiscard]] std::string start_again() const override {
    return "configure; router bgp; no neighbor " + plan_.us() + " shutdown; do clear bgp " + plan_.us();
  }

 private:
  [[nodiscard]] std::string neighbour() const { return "show bgp neighbors " + plan_.us(); }
  [[nodiscard]] static std::string shown(std::string const& prefix) {
    return std::string("show bgp ") + (prefix.find(':') == std::string::npos ? "ipv4" : "ipv6") + " unicast " + prefix;
  }
  static std::string family(Plan const& plan, std::string const& name, bool ours, std::string const& rest) {
    auto out = " address-family " + name + " unicast\n";
    std::vector<std::string> neighbours;
    if (ours) neighbours.push_back(plan.us());
    if (plan.kind == Kind::theirs) neighbours.emplace_back(far_client);
    for (auto const& one : neighbours) {
      out += "  neighbor " + one + " activate\n";
      if (plan.kind == Kind::theirs) out += "  neighbor " + one + " route-reflector-client\n";
    }
    return out + rest + " exit-address-family\n";
  }
  static std::string configuration(Plan const& plan) {
    auto out = "debug bgp as4\nrouter bgp " + plan.as() +
               "\n bgp router-id 10.78.0.2\n bgp log-neighbor-changes\n bgp cluster-id " + their_cluster +
               "\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n no bgp network import-check\n";
    auto const who = " neighbor " + plan.us() + " ";
    for (auto const& one : plan.kind == Kind::theirs ? std::vector<std::string>{plan.us(), far_client}
                                                     : std::vector<std::string>{plan.us()}) {
      for (auto const* rest : {" remote-as 65000\n", " timers connect 1\n", " advertisement-interval 0\n"})
        out += " neighbor " + one + rest;
    }
    if (!plan.password.empty()) out += who + "password " + plan.password + "\n";
    if (plan.gtsm) out += who + "ttl-security hops 1\n";
    if (plan.as2) out += who + "dont-capability-negotiate\n";
    if (plan.role) out += who + "local-role customer strict-mode\n";
    if (plan.ipv6) out += who + "capability extended-nexthop\n";
    std::string routes;
    for (auto const& one : their_routes) routes += "  network " + one + "\n";
    if (plan.add_path) routes += "  neighbor " + plan.us() + " addpath-tx-all-paths\n";
    if (plan.limit != 0) routes += "  neighbor " + plan.us() + " maximum-prefix " + std::to_string(plan.limit) + "\n";
    return out + family(plan, "ipv4", true, routes) +
           family(plan, "ipv6", plan.ipv6, "  network " + std::string(their_route6) + "\n");
  }
  Plan plan_;
  Frr frr_;
};

Known faults(Plan const&, Column column) {
  if (column != Column::as2) return {};
  return {
      "it shows AS_TRANS in place of the AS: it leaves AS4_PATH out of account because we told the capability, "
      "although "
      "it did not (in its log, with `debug bgp as4`: `AS4 capable peer, yet it sent AS4_PATH`)",
      {"log", {"AS4 capable peer, yet it sent AS4_PATH"}}};
}

}  // namespace

Make const& frr() {
  static Make const made = {
      .title = "FRR",
      .programs = {"/usr/lib/frr/bgpd"},
      .version = {"/usr/lib/frr/bgpd", "--version"},
      .lacks = [](Column, Kind) { return std::string(); },
      .faults = faults,
      .start = [](auto const& directory, auto const& plan, auto const& network) -> std::unique_ptr<Counterpart> {
        return std::make_unique<Frrs>(directory, plan, network);
      }};
  return made;
}

}  // namespace interop::matrix
