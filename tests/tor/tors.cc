#include "tors.h"

#include <sstream>

namespace tor {

using namespace std::chrono_literals;

// ---- BIRD

namespace {

// The second of two static protocols wins while it is enabled, and prepends.
std::string default_routes(std::string const& family, std::string const& any) {
  return "protocol static default" + family + " { ipv" + family + "; route " + any + " blackhole; }\n" +
         "protocol static longer" + family + " { disabled; ipv" + family + " { preference 250; }; route " + any +
         " blackhole; }\n";
}

std::string bird_sessions(TorOptions const& options, std::string const& family) {
  auto const& any = family == "4" ? "0.0.0.0" : "::";
  std::ostringstream out;
  auto const session = [&](std::string const& name, Ends const& own, Ends const& other, std::uint32_t as,
                           std::string const& channel, std::string const& more = "") {
    out << "protocol bgp " << name << family << " { local " << own.of(any) << " as " << options.as << "; neighbor "
        << other.of(any) << " as " << as << "; " << more
        << "direct; check link yes; hold time 240; connect delay time 1; connect retry time 1; error wait time 1, 1; "
           "ipv"
        << family << " { " << channel << " }; }\n";
  };
  auto const signature = options.password.empty() ? "" : "password \"" + options.password + "\"; ";
  session("node", options.below, options.node, options.node_as, "import all; export filter to_node;",
          signature + (options.near ? "ttl security on; " : ""));
  session("core", options.above, options.core, options.core_as,
          "import none; export where source = RTS_BGP && !((64512,1) ~ bgp_community);");
  return out.str();
}

std::string bird_extra(TorOptions const& options) {
  return "filter to_node {\n  if proto ~ \"longer*\" then { bgp_path.prepend(" + std::to_string(options.as) +
         "); bgp_path.prepend(" + std::to_string(options.as) +
         "); accept; }\n  if source = RTS_STATIC then accept;\n  reject;\n}\n"
         "protocol kernel kernel4 { ipv4 { import none; export where source = RTS_BGP; }; }\n"
         "protocol kernel kernel6 { ipv6 { import none; export where source = RTS_BGP; }; }\n" +
         default_routes("4", "0.0.0.0/0") + default_routes("6", "::/0") + bird_sessions(options, "4") +
         bird_sessions(options, "6") + options.more;
}

}  // namespace

void BirdTor::start() {
  daemon_.reset();
  interop::BirdOptions bird;
  bird.name = options().name;
  bird.id = options().id;
  bird.extra = bird_extra(options());
  bird.network = &host().network();
  daemon_ = std::make_unique<interop::Bird>(directory_, bird);
}

void BirdTor::command(std::string const& verb, std::string const& protocols) const {
  for (auto const* family : {"4", "6"}) (void)daemon_->command(verb + " " + protocols + family);
}

void BirdTor::sessions(bool up) { command(up ? "enable" : "disable", "node"); }
void BirdTor::default_route(bool originated) { command(originated ? "enable" : "disable", "default"); }
void BirdTor::prepend(bool on) { command(on ? "enable" : "disable", "longer"); }

std::optional<Seen> BirdTor::seen(std::string const& prefix) const {
  auto const route = daemon_->route(prefix, prefix.find(':') == std::string::npos ? "node4" : "node6");
  if (!route) return std::nullopt;
  auto const next_hop = route->at("next_hop");
  return Seen{route->at("as_path"), next_hop.substr(0, next_hop.find(' '))};  // a link-local one may follow
}

std::set<std::string> BirdTor::from_node() const {
  std::set<std::string> prefixes;
  for (auto const* session : {"node4", "node6"}) {
    std::istringstream lines(daemon_->command(std::string("show route protocol ") + session));
    for (std::string line; std::getline(lines, line);) {
      if (auto const slash = line.find('/'); slash != std::string::npos && line.find(' ') > slash) {
        prefixes.insert(line.substr(0, line.find(' ')));
      }
    }
  }
  return prefixes;
}

// ---- FRR

namespace {

std::string bgpd_file(TorOptions const& options) {
  std::ostringstream out;
  out << "hostname " << options.name
      << "\nip prefix-list UP permit 10.0.0.0/8 le 32\nipv6 prefix-list UP permit fd00::/8 le 128"
      << "\nbgp community-list standard NOT-UP permit " << not_up
      << "\nroute-map TO-CORE deny 10\n match community NOT-UP\nroute-map TO-CORE permit 20"
      << "\nroute-map PREPEND permit 10\n set as-path prepend " << options.as << " " << options.as << "\nrouter bgp "
      << options.as << "\n bgp router-id " << options.id
      << "\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n no bgp network import-check\n";
  for (auto const& [address, as] :
       std::initializer_list<std::pair<std::string, std::uint32_t>>{{options.node.v4, options.node_as},
                                                                    {options.node.v6, options.node_as},
                                                                    {options.core.v4, options.core_as},
                                                                    {options.core.v6, options.core_as}}) {
    out << " neighbor " << address << " remote-as " << as << "\n neighbor " << address
        << " timers connect 1\n neighbor " << address << " advertisement-interval 0\n";
  }
  for (auto const& node : {options.node.v4, options.node.v6}) {
    if (!options.password.empty()) out << " neighbor " << node << " password " << options.password << "\n";
    if (options.near) out << " neighbor " << node << " ttl-security hops 1\n";
  }
  for (auto const* family : {"4", "6"}) {
    auto const v6 = *family == '6';
    auto const& node = v6 ? options.node.v6 : options.node.v4;
    auto const& core = v6 ? options.core.v6 : options.core.v4;
    out << " address-family ipv" << family << " unicast\n  network " << (v6 ? "::/0" : "0.0.0.0/0") << "\n  neighbor "
        << node << " activate\n  neighbor " << node << " soft-reconfiguration inbound\n  neighbor " << core
        << " activate\n  neighbor " << core << " prefix-list UP out\n  neighbor " << core
        << " route-map TO-CORE out\n exit-address-family\n";
  }
  return out.str() + options.more;
}

}  // namespace

void FrrTor::start() {
  daemon_.reset();
  daemon_ = std::make_unique<interop::Frr>(
      directory_, interop::FrrOptions{options().name, bgpd_file(options()), &host().network()});
}

void FrrTor::configure(std::vector<std::string> const& lines) const {
  std::vector<std::string> all = {"configure terminal", "router bgp " + std::to_string(options().as)};
  all.insert(all.end(), lines.begin(), lines.end());
  daemon_->commands(all);
}

void FrrTor::sessions(bool up) {
  std::string const no = up ? "no " : "";
  configure({no + "neighbor " + options().node.v4 + " shutdown", no + "neighbor " + options().node.v6 + " shutdown"});
}

void FrrTor::default_route(bool originated) {
  std::string const no = originated ? "" : "no ";
  configure({"address-family ipv4 unicast", no + "network 0.0.0.0/0", "exit-address-family",
             "address-family ipv6 unicast", no + "network ::/0"});
}

void FrrTor::prepend(bool on) {
  std::string const no = on ? "" : "no ";
  configure({"address-family ipv4 unicast", no + "neighbor " + options().node.v4 + " route-map PREPEND out",
             "exit-address-family", "address-family ipv6 unicast",
             no + "neighbor " + options().node.v6 + " route-map PREPEND out"});
}

namespace {

boost::json::value const* member(boost::json::value const& object, char const* name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

}  // namespace

std::optional<Seen> FrrTor::seen(std::string const& prefix) const {
  auto const v6 = prefix.find(':') != std::string::npos;
  auto const answer = daemon_->json(std::string("show bgp ") + (v6 ? "ipv6" : "ipv4") + " unicast " + prefix + " json");
  auto const* const paths = member(answer, "paths");
  if (paths == nullptr) return std::nullopt;
  for (auto const& path : paths->as_array()) {
    auto const& peer = path.at("peer").as_object();
    if (peer.at("peerId") != boost::json::value(options().node.of(prefix))) continue;
    for (auto const& hop : path.at("nexthops").as_array()) {
      auto const* const scope = hop.as_object().if_contains("scope");
      if (scope != nullptr && *scope == "link-local") continue;
      return Seen{std::string(path.at("aspath").at("string").as_string()), std::string(hop.at("ip").as_string())};
    }
  }
  return std::nullopt;
}

std::set<std::string> FrrTor::from_node() const {
  std::set<std::string> prefixes;
  for (auto const* family : {"ipv4", "ipv6"}) {
    auto const& node = family[3] == '6' ? options().node.v6 : options().node.v4;
    auto const answer =
        daemon_->json(std::string("show bgp ") + family + " unicast neighbors " + node + " received-routes json");
    auto const* const routes = member(answer, "receivedRoutes");
    if (routes == nullptr) continue;
    for (auto const& route : routes->as_object()) prefixes.emplace(route.key());
  }
  return prefixes;
}

}  // namespace tor
