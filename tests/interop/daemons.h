// The daemons of a test: tern-reflector and tern-speaker with ternctl, BIRD, GoBGP; in the network namespace of the
// test's own process, each at its own address on lo, or (`network`) in another. What a test asserts is what they say
// themselves. Each is a child process that goes with its object; when a test has failed, the object prints the end of
// its log on the way out. One thread.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/netns.h"
#include "support/process.h"

namespace interop {

/// A route as its receiver shows it, attribute by attribute, in BIRD's words whoever says it:
/// "as_path" -> "64512 64513", "community" -> "(65000,7) (65000,8)".
using Shown = std::map<std::string, std::string>;

/// The usual attributes of a route: how BIRD and GoBGP are told to announce them, and how they are shown by a receiver.
extern std::string const usual_in_bird;
extern support::Arguments const usual_in_gobgp;
Shown usual(std::string const& next_hop);
/// The same after reflection by the reflectors `clusters`, the latest first.
Shown reflected(Shown route, std::string const& originator, std::string const& clusters);

class Daemon {
 public:
  Daemon(std::string name, support::Arguments const& argv, support::Namespace const* network = nullptr)
      : name_(std::move(name)), process_(argv, {.network = network}) {}
  virtual ~Daemon();
  Daemon(Daemon const&) = delete;
  Daemon& operator=(Daemon const&) = delete;

  [[nodiscard]] std::string const& name() const { return name_; }
  support::Process& process() { return process_; }
  /// As a crash looks from outside.
  void kill();

 private:
  std::string name_;
  support::Process process_;
};

/// A daemon of ours, asked with ternctl.
class TernDaemon : public Daemon {
 public:
  /// `argv` with `--config` and what the file holds: {socket} stands for the path of the API. Returns when it answers;
  /// throws when it does not start.
  TernDaemon(support::TemporaryDirectory const& directory, std::string const& name, support::Arguments argv,
             std::string configuration, support::Namespace const* network = nullptr);

  /// What `ternctl --json ARGUMENTS` prints; null when it does not end well.
  [[nodiscard]] boost::json::value ask(support::Arguments const& arguments) const;
  /// What `ternctl ARGUMENTS` prints, for people.
  [[nodiscard]] std::string tell(support::Arguments const& arguments) const;
  /// Another file, of the same form, and what `ternctl reload` prints.
  [[nodiscard]] std::string reload(std::string configuration) const;
  /// A neighbour's member of `ternctl peers`, a path of names: {"messages", "sent", "update"}; "" when there is none.
  [[nodiscard]] std::string peer(std::string const& address, std::vector<std::string> const& path) const;
  [[nodiscard]] bool established(std::string const& address) const;
  /// Why the path from this neighbour is refused, "" when it is not, "absent" when there is none.
  [[nodiscard]] std::string refusal(std::string const& prefix, std::string const& peer) const;

  /// Where a program of ours lies.
  [[nodiscard]] static std::string program(std::string const& name);

 private:
  [[nodiscard]] support::Finished ctl(support::Arguments arguments) const;
  support::TemporaryDirectory const& directory_;
  std::string socket_;
};

/// tern-reflector of AS 65000; its neighbours are lines of YAML: "address: 10.77.0.2, remoteAs: 65000".
struct TernOptions {
  std::string name = "tern";
  std::vector<std::string> addresses = {"10.77.0.1"};  // where it listens
  std::string id = "10.77.0.1";
  std::string cluster = "1.1.1.1";
  std::uint32_t as = 65000;
  std::vector<std::string> neighbours = {};
};

class Tern : public TernDaemon {
 public:
  Tern(support::TemporaryDirectory const& directory, TernOptions const& options);
};

/// One BGP protocol of a BIRD; its name is "tern" unless it has several.
struct BirdSession {
  std::string local;
  std::uint32_t as = 65000;
  std::string neighbour = "10.77.0.1";
  std::string name = "tern";
  std::string options = {};                                                           // further lines, e.g. "passive;"
  std::string ipv4 = "import all; export where source = RTS_STATIC; next hop self;";  // "" for no such channel
  std::string ipv6 = {};
  std::uint32_t neighbour_as = 65000;
};

struct BirdOptions {
  std::string name;
  std::string id;
  std::vector<BirdSession> sessions = {};
  std::string routes = {};   // of "protocol static routes4"
  std::string routes6 = {};  // of "protocol static routes6"
  std::string extra = {};
  support::Namespace const* network = nullptr;
};

class Bird : public Daemon {
 public:
  Bird(support::TemporaryDirectory const& directory, BirdOptions const& options);

  std::string command(std::string const& line) const;
  /// The route from `session`, nothing when there is none.
  [[nodiscard]] std::optional<Shown> route(std::string const& prefix, std::string const& session = "tern") const;
  /// How many paths of the prefix `session` has brought.
  [[nodiscard]] std::size_t paths(std::string const& prefix, std::string const& session = "tern") const;
  /// "Established", "OpenSent", ...
  [[nodiscard]] std::string state(std::string const& session = "tern") const;
  [[nodiscard]] bool established(std::string const& session = "tern") const { return state(session) == "Established"; }
  /// How many routes `session` has brought.
  [[nodiscard]] std::uint64_t count(std::string const& session = "tern") const;
  [[nodiscard]] std::string const& control_socket() const { return socket_; }

 private:
  std::string socket_;
};

struct GobgpOptions {
  std::string name = "gobgp";
  std::string address;
  std::string id = {};  // default: the address
  std::uint32_t as = 65000;
  std::string neighbour = "10.77.0.1";
  bool passive = true;
  std::vector<std::string> families = {"ipv4-unicast", "ipv6-unicast"};  // in GoBGP's words
};

class Gobgp : public Daemon {
 public:
  Gobgp(support::TemporaryDirectory const& directory, GobgpOptions const& options);

  /// The best route of its table, nothing when there is none.
  [[nodiscard]] std::optional<Shown> route(std::string const& prefix) const;
  /// "add" or "del" of a route of its own, and its attributes in GoBGP's words.
  void rib(std::string const& verb, std::string const& prefix, support::Arguments const& attributes = {}) const;
  /// What `gobgp ARGUMENTS` prints.
  [[nodiscard]] std::string tell(support::Arguments const& arguments) const { return ask(arguments).output; }
  [[nodiscard]] std::string api_socket() const { return target_.substr(target_.find('/') + 2); }
  [[nodiscard]] std::string state() const;
  [[nodiscard]] bool established() const { return state() == "Established"; }

 private:
  [[nodiscard]] support::Finished ask(support::Arguments arguments) const;
  std::string target_;
};

}  // namespace interop
