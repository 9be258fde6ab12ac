#include "scene.h"

#include <cstdlib>

#include "support/netns.h"

namespace programs {
namespace {

bool in_ci() { return std::getenv("CI") != nullptr && std::string(std::getenv("CI")) == "true"; }

}  // namespace

void Scene::SetUp() {
  std::string why;
  if (!support::isolate(why)) {
    if (in_ci()) FAIL() << why;
    GTEST_SKIP() << why;
  }
  support::add_addresses("lo", {"10.77.0.1/32", "10.77.0.2/32", "10.77.0.3/32", "10.77.0.4/32", "192.0.2.1/32"});
}

void Scene::TearDown() {
  if (HasFailure() && reflector_) std::printf("tern-reflector said:\n%s\n", reflector_->output().c_str());
}

std::string Scene::file(std::size_t limit, std::string const& more) const {
  return "router: {as: 65000, id: 10.77.0.1, clusterId: 1.1.1.1}\n"
         "listen: [{address: 10.77.0.1, port: 179}]\n"
         "api: {socket: " +
         socket_ +
         "}\n"
         "groups:\n"
         "  clients: {remoteAs: 65000, reflectorClient: true, passive: true, holdTime: 240, families: [ipv4-unicast, "
         "ipv6-unicast]}\n"
         "ranges: [{prefix: 10.77.0.0/16, group: clients, limit: " +
         std::to_string(limit) +
         "}]\n"
         "neighbors:\n"
         "  - {address: 192.0.2.1, remoteAs: 65010, import: accept-all, export: accept-all}\n" +
         more;
}

void Scene::start(std::string const& yaml) {
  reflector_.emplace(Arguments{TERN_BIN "/tern-reflector", "--config", directory_.write("reflector.yaml", yaml)});
  bool const answers = support::eventually(20s, [&] { return !reflector_->running() || ctl({"status"}).status == 0; });
  ASSERT_TRUE(answers && reflector_->running()) << reflector_->output();
}

Arguments Scene::ctl_command(Arguments const& arguments) const {
  Arguments command{TERN_BIN "/ternctl", "--socket", socket_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

support::Finished Scene::ctl(Arguments const& arguments) const { return support::run(ctl_command(arguments)); }

boost::json::value Scene::json(Arguments const& arguments) const {
  auto command = arguments;
  command.insert(command.begin(), "--json");
  auto const finished = ctl(command);
  boost::json::error_code error;
  auto value = boost::json::parse(finished.output, error);
  EXPECT_EQ(finished.status, 0) << finished.output;
  EXPECT_FALSE(error) << error.message() << " in: " << finished.output.substr(0, 1000);
  return error ? boost::json::value() : value;
}

support::Peer Scene::neighbour(std::string const& address, std::uint32_t as, unsigned hold) const {
  support::PeerOptions options;
  options.local = address;
  options.remote = "10.77.0.1";
  options.as = as;
  options.id = address;
  options.hold_time = hold;
  return support::Peer(options);
}

support::Update announcement(std::vector<std::string> const& prefixes, support::Bytes const& as_path,
                             std::string const& next_hop) {
  support::Update update;
  update.add(support::kWellKnown, support::kOrigin, support::u8(0));
  update.add(support::kWellKnown, support::kAsPath, as_path);
  update.add(support::kWellKnown, support::kNextHop, support::ip(next_hop));
  update.add(support::kWellKnown, support::kLocalPref, support::u32(100));
  for (auto const& prefix : prefixes) update.reachable = support::cat({update.reachable, support::nlri(prefix)});
  return update;
}

std::string field(boost::json::value const& object, std::string const& name) {
  if (!object.is_object()) return "";
  auto const* value = object.get_object().if_contains(name);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

boost::json::value pick(boost::json::value const& array, std::string const& name, std::string const& value) {
  if (!array.is_array()) return {};
  for (auto const& element : array.get_array()) {
    if (field(element, name) == value) return element;
  }
  return {};
}

}  // namespace programs
