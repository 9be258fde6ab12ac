// What the log says of a neighbour.
#include <algorithm>

#include "base/hex.h"
#include "engine/instance.h"
#include "wire/nlri.h"
#include "wire/other_nlri.h"

namespace bgp::engine {

namespace {

constexpr std::size_t octets_in_full = 4096;  // of such an UPDATE
constexpr std::uint64_t faults_in_full = 20;  // malformed UPDATEs logged with their octets, per session

/// "63.123.92.0/22, 198.51.100.0/24 and 7 more"
std::string prefixes_text(Bytes checked, Family family, bool add_path) {
  constexpr std::size_t shown = 5, octets_shown = 64;
  if (!has_table(family)) return family.text();
  std::string out;
  std::size_t count = 0;
  auto const add = [&](auto const& text) {
    if (count++ < shown) out += (count == 1 ? "" : ", ") + text();
  };
  if (has_plain_prefixes(family)) {
    for (wire::NlriReader reader(checked, family, add_path); !reader.at_end();) {
      auto const prefix = reader.next();
      add([&] { return prefix.text(); });
    }
  } else {
    for (wire::OtherNlriReader reader(checked, family, add_path); !reader.at_end();) {
      auto const one = reader.next();
      add([&] { return family.text() + " 0x" + hex(one.first(std::min(one.size(), octets_shown))); });
    }
  }
  return count <= shown ? out : out + " and " + std::to_string(count - shown) + " more";
}

/// Of those of other families the ones that are not as their family has it: they are left out, the others taken.
std::string faulty_text(Bytes checked, Family family, bool add_path) {
  if (!has_table(family) || has_plain_prefixes(family)) return {};
  constexpr std::size_t octets_shown = 64;
  std::string out;
  wire::OtherNlri cut;
  for (wire::OtherNlriReader reader(checked, family, add_path); !reader.at_end();) {
    auto const one = reader.next();
    wire::cut_other_nlri(one, family, false, cut);
    if (cut.fault.empty()) continue;
    out += (out.empty() ? "" : ", ") + family.text() + " 0x" + hex(one.first(std::min(one.size(), octets_shown)));
  }
  return out;
}

}  // namespace

void Neighbour::log_single_paths(session::Negotiated const& negotiated, Family family) {
  if (!may_have_several_paths(family)) return;
  auto const say = [&](std::string const& does) {
    instance_.log_about(*this, 'w',
                        " " + does + " one path of a prefix of " + family.text() + ", not several (RFC 7911)");
  };
  if (config_.add_path_receive && !negotiated.receives_add_path(family)) say("sends");
  if (config_.add_path_send.several() && !negotiated.sends_add_path(family)) say("takes");
}

// As often as it likes it could have one.
void Neighbour::log_refresh(char severity, std::string line) {
  if (++refreshes_logged_ > faults_in_full) return;
  if (refreshes_logged_ == faults_in_full) line += " (further ones of this session are not logged)";
  instance_.log_about(*this, severity, line);
}

// It is tried again for as long as it takes: a line an attempt would bury everything else.
void Neighbour::log_lost(std::string const& reason) {
  if (reason == reason_logged_) return;
  reason_logged_ = reason;
  instance_.log_about(*this, 'i', " not connected: " + reason + "; trying again, and silent until the reason changes");
}

// RFC 7606 §8: an operator must be able to find out what was wrong, also later, so the NLRI and the whole message are
// shown. That is 8 KiB of text at most.
void Neighbour::log_fault(wire::Verdict const& verdict, wire::UpdateParts const* parts, Bytes body) {
  if (++faults_logged_ > faults_in_full) return;
  auto line = ": " + std::string(verdict.rule);
  line += verdict.action == wire::Action::discard    ? ": attribute discarded"
          : verdict.action == wire::Action::withdraw ? ": treated as withdrawn"
                                                     : ": session reset with " + verdict.notification.text();
  auto const text = [this](Bytes nlri, Family family) {
    auto const add_path = transport_->session().negotiated()->receives_add_path(family);
    if (auto const faulty = faulty_text(nlri, family, add_path); !faulty.empty()) return faulty + " alone";
    return prefixes_text(nlri, family, add_path);
  };
  if (parts != nullptr && !parts->nlri.empty()) line += ", NLRI " + text(parts->nlri, ipv4_unicast);
  if (parts != nullptr && parts->mp_reach) {
    line += ", MP_REACH NLRI " + text(parts->mp_reach->nlri, parts->mp_reach->family);
  }
  line += ", UPDATE after its header " + hex(body.first(std::min(body.size(), octets_in_full)));
  if (body.size() > octets_in_full) line += "... (" + std::to_string(body.size()) + " octets)";
  if (faults_logged_ == faults_in_full) line += " (further ones of this session are not logged)";
  instance_.log_about(*this, 'w', std::move(line));
}

}  // namespace bgp::engine
