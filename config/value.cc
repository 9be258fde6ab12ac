#include "config/value.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "config/suggest.h"

namespace tern::config {

namespace {

/// Keys that have no place here, but that people know from elsewhere: what there is instead. Those of versions to come
/// are refused by name, so that nobody believes that a session is protected by what is not there.
struct KnownElsewhere {
  std::string_view key, what, remedy;
};

constexpr std::string_view to_come = "not supported yet";
constexpr std::string_view would_not = "remove it: this version would not do what it says";
constexpr std::string_view no_hops = "is not needed: eBGP over several hops is nothing special here";
constexpr std::string_view unless_ttl =
    "remove it; ttl sets the TTL of what we send, ttlSecurity checks that of the neighbour";
constexpr std::string_view other_name = "has another name here";

constexpr KnownElsewhere known_elsewhere[] = {
    {"bfd", to_come, would_not},
    {"confederation", to_come, would_not},
    {"dampening", to_come, would_not},
    {"defaultOriginate", to_come, would_not},
    {"gracefulRestart", to_come, would_not},
    {"include", to_come, would_not},
    {"longLivedGracefulRestart", to_come, would_not},
    {"routeServerClient", to_come, would_not},
    {"sendHoldTime", to_come, would_not},
    {"tcpAo", to_come, would_not},
    {"vrf", to_come, would_not},
    {"weight", to_come, would_not},
    {"ebgpMultihop", no_hops, unless_ttl},
    {"multihop", no_hops, unless_ttl},
    {"maximumPaths", other_name, "write multipath under router of tern-speaker"},
    {"multipath", "is a key of tern-speaker's router: a reflector puts nothing into a kernel",
     "remove it here; addPath has several paths told"},
    {"md5", other_name, "write password, passwordFile or passwordEnv"},
    {"tcpMd5", other_name, "write password, passwordFile or passwordEnv"},
    {"updateSource", other_name, "write localAddress"},
    {"sourceAddress", other_name, "write localAddress"},
    {"routeReflectorClient", other_name, "write reflectorClient"},
    {"asOverride", to_come, would_not},
};

int line_of(YAML::Node const& node) { return node.Mark().is_null() ? 0 : node.Mark().line + 1; }

bool is_negative(std::string const& text) {
  return text.size() > 1 && text[0] == '-' && text.find_first_not_of("0123456789", 1) == std::string::npos;
}

/// 23456 stands for "an AS that does not fit in two octets" and is nobody's (RFC 6793 §9).
constexpr std::uint32_t as_trans = 23456;

}  // namespace

Value::Value(YAML::Node node, Place at, Problems& problems)
    : node_(std::move(node)), at_(std::move(at)), problems_(&problems) {}

void Value::problem(std::string what, std::string remedy) const {
  problems_->add(at_, std::move(what), std::move(remedy));
}

bool Value::is_scalar(std::string const& expected) const {
  if (node_.IsScalar()) return true;
  problem(node_.IsNull() ? "no value" : node_.IsMap() ? "is a map" : "is a list", "write " + expected);
  return false;
}

std::optional<std::string> Value::text() const {
  if (!is_scalar("a text")) return std::nullopt;
  return node_.Scalar();
}

std::optional<std::uint64_t> Value::number(std::uint64_t min, std::uint64_t max, std::string const& instead) const {
  auto const expected = instead + "a number from " + std::to_string(min) + " to " + std::to_string(max);
  if (!is_scalar(expected)) return std::nullopt;
  auto const& text = node_.Scalar();
  std::uint64_t parsed = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  bool const number = error != std::errc::invalid_argument && end == text.data() + text.size();
  if (!number && !is_negative(text)) {
    problem("'" + text + "' is no number", "write " + expected);
    return std::nullopt;
  }
  if (!number || error != std::errc{} || parsed < min || parsed > max) {
    problem("'" + text + "' is out of range", "write " + expected);
    return std::nullopt;
  }
  return parsed;
}

std::optional<bool> Value::boolean() const {
  if (!is_scalar("true or false")) return std::nullopt;
  if (node_.Scalar() == "true") return true;
  if (node_.Scalar() == "false") return false;
  problem("'" + node_.Scalar() + "' is neither true nor false", "write true or false");
  return std::nullopt;
}

std::optional<bgp::Asn> Value::asn() const {
  if (node_.IsScalar() && node_.Scalar().size() > 2 &&
      (node_.Scalar().starts_with("AS") || node_.Scalar().starts_with("as"))) {
    problem("'" + node_.Scalar() + "' is no number", "write " + node_.Scalar().substr(2));
    return std::nullopt;
  }
  auto const parsed = number(1, 4294967295);
  if (!parsed) return std::nullopt;
  if (*parsed == as_trans) {
    problem("23456 is AS_TRANS and belongs to nobody (RFC 6793)", "write the real AS number; four octets are fine");
    return std::nullopt;
  }
  return bgp::Asn{static_cast<std::uint32_t>(*parsed)};
}

std::optional<bgp::RouterId> Value::router_id() const {
  if (!is_scalar("an identifier like 192.0.2.1")) return std::nullopt;
  auto const parsed = bgp::RouterId::parse(node_.Scalar());
  if (parsed && parsed->value != 0) return parsed;
  problem("'" + node_.Scalar() + "' is no identifier", "write it like an IPv4 address, for instance 192.0.2.1");
  return std::nullopt;
}

std::optional<bgp::IpAddress> Value::address() const {
  if (!is_scalar("an IP address")) return std::nullopt;
  auto const parsed = bgp::IpAddress::parse(node_.Scalar());
  if (!parsed) {
    problem("'" + node_.Scalar() + "' is no IP address", "write it in numbers, like 192.0.2.1 or 2001:db8::1");
  }
  return parsed;
}

std::optional<bgp::Prefix> Value::prefix() const {
  if (!is_scalar("a prefix like 192.0.2.0/24")) return std::nullopt;
  auto const& text = node_.Scalar();
  auto const parsed = bgp::Prefix::parse(text);
  if (!parsed) {
    problem("'" + text + "' is no prefix", "write an address and a length, like 192.0.2.0/24 or 2001:db8::/32");
    return std::nullopt;
  }
  auto const slash = text.find('/');
  if (slash == std::string::npos) {
    problem("'" + text + "' has no length", "write " + parsed->text());
    return std::nullopt;
  }
  if (bgp::IpAddress::parse(text.substr(0, slash)) != parsed->address()) {
    problem("'" + text + "' has bits set past its length", "write " + parsed->text());
    return std::nullopt;
  }
  return parsed;
}

std::vector<Value> Value::list() const {
  std::vector<Value> out;
  if (!node_.IsSequence()) {
    problem("is no list", "write [...], or one line with '- ' an element");
    return out;
  }
  for (std::size_t i = 0; i < node_.size(); ++i) {
    auto const element = node_[i];
    auto const line = line_of(element);
    out.emplace_back(element, Place{line > 0 ? line : at_.line, at_.key + "[" + std::to_string(i) + "]"}, *problems_);
  }
  return out;
}

std::vector<std::pair<std::string, Value>> Value::map() const {
  std::vector<std::pair<std::string, Value>> out;
  if (!node_.IsMap()) {
    problem(node_.IsNull() ? "is empty" : "is no map", "write {key: value, ...}, or one line 'key: value' a key");
    return out;
  }
  std::map<std::string, int> first_line;
  for (auto const& entry : node_) {
    Place const here{line_of(entry.first), at_.key};
    if (!entry.first.IsScalar()) {
      problems_->add(here, "a key is no word", "write a plain word before the colon");
      continue;
    }
    auto const& name = entry.first.Scalar();
    Place at{here.line, at_.key.empty() ? name : at_.key + "." + name};
    auto const [first, inserted] = first_line.emplace(name, here.line);
    if (!inserted) {
      problems_->add(at, "given twice, first in line " + std::to_string(first->second), "remove one of the two");
      continue;
    }
    out.emplace_back(name, Value(entry.second, std::move(at), *problems_));
  }
  return out;
}

void refuse_key(Value const& value, std::string const& key, std::span<std::string const> known, Places& places) {
  // {password: one,two} is a key `two`: what may be a part of a password is not shown.
  if (auto const password = places.find("password"); password != places.end() && value.is_null()) {
    value.problems().add(password->second, "ends at a comma or another mark of YAML", "put it in quotes");
    return;
  }
  auto const* const elsewhere = std::ranges::find(known_elsewhere, key, &KnownElsewhere::key);
  if (elsewhere != std::end(known_elsewhere)) {
    value.problem(std::string(elsewhere->what), std::string(elsewhere->remedy));
    return;
  }
  if (auto const meant = closest(key, known)) {
    value.problem("unknown key", "did you mean " + *meant + "?");
    places.emplace(*meant, value.at());  // not missing, only misspelt
    return;
  }
  value.problem("unknown key", "remove it; the keys here are " + one_of(known));
}

void report_missing(Value const& map, std::string const& key) {
  Place at = map.at();
  if (at.line == 0) at.line = 1;
  at.key = at.key.empty() ? key : at.key + "." + key;
  map.problems().add(std::move(at), "missing", "add it");
}

}  // namespace tern::config
