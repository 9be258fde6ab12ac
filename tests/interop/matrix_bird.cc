// BIRD as a counterpart of the matrix.
#include "matrix.h"

namespace interop::matrix {
namespace {

class Birds : public Counterpart {
 public:
  Birds(support::TemporaryDirectory const& directory, Plan const& plan, support::Namespace const& network)
      : bird_(directory, options(plan, network)) {}
  std::string ask(std::string const& line) const override {
    return line == "log" ? const_cast<Bird&>(bird_).process().output() : bird_.command(line);
  }
  [[nodiscard]] Question up() const override { return {"show protocols tern", {"Established"}}; }
  [[nodiscard]] Question route(std::string const& prefix, std::string const& path,
                               std::string const& next_hop) const override {
    return {"show route all " + prefix + " protocol tern",
            {"BGP.as_path: " + path + " BGP.", "next_hop: " + next_hop + " "}};
  }
  [[nodiscard]] Question reflected(std::string const& prefix, std::string const& originator,
                                   std::string const& cluster) const override {
    return {"show route all " + prefix + " protocol tern",
            {"BGP.originator_id: " + originator, "BGP.cluster_list: " + cluster}};
  }
  [[nodiscard]] Question two_paths(std::string const& prefix, std::string const& first,
                                   std::string const& second) const override {
    return {"show route all " + prefix + " protocol tern",
            {"BGP.as_path: " + first + " BGP.", "BGP.as_path: " + second + " BGP."}};
  }
  [[nodiscard]] Question large_community(std::string const& prefix, std::string const& last) const override {
    auto text = "(" + last + ")";
    for (std::size_t at = 0; (at = text.find(':', at)) != std::string::npos;) text.replace(at, 1, ", ");
    return {"show route all " + prefix + " protocol tern", {text}};
  }
  [[nodiscard]] Question refresh_received() const override { return {"log", {"tern: Got ROUTE-REFRESH"}}; }
  [[nodiscard]] Question refresh_sent() const override { return {"log", {"tern: Sending ROUTE-REFRESH"}}; }
  [[nodiscard]] std::uint64_t updates() const override {
    std::uint64_t count = 0;
    auto const log = ask("log");
    for (std::size_t at = 0; (at = log.find("tern: Got UPDATE", at)) != std::string::npos; ++at) ++count;
    return count;
  }
  [[nodiscard]] Question told_of_limit() const override {
    return {"show protocols all tern", {"Received: Maximum number of prefixes reached"}};
  }
  [[nodiscard]] Question limit_exceeded() const override {
    return {"log", {"Protocol tern hits route import limit (20), action: disable"}};
  }
  [[nodiscard]] Question told(std::string const& text) const override {
    return {"log", {"tern: Received: Administrative shutdown: \"" + text + "\""}};
  }
  [[nodiscard]] Question has_shut_down(std::string const& text) const override {
    return {"show protocols all tern", {"tern BGP --- down", "Message: " + text}};
  }
  [[nodiscard]] Question role() const override {
    return {"show protocols all tern", {"Neighbor capabilities", "Role: provider"}};
  }
  [[nodiscard]] std::string ask_for_routes() const override { return "reload in tern"; }
  [[nodiscard]] std::string shut_down(std::string const& text) const override {
    return "disable tern \"" + text + "\"";
  }
  [[nodiscard]] std::string start_again() const override { return "enable tern"; }

 private:
  static BirdOptions options(Plan const& plan, support::Namespace const& network) {
    std::string const routes = "import all; export where proto ~ \"routes*\" || source = RTS_BGP; ";
    auto const as = static_cast<std::uint32_t>(std::stoul(plan.as()));
    BirdSession us{.local = plan.it(), .as = as, .neighbour = plan.us()};
    us.ipv4 = routes + (plan.external() ? "next hop self; " : "next hop self ebgp; gateway recursive; ");
    if (plan.add_path) us.ipv4 += "add paths on; ";
    if (plan.limit != 0) us.ipv4 += "import limit " + std::to_string(plan.limit) + " action disable; ";
    if (plan.ipv6) {
      us.ipv4 += plan.other_next_hop ? "extended next hop on; " : "next hop address 10.78.0.2; ";
      us.ipv6 = routes + (plan.external() ? "" : "gateway recursive; ");
    }
    us.options = "direct; debug { packets }; ";
    if (!plan.password.empty()) us.options += "password \"" + plan.password + "\"; ";
    if (plan.gtsm) us.options += "ttl security on; ";
    us.options += plan.as2 ? "enable as4 off; " : "enable extended messages on; ";
    if (plan.role) us.options += "local role customer; require roles; ";
    BirdOptions out{.name = "counterpart", .id = "10.78.0.2", .network = &network};
    // What an IGP would tell of our client's next hops.
    out.extra =
        "protocol static igp4 { ipv4; route 10.77.0.0/24 via 10.78.0.1; }\nprotocol static igp6 { ipv6; route "
        "2001:db8:77::/64 via 2001:db8:78::1; }\n";
    if (plan.kind == Kind::theirs) {
      auto const cluster = std::string("rr client; rr cluster id ") + their_cluster + "; ";
      us.options += cluster;
      out.sessions.push_back({.local = "10.78.0.2",
                              .neighbour = far_client,
                              .name = "far",
                              .options = "direct; enable extended messages on; " + cluster,
                              .ipv4 = routes + "gateway recursive; " + (plan.add_path ? "add paths on; " : ""),
                              .ipv6 = routes + "gateway recursive; "});
    }
    out.sessions.push_back(us);
    for (auto const& one : their_routes) out.routes += "route " + one + " blackhole; ";
    out.routes6 = "route " + std::string(their_route6) + " blackhole;";
    return out;
  }
  Bird bird_;
};

}  // namespace

Make const& bird() {
  static Make const made = {
      .title = "BIRD",
      .programs = {"bird"},
      .version = {"bird", "--version"},
      .lacks = [](Column, Kind) { return std::string(); },
      .faults = [](Plan const&, Column) { return Known(); },
      .start = [](auto const& directory, auto const& plan, auto const& network) -> std::unique_ptr<Counterpart> {
        return std::make_unique<Birds>(directory, plan, network);
      }};
  return made;
}

}  // namespace interop::matrix
