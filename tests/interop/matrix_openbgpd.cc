// OpenBGPD as a counterpart of the matrix.
#include <sstream>

#include "matrix.h"
#include "openbgpd.h"

namespace interop::matrix {
namespace {

std::string neighbour(std::string const& address, std::string const& local, Plan const& plan, bool us) {
  auto out = "neighbor " + address + " {\n  remote-as 65000\n  local-address " + local + "\n  announce IPv4 unicast\n";
  if (!us || plan.ipv6) out += "  announce IPv6 unicast\n";
  if (plan.kind == Kind::theirs) out += "  route-reflector " + std::string(their_cluster) + "\n";
  if (plan.add_path) out += "  announce add-path recv yes\n  announce add-path send all\n";
  if (!us) return out + "}\n";
  if (!plan.password.empty()) out += "  tcp md5sig password \"" + plan.password + "\"\n";
  if (plan.gtsm) out += "  ttl-security yes\n";
  if (plan.as2) out += "  announce as-4byte no\n";
  if (plan.role) out += "  announce policy customer enforce\n";
  if (plan.limit != 0) out += "  max-prefix " + std::to_string(plan.limit) + "\n";
  return out + "}\n";
}

std::string configuration(Plan const& plan) {
  auto out = "AS " + plan.as() +
             "\nrouter-id 10.78.0.2\nlisten on 10.78.0.2\nlisten on 2001:db8:78::2\nfib-update no\nconnect-retry "
             "1\nnexthop qualify via default\n";
  for (auto const& one : their_routes) out += "network " + one + "\n";
  out += "network " + std::string(their_route6) + "\n" + neighbour(plan.us(), plan.it(), plan, true);
  if (plan.kind == Kind::theirs) out += neighbour(far_client, "10.78.0.2", plan, false);
  out += "allow from any\nallow to any\n";
  return out;
}

class OpenBgpds : public Counterpart {
 public:
  OpenBgpds(support::TemporaryDirectory const& directory, Plan const& plan, support::Namespace const& network)
      : plan_(plan), bgpd_(directory, "counterpart", configuration(plan), &network) {}
  std::string ask(std::string const& line) const override {
    if (line == "log") return const_cast<OpenBgpd&>(bgpd_).process().output();
    support::Arguments arguments;
    std::istringstream in(line);
    for (std::string word; in >> word;) arguments.push_back(word);
    return bgpd_.command(arguments);
  }
  [[nodiscard]] Question up() const override { return {shown(), {"BGP state = Established"}}; }
  [[nodiscard]] Question route(std::string const& prefix, std::string const& path,
                               std::string const& next_hop) const override {
    return {rib(prefix), {"entry for " + prefix + " " + path + " Nexthop " + next_hop + " ", "Neighbor " + plan_.us()}};
  }
  [[nodiscard]] Question reflected(std::string const& prefix, std::string const& originator,
                                   std::string const& cluster) const override {
    return {rib(prefix), {"Originator Id: " + originator, "Cluster Id List: ", cluster}};
  }
  [[nodiscard]] Question two_paths(std::string const& prefix, std::string const& first,
                                   std::string const& second) const override {
    return {rib(prefix), {"entry for " + prefix + " " + first, "entry for " + prefix + " " + second}};
  }
  [[nodiscard]] Question large_community(std::string const& prefix, std::string const& last) const override {
    return {rib(prefix), {last}};
  }
  [[nodiscard]] Question refresh_received() const override { return {shown(), {"Route Refresh 1 1"}}; }
  [[nodiscard]] Question refresh_sent() const override { return {shown(), {"Route Refresh 1 0"}}; }
  [[nodiscard]] std::uint64_t updates() const override { return number_after(ask(shown()), "Updates", 1); }
  [[nodiscard]] Question told_of_limit() const override {
    return {"log", {"received notification: Cease, received max-prefix exceeded"}};
  }
  [[nodiscard]] Question limit_exceeded() const override {
    return {"log", {"prefix limit reached (>21/20)", "sending notification: Cease, received max-prefix exceeded"}};
  }
  [[nodiscard]] Question told(std::string const& text) const override {
    return {"log", {"received notification: Cease, administratively down", text}};
  }
  [[nodiscard]] Question has_shut_down(std::string const&) const override {
    return {"log", {"sending notification: Cease, administratively down"}};
  }
  [[nodiscard]] Question role() const override { return {shown(), {"customer"}}; }
  [[nodiscard]] std::string ask_for_routes() const override { return "neighbor " + plan_.us() + " refresh"; }
  [[nodiscard]] std::string shut_down(std::string const& text) const override {
    return "neighbor " + plan_.us() + " down " + text;
  }
  [[nodiscard]] std::string start_again() const override { return "neighbor " + plan_.us() + " up"; }

 private:
  [[nodiscard]] std::string shown() const { return "show neighbor " + plan_.us(); }
  [[nodiscard]] static std::string rib(std::string const& prefix) { return "show rib detail " + prefix; }
  Plan plan_;
  OpenBgpd bgpd_;
};

std::string lacks(Column column, Kind kind) {
  if (column == Column::gtsm && kind != Kind::ebgp) return "it has GTSM on eBGP sessions only";
  if (column == Column::extended) return "it has no extended messages";
  return "";
}

Known faults(Plan const& plan, Column column) {
  if (column == Column::ipv4_over_ipv6)
    return {"it takes our IPv4 routes over IPv6, but those that it originates have the next hop 127.0.0.1",
            {"show rib out detail 198.51.100.0/24", {"Nexthop 127.0.0.1"}}};
  if (column != Column::our_refresh) return {};
  return {
      "it counts our ROUTE-REFRESH, but sends nothing: `route refresh: AID IPv4 unicast not negotiated`, it logs, "
      "while "
      "`bgpctl show neighbor` lists IPv4 unicast as negotiated",
      {"log", {"neighbor " + plan.us() + ": route refresh: AID IPv4 unicast not negotiated"}}};
}

}  // namespace

Make const& openbgpd() {
  static Make const made = {
      .title = "OpenBGPD",
      .programs = {"bgpctl"},
      .version = {"bgpctl", "-V"},
      .lacks = lacks,
      .faults = faults,
      .ipv6_next_hops = false,
      .start = [](auto const& directory, auto const& plan, auto const& network) -> std::unique_ptr<Counterpart> {
        return std::make_unique<OpenBgpds>(directory, plan, network);
      }};
  return made;
}

}  // namespace interop::matrix
