#include "frr.h"

#include <filesystem>
#include <stdexcept>

#include "support/eventually.h"

namespace interop {

using namespace std::chrono_literals;
using support::Arguments;

namespace {

// Both keep their sockets in a directory of the instance. zebra cannot but become Debian's user for it.
std::string made(support::TemporaryDirectory const& directory, std::string const& name) {
  auto path = directory.path() + "/" + name;
  std::filesystem::remove_all(path);  // an earlier instance may have left its sockets there
  std::filesystem::create_directory(path);
  support::must_run({"chown", "frr:frr", path});
  return path;
}

Arguments arguments(std::string const& program, std::string const& directory, std::string const& file) {
  return {"/usr/lib/frr/" + program,
          "-f",
          file,
          "-P",
          "0",
          "-i",
          directory + "/" + program + ".pid",
          "--vty_socket",
          directory,
          "-z",
          directory + "/zserv",
          "--log",
          "stdout"};
}

// bgpd that finds no zebra asks again after ten seconds only.
Arguments once_there(std::string const& socket, Arguments argv) {
  auto const there = [&] { return support::run({"sh", "-c", "test -S " + socket}).status == 0; };
  if (!support::eventually(20s, there)) throw std::runtime_error("zebra does not start");
  return argv;
}

boost::json::value const* at(boost::json::value const& object, char const* name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

}  // namespace

Frr::Frr(support::TemporaryDirectory const& directory, FrrOptions const& options)
    : directory_(made(directory, options.name)),
      zebra_(options.name + "'s zebra",
             arguments("zebra", directory_, directory.write(options.name + ".zebra.conf", "ip forwarding\n")),
             options.network),
      bgpd_(options.name,
            once_there(directory_ + "/zserv",
                       arguments("bgpd", directory_, directory.write(options.name + ".conf", options.configuration))),
            options.network) {
  auto const ready = [this] { return command("show bgp summary").find("BGP router identifier") != std::string::npos; };
  if (!support::eventually(20s, ready))
    throw std::runtime_error(options.name + " does not start: " + bgpd_.process().output());
}

std::string Frr::commands(std::vector<std::string> const& lines) const {
  Arguments argv = {"vtysh", "--vty_socket", directory_};
  for (auto const& line : lines) argv.insert(argv.end(), {"-c", line});
  return support::run(argv).output;
}

boost::json::value Frr::json(std::string const& line) const {
  boost::system::error_code error;
  auto const answer = boost::json::parse(command(line), error);
  return error ? boost::json::value() : answer;
}

bool Frr::established(std::string const& neighbour) const {
  return command("show bgp neighbors " + neighbour).find("BGP state = Established") != std::string::npos;
}

std::string Frr::as_path(std::string const& prefix) const {
  auto const* const family = prefix.find(':') == std::string::npos ? "ipv4" : "ipv6";
  auto const answer = json(std::string("show bgp ") + family + " unicast " + prefix + " json");
  auto const* const paths = at(answer, "paths");
  if (paths == nullptr) return "none";
  for (auto const& path : paths->as_array()) {
    auto const* const best = at(path, "bestpath");
    auto const* const as_path = at(path, "aspath");
    auto const* const text = as_path == nullptr ? nullptr : at(*as_path, "string");
    if (best != nullptr && text != nullptr) return std::string(text->get_string());
  }
  return "none";
}

void Frr::kill() {
  zebra_.kill();
  bgpd_.kill();
}

}  // namespace interop
