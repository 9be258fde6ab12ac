// A conformance row as data: what is sent on which kind of session, and what has to come of it.
// Not here: how a row is carried out (runner.h), nor the rows themselves (tables.h). The words are those of RFC 7606:
// a route is withdrawn, an attribute discarded, a session reset.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/bgp_bytes.h"

namespace conformance {

using support::Bytes;

/// The kinds of session between the daemon and the neighbour under test, from the daemon's point of view.
enum class Kind { ebgp, ibgp, client };
inline constexpr Kind kAllKinds[] = {Kind::ebgp, Kind::ibgp, Kind::client};
/// What carries the session. The rows are the same; over IPv6 the neighbour still announces IPv4 routes.
enum class Transport { ipv4, ipv6 };
inline constexpr Transport kAllTransports[] = {Transport::ipv4, Transport::ipv6};
/// "client", "client6"
std::string text_of(Kind kind, Transport transport);

/// What a row has to know of the session it is sent on.
struct Session {
  Kind kind = Kind::ebgp;
  Transport transport = Transport::ipv4;
  std::string local;            // the neighbour's IPv4 address: its identifier and usual next hop
  std::string daemon;           // the daemon's IPv4 address
  std::string daemon6;          // its IPv6 address
  std::string local_end;        // of the TCP connection: `local`, or an IPv6 address
  std::string daemon_end;       //
  std::string daemon_id;        // its BGP identifier
  std::uint32_t daemon_as = 0;  //
  std::uint32_t as = 0;         // the neighbour's
  std::string id;
  int width = 4;  // octets per AS in AS_PATH
  Bytes offers;   // capabilities beside the usual ones
  [[nodiscard]] bool external() const { return kind == Kind::ebgp; }
};

/// The prefixes that rows are about. /21 leaves room for bits that do not count.
inline constexpr char kPrefix[] = "198.51.96.0/21";
inline constexpr char kPrefix6[] = "2001:db8:a000::/35";
inline constexpr char kNextHop6[] = "2001:db8:77::2";

using Make = std::function<Bytes(Session const&)>;
using Edit = std::function<void(support::Update&, Session const&)>;

/// A faultless route to kPrefix, or to kPrefix6 in MP_REACH, as this neighbour would announce it.
support::Update good(Session const& session, std::string const& prefix = kPrefix);
support::Update good6(Session const& session);
support::Open good_open(Session const& session);
/// Its AS_PATH: our AS on eBGP, and one more.
std::vector<std::uint32_t> good_path(Session const& session);

Make raw(Bytes bytes);
Make edited(std::vector<Edit> edits);
Make edited6(std::vector<Edit> edits);
Edit set(unsigned flags, unsigned code, Bytes value);
Edit add(unsigned flags, unsigned code, Bytes value);
Edit first(unsigned flags, unsigned code, Bytes value);
Edit drop(unsigned code);
/// Octets behind the last attribute, counted in the total attribute length.
Edit tail(Bytes bytes);
Edit reachable(Bytes field);
Edit withdrawn_field(Bytes field);

/// One attribute of the route as the second neighbour sees it.
struct Check {
  unsigned code = 0;
  bool present = true;
  std::optional<Bytes> value = {};
  std::optional<unsigned> flags = {};
  std::optional<std::vector<std::uint32_t>> ases = {};
};
Check absent(unsigned code);
Check present(unsigned code, Bytes value);
Check present(unsigned code, unsigned flags, Bytes value);
/// AS_PATH with four octets per AS, all in sequences; how they are cut into segments does not matter.
Check path(std::vector<std::uint32_t> const& ases);

enum class Fate {
  notified,     // exactly this NOTIFICATION, then the end of the connection; a route that stood is gone
  closed,       // the end of the connection without a NOTIFICATION
  established,  // the session comes up
  withdrawn,    // a good route stood; it is gone, and the session stays
  ignored,      // the route does not arrive, and the session stays
  arrives,      // the route arrives, with these attributes
  unchanged,    // a good route stood; it still does, and the session stays
};

struct Expectation {
  Fate fate = Fate::unchanged;
  unsigned code = 0;
  std::vector<unsigned> subcodes = {};  // any of them, where the RFCs leave it open
  std::optional<Bytes> data = {};       // nothing: any
  std::vector<Check> checks = {};
};
Expectation notified(unsigned code, unsigned subcode, std::optional<Bytes> data = Bytes{});
Expectation notified_any(unsigned code, std::vector<unsigned> subcodes, std::optional<Bytes> data = Bytes{});
Expectation arrives(std::vector<Check> checks = {});
inline Expectation fate(Fate one) { return {.fate = one}; }

/// Where the daemon's session stands when the bytes are sent.
enum class Phase { open_sent, open_confirm, established };

class Lab;
struct Result {
  bool passed = true;
  std::string why = {};  // expected and got, when it failed
};
/// For rows that one message cannot tell: carried out on the neighbour's address, from nothing.
using Script = std::function<Result(Lab&, Session const&)>;

struct Case {
  std::string table;
  std::string name;
  std::string spec;
  Make send = {};
  Expectation expect = {};
  Phase phase = Phase::established;
  std::vector<Kind> kinds = {Kind::ebgp, Kind::ibgp, Kind::client};
  int width = 4;                 // 2: the neighbour does not know four-octet ASes
  std::string prefix = kPrefix;  // the route it is about
  std::uint32_t as = 0;          // eBGP: another AS than usual
  std::string id = {};           // another identifier than usual
  Bytes offers = {};             // capabilities beside the usual ones
  bool as_set = false;           // the daemon is told to accept AS_SET from this neighbour
  bool route_server = false;     // this neighbour is a route server: its AS need not be the first
  bool active = false;           // the daemon dials, too
  bool ours_only = false;        // about what Tern has not built, no fault elsewhere
  bool ends_daemon = false;      // the row stops it; the next one finds a fresh one
  Script script = {};

  Case& in(Phase one) { return phase = one, *this; }
  Case& on(std::vector<Kind> some) { return kinds = std::move(some), *this; }
  Case& internal() { return on({Kind::ibgp, Kind::client}); }
  Case& external() { return on({Kind::ebgp}); }
  Case& old_speaker() { return width = 2, *this; }
  Case& six() { return prefix = kPrefix6, *this; }
  Case& from_as(std::uint32_t one) { return as = one, *this; }
  Case& with_id(std::string one) { return id = std::move(one), *this; }
  Case& offering(Bytes capabilities) { return offers = std::move(capabilities), *this; }
  Case& with_as_set_accepted() { return as_set = true, *this; }
  Case& from_route_server() { return route_server = true, *this; }
  Case& dialled() { return active = true, *this; }
  Case& ending() { return ends_daemon = true, *this; }
  Case& only_ours() { return ours_only = true, *this; }
};

/// Collects the rows of one table.
class Table {
 public:
  explicit Table(std::string name) : name_(std::move(name)) {}
  Case& row(std::string name, std::string spec, Make send, Expectation expect);
  Case& script(std::string name, std::string spec, Script script);
  std::vector<Case> take() { return std::move(rows_); }

 private:
  std::string name_;
  std::vector<Case> rows_;
};

}  // namespace conformance
