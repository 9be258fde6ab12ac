// A full feed through tern-reflector into BIRD. What must arrive is what another BIRD says it got from the same replay
// without us, but for the routes that we refuse. The feed is a recording (TERN_FEED=FILE) or generated.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <unordered_map>

#include "interop_test.h"

namespace interop {
namespace {

struct Entry {
  std::string attributes;  // BIRD's lines, but for the two that a reflector touches
  std::string as_path;
  std::string originator;
  std::string clusters;
};
using Table = std::unordered_map<std::string, Entry>;

void take_attribute(Entry& entry, std::string const& line) {
  auto const at = line.find("BGP.");
  auto const colon = line.find(": ", at);
  if (at == std::string::npos || colon == std::string::npos) return;
  auto const name = line.substr(at + 4, colon - at - 4);
  auto const value = line.substr(colon + 2);
  if (name == "originator_id") {
    entry.originator = value;
  } else if (name == "cluster_list") {
    entry.clusters = value;
  } else {
    entry.attributes += name + " " + value + "\n";
    if (name == "as_path") entry.as_path = value;
  }
}

Table read_table(std::string const& file) {
  Table table;
  Entry* entry = nullptr;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with("BIRD") || line.starts_with("Table")) continue;
    if (line[0] != '\t' && line[0] != ' ') {
      entry = &table[line.substr(0, line.find(' '))];
    } else if (entry != nullptr) {
      take_attribute(*entry, line);
    }
  }
  return table;
}

bool has_as_set(Entry const& entry) { return entry.as_path.find('{') != std::string::npos; }
bool has_as_zero(Entry const& entry) { return (" " + entry.as_path + " ").find(" 0 ") != std::string::npos; }

/// An AGGREGATOR with AS 0 is discarded, and the route stays (RFC 7607 §2).
std::string without_aggregator_of_as_zero(std::string const& attributes) {
  auto const from = attributes.find("aggregator ");
  if (from == std::string::npos) return attributes;
  auto const end = attributes.find('\n', from);
  if (attributes.compare(end - 4, 4, " AS0") != 0) return attributes;
  return attributes.substr(0, from) + attributes.substr(end + 1);
}

