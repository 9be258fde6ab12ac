// The interop matrix: each counterpart, in each kind of session, asked feature by feature. A case of matrix_test.cc
// runs one counterpart in one kind and writes its cells to a file; matrix_document.cc makes docs/interop.md of them.
// Whether a cell is good is what the counterpart prints when its own client asks it (Question), not what we say.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "interop_test.h"

namespace interop::matrix {

enum class Kind { ebgp, ibgp, client, theirs };
std::vector<Kind> const all_kinds = {Kind::ebgp, Kind::ibgp, Kind::client, Kind::theirs};
std::vector<std::string> const all_counterparts = {"bird", "frr", "gobgp", "openbgpd"};
/// "ebgp", as files and tests are called.
std::string name_of(Kind kind);

// The columns of the document, in its order.
enum class Column {
  ipv4,
  ipv6,
  ipv4_over_ipv6,
  as4,
  as2,
  reflection,
  add_path,
  extended,
  our_refresh,
  their_refresh,
  md5,
  wrong_md5,
  gtsm,
  our_limit,
  their_limit,
  our_text,
  their_text,
  role,
};
std::size_t constexpr columns = 18;
std::string heading(Column column);

/// Something that a counterpart is asked, and what has to stand in the answer, in this order; blanks count as one.
struct Question {
  std::string line;
  std::vector<std::string> texts;
};

/// A session as a counterpart is told of it. We are 10.78.0.1 or 2001:db8:78::1 of AS 65000, it is .2 and ::2.
struct Plan {
  Kind kind = Kind::ebgp;
  bool ipv6 = false;           ///< the session's own addresses; it has both families then
  std::string password = {};   ///< "" none
  bool gtsm = false;           ///< one hop
  bool as2 = false;            ///< without the capability of four-octet ASes
  bool role = false;           ///< it is our customer
  unsigned limit = 0;          ///< of our IPv4 prefixes
  bool other_next_hop = true;  ///< IPv4 routes over IPv6 by IPv6 next hops
  bool add_path = false;       ///< several paths of an IPv4 prefix, in both directions
  [[nodiscard]] bool external() const { return kind == Kind::ebgp; }
  [[nodiscard]] std::string as() const { return external() ? "65010" : "65000"; }
  [[nodiscard]] std::string us() const { return ipv6 ? "2001:db8:78::1" : "10.78.0.1"; }
  [[nodiscard]] std::string it() const { return ipv6 ? "2001:db8:78::2" : "10.78.0.2"; }
};
auto const far_client = "10.78.0.4";  // where it is a reflector, and we a client: another client of it, BIRD
auto const their_cluster = "9.9.9.9";
std::vector<std::string> const their_routes = {"198.51.100.0/24", "198.51.101.0/24"};
auto const their_route6 = "2001:db8:2::/48";

/// One of the others, which runs until the object goes.
class Counterpart {
 public:
  virtual ~Counterpart() = default;
  /// What its client prints; for the line "log", what the daemon itself has logged.
  virtual std::string ask(std::string const& line) const = 0;  // NOLINT(modernize-use-nodiscard)
  [[nodiscard]] bool shows(Question const& question) const;

  [[nodiscard]] virtual Question up() const = 0;
  [[nodiscard]] virtual Question route(std::string const& prefix, std::string const& path,
                                       std::string const& next_hop) const = 0;
  /// Our route as a reflected one, "" for none of the two: not that it is absent.
  [[nodiscard]] virtual Question reflected(std::string const& prefix, std::string const& originator,
                                           std::string const& cluster) const = 0;
  /// Two paths of ours, the first of them the shorter one.
  [[nodiscard]] virtual Question two_paths(std::string const& prefix, std::string const& first,
                                           std::string const& second) const = 0;
  [[nodiscard]] virtual Question large_community(std::string const& prefix, std::string const& last) const = 0;
  /// That it was asked for its routes, and that it has asked.
  [[nodiscard]] virtual Question refresh_received() const = 0;
  [[nodiscard]] virtual Question refresh_sent() const = 0;
  /// How many UPDATEs it has received in this session.
  [[nodiscard]] virtual std::uint64_t updates() const = 0;
  [[nodiscard]] virtual Question told_of_limit() const = 0;
  [[nodiscard]] virtual Question limit_exceeded() const = 0;
  [[nodiscard]] virtual Question told(std::string const& text) const = 0;
  [[nodiscard]] virtual Question has_shut_down(std::string const& text) const = 0;
  [[nodiscard]] virtual Question role() const { return {}; }
  /// What makes it ask us for our routes, end the session with a text and begin it again.
  [[nodiscard]] virtual std::string ask_for_routes() const = 0;
  [[nodiscard]] virtual std::string shut_down(std::string const& text) const = 0;
  [[nodiscard]] virtual std::string start_again() const = 0;
};

/// Something of theirs that keeps a cell from being good: what it does, and what is seen of it. "": there is nothing.
struct Known {
  std::string why = {};
  Question seen = {};
};

/// What is to be known of a counterpart before it runs.
struct Make {
  std::string title;
  std::vector<std::string> programs;
  support::Arguments version;          ///< prints it
  std::string (*lacks)(Column, Kind);  ///< why there is nothing to ask, "" when there is
  Known (*faults)(Plan const&, Column);
  bool ipv6_next_hops = true;  ///< of IPv4 routes (RFC 8950)
  bool dials = true;           ///< else we do
  std::unique_ptr<Counterpart> (*start)(support::TemporaryDirectory const&, Plan const&, support::Namespace const&);
};
Make const& make(std::string const& counterpart);
Make const& bird();
Make const& frr();
Make const& gobgp();
Make const& openbgpd();

/// Blanks and line ends as one blank each.
std::string words(std::string const& text);
/// The first number, or the one after it, behind `label`; 0 without.
std::uint64_t number_after(std::string const& text, std::string const& label, unsigned index);

struct Cell {
  std::string verdict;  // "ok", "fault", "empty"
  std::string why;      // of an empty cell or a fault
  std::string seen;     // what was asked and found
};
/// A row of the document as it lies in a file.
struct Row {
  std::string version;
  std::map<Column, Cell> cells;
};
std::string file_of(std::string const& counterpart, Kind kind);
void write(Row const& row, std::string const& file);
/// Nothing when there is no such file.
std::optional<Row> read(std::string const& file);

}  // namespace interop::matrix
