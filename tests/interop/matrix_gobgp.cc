// GoBGP as a counterpart of the matrix.
#include <sstream>
#include <stdexcept>

#include "matrix.h"

namespace interop::matrix {
namespace {

std::string neighbour(std::string const& address, Plan const& plan, bool us) {
  auto const flag = [](bool set) { return set ? std::string("true") : std::string("false"); };
  auto const local = us ? plan.it() : std::string("10.78.0.2");
  auto out = "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"" + address + "\"\npeer-as = 65000\n";
  if (us && !plan.password.empty()) out += "auth-password = \"" + plan.password + "\"\n";
  out += "[neighbors.transport.config]\npassive-mode = " + flag(us) + "\nlocal-address = \"" + local +
         "\"\n[neighbors.timers.config]\nconnect-retry = 1\nidle-hold-time-after-reset = 1\n";
  if (us && plan.gtsm) out += "[neighbors.ttl-security.config]\nenabled = true\nttl-min = 255\n";
  if (plan.kind == Kind::theirs)
    out += "[neighbors.route-reflector.config]\nroute-reflector-client = " + flag(true) +
           "\nroute-reflector-cluster-id = \"" + their_cluster + "\"\n";
  for (std::string const family : {"ipv4-unicast", "ipv6-unicast"}) {
    if (us && !plan.ipv6 && family == "ipv6-unicast") continue;
    out += "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"" + family + "\"\n";
    if (plan.add_path) out += "[neighbors.afi-safis.add-paths.config]\nreceive = true\nsend-max = 8\n";
    if (us && plan.limit != 0)
      out += "[neighbors.afi-safis.prefix-limit.config]\nmax-prefixes = " + std::to_string(plan.limit) + "\n";
  }
  return out;
}

std::string configuration(Plan const& plan) {
  auto out = "[global.config]\nas = " + plan.as() +
             "\nrouter-id = \"10.78.0.2\"\nlocal-address-list = [\"10.78.0.2\", \"2001:db8:78::2\"]\n" +
             neighbour(plan.us(), plan, true);
  if (plan.kind == Kind::theirs) out += neighbour(far_client, plan, false);
  return out;
}

class Gobgps : public Counterpart {
 public:
  Gobgps(support::TemporaryDirectory const& directory, Plan const& plan, support::Namespace const& network)
      : plan_(plan),
        socket_("unix://" + directory.path() + "/counterpart.api"),
        daemon_("counterpart",
                {"gobgpd", "-f", directory.write("counterpart.toml", configuration(plan)), "--api-hosts", socket_},
                &network) {
    auto const ready = [this] { return ask("neighbor").find(plan_.us()) != std::string::npos; };
    if (!support::eventually(20s, ready)) throw std::runtime_error("gobgpd does not start: " + ask("log"));
    for (auto const& one : their_routes) ask("global rib add " + one + " -a ipv4");
    ask(std::string("global rib add ") + their_route6 + " -a ipv6");
  }
  std::string ask(std::string const& line) const override {
    if (line == "log") return const_cast<Daemon&>(daemon_).process().output();
    support::Arguments arguments = {"gobgp", "--target", socket_};
    std::istringstream in(line);
    for (std::string word; in >> word;) arguments.push_back(word);
    return support::run(arguments).output;
  }
  [[nodiscard]] Question up() const override { return {shown(), {"BGP state = ESTABLISHED"}}; }
  [[nodiscard]] Question route(std::string const& prefix, std::string const& path,
                               std::string const& next_hop) const override {
    return {rib(prefix), {prefix + " " + next_hop + " " + path + " "}};
  }
  [[nodiscard]] Question reflected(std::string const& prefix, std::string const& originator,
                                   std::string const& cluster) const override {
    return {rib(prefix), {"{Originator: " + originator + "}", "{ClusterList: [" + cluster + "]}"}};
  }
  [[nodiscard]] Question two_paths(std::string const& prefix, std::string const& first,
                                   std::string const& second) const override {
    return {rib(prefix), {first + " ", second + " "}};
  }
  [[nodiscard]] Question large_community(std::string const& prefix, std::string const& last) const override {
    return {rib(prefix), {last}};
  }
  [[nodiscard]] Question refresh_received() const override { return {shown(), {"Route Refresh: 0 1"}}; }
  [[nodiscard]] Question refresh_sent() const override { return {shown(), {"Route Refresh: 1 0"}}; }
  [[nodiscard]] std::uint64_t updates() const override { return number_after(ask(shown()), "Updates:", 1); }
  [[nodiscard]] Question told_of_limit() const override {
    return {"log", {"\"Code\":6", "\"Subcode\":1", "received notification"}};
  }
  [[nodiscard]] Question limit_exceeded() const override { return {"log", {"prefix limit"}}; }
  [[nodiscard]] Question told(std::string const& text) const override {
    return {"log",
            {"\"Communicated-Reason\":\"" + text + "\"", "\"Key\":\"" + plan_.us() + "\"", "received notification"}};
  }
  [[nodiscard]] Question has_shut_down(std::string const&) const override { return {shown(), {"Notifications: 1 0"}}; }
  [[nodiscard]] std::string ask_for_routes() const override { return "neighbor " + plan_.us() + " softresetin"; }
  [[nodiscard]] std::string shut_down(std::string const& text) const override {
    return "neighbor " + plan_.us() + " shutdown --reason " + text;
  }
  [[nodiscard]] std::string start_again() const override { return "neighbor " + plan_.us() + " enable"; }

 private:
  [[nodiscard]] std::string shown() const { return "neighbor " + plan_.us(); }
  [[nodiscard]] static std::string rib(std::string const& prefix) {
    return "global rib " + prefix + " -a " + (prefix.find(':') == std::string::npos ? "ipv4" : "ipv6");
  }
  Plan plan_;
  std::string socket_;
  Daemon daemon_;
};

std::string lacks(Column column, Kind) {
  if (column == Column::extended) return "it has no extended messages";
  if (column == Column::as2) return "it always tells the capability of four-octet ASes";
  if (column == Column::role) return "it has no roles";
  return "";
}

Known faults(Plan const& plan, Column column) {
  if (column != Column::their_refresh) return {};
  return {
      "it asks for nothing: `gobgp neighbor softresetin` judges anew what it keeps, and the counter of ROUTE-REFRESH "
      "stays at 0",
      {"neighbor " + plan.us(), {"Route Refresh: 0 0"}}};
}

}  // namespace

Make const& gobgp() {
  static Make const made = {
      .title = "GoBGP",
      .programs = {"gobgpd", "gobgp"},
      .version = {"gobgpd", "--version"},
      .lacks = lacks,
      .faults = faults,
      .dials = false,
      .start = [](auto const& directory, auto const& plan, auto const& network) -> std::unique_ptr<Counterpart> {
        return std::make_unique<Gobgps>(directory, plan, network);
      }};
  return made;
}

}  // namespace interop::matrix
