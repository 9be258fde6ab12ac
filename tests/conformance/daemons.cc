#include <sstream>

#include "daemon.h"

namespace conformance {
namespace {

std::string tern_configuration(Plan const& plan, std::string const& directory) {
  std::ostringstream out;
  out << "router: {as: " << plan.as << ", id: " << plan.id << ", clusterId: " << plan.cluster << "}\n"
      << "listen: [{address: " << plan.address << ", port: 179}, {address: \"" << plan.address6 << "\", port: 179}]\n"
      << "api: {socket: " << directory << "/api.sock}\n"
      << "groups:\n  all: {families: [ipv4-unicast, ipv6-unicast], import: accept-all, export: accept-all, "
         "holdTime: 240, connectRetry: 1}\n"
      << "neighbors:\n";
  for (auto const& one : plan.neighbours)
    out << "  - {address: \"" << one.address << "\", group: all, remoteAs: " << one.as
        << ", passive: " << (one.passive ? "true" : "false") << (one.client ? ", reflectorClient: true" : "")
        << (one.as != plan.as ? ", nextHopUnchanged: true" : "") << (one.as_set ? ", acceptAsSet: true" : "")
        << (one.route_server ? ", checkFirstAs: false" : "") << "}\n";
  return out.str();
}

std::string bird_configuration(Plan const& plan, std::string const&) {
  std::ostringstream out;
  out << "router id " << plan.id << ";\nlog stderr all;\nprotocol device {}\nprotocol direct { ipv4; ipv6; }\n"
      << "template bgp common {\n  local as " << plan.as << ";\n"
      << "  ipv4 { import all; export where source = RTS_BGP; };\n"
      << "  ipv6 { import all; export where source = RTS_BGP; next hop keep; };\n"
      << "  hold time 240; connect delay time 1; connect retry time 1; error wait time 1, 1; multihop 4;\n}\n";
  int count = 0;
  for (auto const& one : plan.neighbours) {
    out << "protocol bgp n" << ++count << " from common { local " << plan.end(one) << "; neighbor " << one.address
        << " as " << one.as << ";" << (one.passive ? " passive on;" : "");
    if (one.as != plan.as && !one.route_server) out << " enforce first as on;";
    if (one.client) out << " rr client; rr cluster id " << plan.cluster << ";";
    out << " }\n";
  }
  return out.str();
}

std::string frr_configuration(Plan const& plan, std::string const&) {
  std::ostringstream out;
  out << "router bgp " << plan.as << "\n bgp router-id " << plan.id << "\n bgp cluster-id " << plan.cluster
      << "\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n no bgp network import-check\n coalesce-time "
         "1\n";
  for (auto const& one : plan.neighbours) {
    auto const who = " neighbor " + one.address;
    out << who << " remote-as " << one.as << "\n"
        << who << " timers connect 1\n"
        << who << " advertisement-interval 0\n";
    if (one.as != plan.as) out << who << " disable-connected-check\n";
    if (one.as != plan.as && !one.route_server) out << who << " enforce-first-as\n";
    if (one.passive) out << who << " passive\n";
  }
  for (auto const* family : {"ipv4", "ipv6"}) {
    out << " address-family " << family << " unicast\n";
    for (auto const& one : plan.neighbours) {
      out << "  neighbor " << one.address << " activate\n";
      if (one.client) out << "  neighbor " << one.address << " route-reflector-client\n";
    }
    out << " exit-address-family\n";
  }
  return out.str();
}

std::string gobgp_configuration(Plan const& plan, std::string const&) {
  std::ostringstream out;
  out << "[global.config]\nas = " << plan.as << "\nrouter-id = \"" << plan.id << "\"\nlocal-address-list = [\""
      << plan.address << "\", \"" << plan.address6 << "\"]\n";
  for (auto const& one : plan.neighbours) {
    out << "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"" << one.address << "\"\npeer-as = " << one.as
        << "\n[neighbors.transport.config]\npassive-mode = " << (one.passive ? "true" : "false")
        << "\nlocal-address = \"" << plan.end(one) << "\"\n[neighbors.timers.config]\nconnect-retry = 1\n";
    if (one.client)
      out << "[neighbors.route-reflector.config]\nroute-reflector-client = true\nroute-reflector-cluster-id = \""
          << plan.cluster << "\"\n";
    for (auto const* family : {"ipv4-unicast", "ipv6-unicast"})
      out << "[[neighbors.afi-safis]]\n[neighbors.afi-safis.config]\nafi-safi-name = \"" << family << "\"\n";
  }
  return out.str();
}

std::string openbgpd_configuration(Plan const& plan, std::string const& directory) {
  std::ostringstream out;
  out << "AS " << plan.as << "\nrouter-id " << plan.id << "\nlisten on " << plan.address << "\nlisten on "
      << plan.address6 << "\nfib-update no\nconnect-retry 1\nholdtime 240\nsocket \"" << directory << "/control\"\n"
      << "nexthop qualify via default\n";
  for (auto const& one : plan.neighbours) {
    out << "neighbor " << one.address << " {\n  remote-as " << one.as << "\n  local-address " << plan.end(one)
        << "\n  announce IPv4 unicast\n  announce IPv6 unicast\n";
    if (one.passive) out << "  passive\n";
    if (one.client) out << "  route-reflector " << plan.cluster << "\n";
    if (one.as != plan.as) out << "  multihop 4\n  enforce neighbor-as " << (one.route_server ? "no" : "yes") << "\n";
    out << "  reject as-set " << (one.as_set ? "no" : "yes") << "\n}\n";
  }
  out << "allow from any\nallow to any\nmatch to ebgp set nexthop no-modify\n";
  return out.str();
}

}  // namespace

std::vector<Driver> const& drivers() {
  using support::Arguments;
  using Text = std::string const&;
  static std::vector<Driver> const all = {
      {"tern", "tern-reflector", true, tern_configuration,
       [](Text program, Text file, Text) {
         return Arguments{program, "--config", file};
       }},
      {"bird", "bird", false, bird_configuration,
       [](Text program, Text file, Text directory) {
         return Arguments{program, "-f", "-c", file, "-s", directory + "/bird.ctl"};
       }},
      {"frr", "/usr/lib/frr/bgpd", false, frr_configuration,
       [](Text program, Text file, Text directory) {
         return Arguments{program,        "-f",     file, "-Z", "-n", "-S", "-P", "0", "-i", directory + "/pid",
                          "--vty_socket", directory};
       }},
      {"gobgp", "gobgpd", false, gobgp_configuration,
       [](Text program, Text file, Text directory) {
         return Arguments{program, "-f", file, "--api-hosts", "unix://" + directory + "/api.sock"};
       }},
      {"openbgpd", "bgpd", false, openbgpd_configuration,
       [](Text program, Text file, Text) {
         // Its children live there; on Debian the service makes it.
         return Arguments{"sh", "-c", "mkdir -p /run/openbgpd && exec \"$0\" -d -f \"$1\"", program, file};
       }},
  };
  return all;
}

Driver const* find_driver(std::string_view name) {
  for (auto const& one : drivers())
    if (one.name == name) return &one;
  return nullptr;
}

}  // namespace conformance
