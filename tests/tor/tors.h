// Top-of-rack routers as a test drives and asks them, whoever made them: BIRD and FRR. Each speaks eBGP over IPv4 and
// IPv6 with the node below it, to which it originates a default route, and with the core above it, to which it hands on
// what the node announces, but for what has the community `not_up`. What a test asserts is what they say themselves.
// One thread.
#pragma once

#include <memory>
#include <set>

#include "interop/daemons.h"
#include "interop/frr.h"
#include "scene/scene.h"

namespace tor {

/// A pair of addresses, one a family.
struct Ends {
  std::string v4, v6;
  [[nodiscard]] std::string const& of(std::string const& prefix) const {
    return prefix.find(':') == std::string::npos ? v4 : v6;
  }
};

/// What a router does not hand on to the core.
inline std::string const not_up = "64512:1";

struct TorOptions {
  std::string name;
  std::uint32_t as = 0;
  std::string id;
  Ends below, node;  ///< its own address on the link to the node, and the node's
  Ends above, core;  ///< the same in the core
  std::uint32_t node_as = 64512, core_as = 65020;
  std::string more = {};       ///< further lines of its file
  std::string password = {};   ///< of its sessions with the node (TCP MD5)
  bool near = false;           ///< and GTSM
  std::string node_keys = {};  ///< what the node's file says of it besides, each key after a comma
};

/// A path as a router shows it.
struct Seen {
  std::string as_path, next_hop;
  friend bool operator==(Seen const&, Seen const&) = default;
};

class Tor {
 public:
  Tor(scene::Host& host, TorOptions options) : options_(std::move(options)), host_(host) {}
  virtual ~Tor() = default;

  [[nodiscard]] TorOptions const& options() const { return options_; }
  [[nodiscard]] scene::Host& host() const { return host_; }

  virtual void start() = 0;
  /// As a crash looks from outside.
  virtual void kill() = 0;
  /// The daemon that speaks BGP.
  virtual support::Process& process() = 0;
  /// Its sessions with the node, administratively.
  virtual void sessions(bool up) = 0;
  /// The default route that it originates, in both families, and whether it prepends twice.
  virtual void default_route(bool originated) = 0;
  virtual void prepend(bool on) = 0;
  /// What the node has sent for a prefix, and all prefixes that it has sent.
  [[nodiscard]] virtual std::optional<Seen> seen(std::string const& prefix) const = 0;
  [[nodiscard]] virtual std::set<std::string> from_node() const = 0;

 private:
  TorOptions const options_;
  scene::Host& host_;
};

class BirdTor final : public Tor {
 public:
  BirdTor(support::TemporaryDirectory const& directory, scene::Host& host, TorOptions options)
      : Tor(host, std::move(options)), directory_(directory) {}
  void start() override;
  void kill() override { daemon_->kill(); }
  support::Process& process() override { return daemon_->process(); }
  void sessions(bool up) override;
  void default_route(bool originated) override;
  void prepend(bool on) override;
  [[nodiscard]] std::optional<Seen> seen(std::string const& prefix) const override;
  [[nodiscard]] std::set<std::string> from_node() const override;
  [[nodiscard]] interop::Bird& daemon() const { return *daemon_; }

 private:
  void command(std::string const& verb, std::string const& protocols) const;
  support::TemporaryDirectory const& directory_;
  std::unique_ptr<interop::Bird> daemon_;
};

class FrrTor final : public Tor {
 public:
  FrrTor(support::TemporaryDirectory const& directory, scene::Host& host, TorOptions options)
      : Tor(host, std::move(options)), directory_(directory) {}
  void start() override;
  void kill() override { daemon_->kill(); }
  support::Process& process() override { return daemon_->process(); }
  void sessions(bool up) override;
  void default_route(bool originated) override;
  void prepend(bool on) override;
  [[nodiscard]] std::optional<Seen> seen(std::string const& prefix) const override;
  [[nodiscard]] std::set<std::string> from_node() const override;

 private:
  void configure(std::vector<std::string> const& lines) const;
  support::TemporaryDirectory const& directory_;
  std::unique_ptr<interop::Frr> daemon_;
};

}  // namespace tor
