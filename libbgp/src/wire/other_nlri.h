// NLRI of the families that have more than plain prefixes (base/families.h): where one ends, what names its route and
// what does not. They are carried, not acted upon: nothing here says what a label or a flow specification does.
//
// An NLRI is a key and a value. The key names the route within its family; the value (label, segment identifier,
// gateway) may change without it being another route. All else is key, also what has a type that nobody here knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/families.h"

namespace bgp::wire {

/// No NLRI of these families is longer; a longer one would leave no room for attributes.
inline constexpr std::size_t longest_other_nlri = 1024;
/// Of a family: what an NLRI that is passed on takes at most.
[[nodiscard]] std::size_t longest_nlri(Family family);

/// The index of the first octet at which `nlri` is no list of NLRI of `family`, of whatever kind; size() when sound. Of
/// a family without a table nothing is known, and everything sound.
[[nodiscard]] std::size_t check_nlri(Bytes nlri, Family family, bool add_path);

/// The size of the first NLRI of a list, by what it says itself; 0 when it is none. `nlri` is not empty.
[[nodiscard]] std::size_t size_of_first_nlri(Family family, Bytes nlri);

struct OtherNlri {
  Buffer key;
  Buffer value;  ///< of a withdrawal: empty
  /// Empty: as its family has it. Otherwise the rule that it breaks, static text; the key then is all of it.
  std::string_view fault;
};

/// Iterates a list that check_nlri() found sound.
class OtherNlriReader {
 public:
  OtherNlriReader(Bytes checked, Family family, bool add_path) : rest_(checked), family_(family), add_path_(add_path) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Cut with whole octets: the NLRI as it stands.
  Bytes next();
  [[nodiscard]] PathId path_id() const { return path_id_; }

 private:
  Bytes rest_;
  Family family_;
  bool add_path_;
  PathId path_id_;
};

/// Takes one NLRI apart; `out` keeps its capacity.
void cut_other_nlri(Bytes one, Family family, bool withdrawn, OtherNlri& out);
/// The inverse: appends the NLRI.
void join_other_nlri(Family family, Bytes key, Bytes value, Buffer& out);
/// The same for a withdrawal, which needs no value.
void join_withdrawn_nlri(Family family, Bytes key, Buffer& out);

/// The prefix that a key names, without what stands before it; none where it names no prefix.
[[nodiscard]] std::optional<Prefix> prefix_of(Family family, Bytes key);
/// "65000:1:10.0.0.0/24", "type 3, 65000:1, tag 0, 192.0.2.1"
[[nodiscard]] std::string key_text(Family family, Bytes key);
/// "label 100"; empty when there is nothing.
[[nodiscard]] std::string value_text(Family family, Bytes key, Bytes value);

}  // namespace bgp::wire
