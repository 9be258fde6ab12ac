// A strict view of YAML: every value knows its line and its key's path, every mistake becomes a Problem and reading
// goes on, so that one run shows them all. A map is read by a table of its keys; what is not in the table is an error.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bgp/types.h"
#include "config/problem.h"

namespace tern::config {

class Value {
 public:
  Value(YAML::Node node, Place at, Problems& problems);

  [[nodiscard]] Place const& at() const { return at_; }
  [[nodiscard]] Problems& problems() const { return *problems_; }
  void problem(std::string what, std::string remedy) const;

  // Each of these adds a problem when it returns nothing.
  [[nodiscard]] std::optional<std::string> text() const;
  /// `instead`: what else may stand there, for the remedy: "true or ".
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t min, std::uint64_t max,
                                                    std::string const& instead = {}) const;
  [[nodiscard]] std::optional<bool> boolean() const;
  /// The same into `out`, which keeps its default where there is a problem.
  void read(bool& out) const { out = boolean().value_or(out); }
  [[nodiscard]] std::optional<bgp::Asn> asn() const;
  [[nodiscard]] std::optional<bgp::RouterId> router_id() const;
  [[nodiscard]] std::optional<bgp::IpAddress> address() const;
  [[nodiscard]] std::optional<bgp::Prefix> prefix() const;

  [[nodiscard]] bool says(std::string_view word) const { return node_.IsScalar() && node_.Scalar() == word; }
  /// Nothing stands behind the key.
  [[nodiscard]] bool is_null() const { return node_.IsNull(); }
  /// The elements of a list; a problem and nothing when it is no list.
  [[nodiscard]] std::vector<Value> list() const;
  [[nodiscard]] bool is_list() const { return node_.IsSequence(); }
  [[nodiscard]] bool is_map() const { return node_.IsMap(); }
  /// The entries of a map in the file's order; a problem for what is no map, for keys that are no words, and for keys
  /// given twice (the first counts).
  [[nodiscard]] std::vector<std::pair<std::string, Value>> map() const;

 private:
  [[nodiscard]] bool is_scalar(std::string const& expected) const;

  YAML::Node node_;
  Place at_;
  Problems* problems_;
};

/// One key that a map may hold, and how it is read into a T.
template <class T>
struct Key {
  std::string name;
  std::function<void(Value const&, T&)> read;
  bool required = false;
};

/// The keys of a map that shares some with others: its own, then those of a part of T.
template <class T, class Part>
[[nodiscard]] std::vector<Key<T>> with_shared(std::vector<Key<T>> own, std::span<Key<Part> const> shared) {
  for (auto const& key : shared) own.push_back({key.name, key.read, key.required});
  return own;
}

/// Where each key of a map was set.
using Places = std::map<std::string, Place>;

/// Says that `key` does not belong here: a key of a later version by name, a misspelling with its correction.
/// What was misspelt is put into `places`, so that it is not called missing as well.
void refuse_key(Value const& value, std::string const& key, std::span<std::string const> known, Places& places);
void report_missing(Value const& map, std::string const& key);

template <class Keys, class T>
Places read_map(Value const& map, Keys const& keys, T& out) {
  Places places;
  std::vector<std::string> known;
  for (auto const& key : keys) known.push_back(key.name);
  for (auto const& [name, value] : map.map()) {
    auto key = keys.begin();
    while (key != keys.end() && key->name != name) ++key;
    if (key == keys.end()) {
      refuse_key(value, name, known, places);
      continue;
    }
    places.insert_or_assign(name, value.at());
    key->read(value, out);
  }
  for (auto const& key : keys) {
    if (key.required && !places.contains(key.name)) report_missing(map, key.name);
  }
  return places;
}

}  // namespace tern::config