struct Feed : Interop {
  void SetUp() override {
    Interop::SetUp();
    if (auto const* file = std::getenv("TERN_FEED"); file != nullptr && *file != '\0') {
      arguments = {"--mrt", file};
      as = 3856;  // the recorded peer's own: some recorded paths carry 65000, which would be a loop
    }
  }
  /// A BIRD that only takes, from `neighbour`; next hops are looked up in a table of their own, for in the table of the
  /// feed every new route would mean a new search.
  [[nodiscard]] std::unique_ptr<Bird> receiver(std::string const& name, std::string const& address,
                                               std::string const& neighbour) const {
    return std::make_unique<Bird>(directory_,
                                  BirdOptions{.name = name,
                                              .id = address,
                                              .sessions = {{.local = address,
                                                            .as = as,
                                                            .neighbour = neighbour,
                                                            .options = neighbour == "10.77.0.2" ? "passive;" : "",
                                                            .ipv4 = "igp table next_hops; import all; export none;",
                                                            .neighbour_as = as}},
                                              .extra = "ipv4 table next_hops;\n"});
  }
  [[nodiscard]] std::unique_ptr<Tern> reflector(std::string const& address, std::string const& client,
                                                std::string const& options) const {
    std::string const common = ", remoteAs: " + std::to_string(as) + ", passive: true, reflectorClient: true" + options;
    return std::make_unique<Tern>(
        directory_, TernOptions{.name = "tern" + address,
                                .addresses = {address},
                                .id = address,
                                .as = as,
                                .neighbours = {"address: 10.77.0.2" + common, "address: " + client + common}});
  }
  /// Starts playing the feed to `remote`; returns how many prefixes it leaves there.
  std::uint64_t replay(std::string const& remote) {
    support::Arguments command = {std::string(TERN_BIN) + "/tern-replay",
                                  "--local",
                                  "10.77.0.2",
                                  "--remote",
                                  remote,
                                  "--id",
                                  "10.77.0.2",
                                  "--as",
                                  std::to_string(as)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    player.emplace("player", command);
    std::string said;
    EXPECT_TRUE(support::eventually(120s, [&] {
      said = player->process().output();
      return said.find("unique at the end") != std::string::npos;
    }));
    auto const from = said.rfind(", ");
    return from == std::string::npos ? 0 : std::strtoull(said.c_str() + from + 2, nullptr, 10);
  }
  [[nodiscard]] Table dump(Bird const& bird) const {
    auto const file = directory_.path() + "/" + bird.name() + ".routes";
    support::must_run({"sh", "-c", "birdc -s " + bird.control_socket() + " show route all protocol tern > " + file});
    return read_table(file);
  }
  static bool wait_for(Bird const& bird, std::uint64_t count) {
    return support::eventually(120s, [&] { return bird.count() == count; });
  }
  /// Everything of `direct` but for `refused` is in `arrived`, as it was sent but for our marks.
  static void compare(Table const& direct, Table const& arrived, Table const& refused, std::string const& cluster) {
    EXPECT_EQ(arrived.size(), direct.size() - refused.size());
    std::size_t wrong = 0;
    for (auto const& [prefix, sent] : direct) {
      auto const found = arrived.find(prefix);
      bool right = (found == arrived.end()) == (refused.count(prefix) != 0);
      if (right && found != arrived.end()) {
        auto const& got = found->second;
        right = got.attributes == without_aggregator_of_as_zero(sent.attributes) &&
                got.clusters == cluster + (sent.clusters.empty() ? "" : " ") + sent.clusters &&
                got.originator == (sent.originator.empty() ? "10.77.0.2" : sent.originator);
      }
      if (right || ++wrong > 5) continue;
      ADD_FAILURE() << prefix << " was sent as\n"
                    << sent.attributes << sent.originator << " / " << sent.clusters
                    << (found == arrived.end() ? "\nand is not there"
                                               : "\nand came as\n" + found->second.attributes +
                                                     found->second.originator + " / " + found->second.clusters);
    }
    EXPECT_EQ(wrong, 0u);
  }
  /// `explain` names the rule for each of them, and nothing else is refused.
  static void expect_refusals(Tern const& tern, Table const& refused) {
    for (auto const& [prefix, entry] : refused) {
      auto const* rule = has_as_zero(entry) ? "AS 0 in AS_PATH (RFC 7607)" : "AS_SET in AS_PATH (RFC 9774)";
      auto const explanation = tern.tell({"explain", prefix});
      EXPECT_NE(explanation.find(std::string("refused by ") + rule), std::string::npos) << explanation;
    }
    auto const answer = tern.ask({"peers", "10.77.0.2"});
    auto const& family = answer.at("families").at(0);
    EXPECT_EQ(family.at("received").to_number<std::uint64_t>() - family.at("accepted").to_number<std::uint64_t>(),
              refused.size());
  }

  support::Arguments arguments = {"--routes", "60000", "--as-sets", "177", "--as-zeros", "4", "--withdrawals", "3"};
  std::uint32_t as = 65000;
  std::optional<Daemon> player;
};

TEST_F(Feed, ArrivesAsSentButForWhatIsRefused) {
  if (!need({"bird"})) return;
  auto bird = receiver("direct", "10.77.0.3", "10.77.0.2");
  auto const unique = replay("10.77.0.3");
  ASSERT_TRUE(wait_for(*bird, unique)) << bird->count() << " of " << unique;
  auto const direct = dump(*bird);
  Table flawed, zeros;
  for (auto const& [prefix, entry] : direct) {
    if (has_as_set(entry) || has_as_zero(entry)) flawed.emplace(prefix, entry);
    if (has_as_zero(entry)) zeros.emplace(prefix, entry);
  }
  ASSERT_GT(flawed.size(), zeros.size());
  ASSERT_GT(zeros.size(), 0u);
  player.reset();
  bird.reset();

  auto tern = reflector("10.77.0.1", "10.77.0.4", "");
  bird = receiver("strict", "10.77.0.4", "10.77.0.1");
  EXPECT_EQ(replay("10.77.0.1"), unique);
  EXPECT_TRUE(wait_for(*bird, unique - flawed.size())) << bird->count();
  compare(direct, dump(*bird), flawed, "1.1.1.1");
  expect_refusals(*tern, flawed);
  // The recording that the project's figures speak of.
  bool const known = unique == 577'703;
  EXPECT_TRUE(!known || bird->count() == 577'522);
  std::cout << unique << " sent, " << bird->count() << " at BIRD; " << flawed.size() - zeros.size()
            << " refused for AS_SET, " << zeros.size() << " for AS 0\n";
  player.reset();
  EXPECT_TRUE(wait_for(*bird, 0));
  bird.reset();

  tern = reflector("10.77.0.5", "10.77.0.6", ", acceptAsSet: true");
  bird = receiver("lenient", "10.77.0.6", "10.77.0.5");
  EXPECT_EQ(replay("10.77.0.5"), unique);
  EXPECT_TRUE(wait_for(*bird, unique - zeros.size())) << bird->count();
  compare(direct, dump(*bird), zeros, "1.1.1.1");
  expect_refusals(*tern, zeros);
  EXPECT_TRUE(!known || bird->count() == 577'699);
  std::cout << bird->count() << " with acceptAsSet\n";
}

}  // namespace
}  // namespace interop
