// OPEN message errors: RFC 4271 §6.2, 5492, 6286, 6793, 9072.
#include "tables.h"

namespace conformance {

using namespace support;

namespace {

using Change = std::function<void(Open&, Session const&)>;

Make open_with(Change change) {
  return [change = std::move(change)](Session const& session) {
    auto open = good_open(session);
    change(open, session);
    return open.bytes();
  };
}

// Parameters in place of the usual ones; capability 65 comes by itself.
Make parameters(std::function<Bytes(Bytes const& as4)> make) {
  return open_with([make = std::move(make)](Open& open, Session const& session) {
    open.parameters = make(capability_as4(session.as));
  });
}

Bytes usual(Bytes const& as4) { return cat({capability_mp(1, 1), capability_mp(2, 1), capability(2), as4}); }

Expectation const up = fate(Fate::established);
Expectation const malformed = notified(2, 0, std::nullopt);

void fixed_part(Table& table) {
  auto const spec = "RFC 4271 §6.2";
  table.row("version 3", spec, open_with([](Open& o, auto&) { o.version = 3; }), notified(2, 1, u16(4)));
  table.row("version 5", spec, open_with([](Open& o, auto&) { o.version = 5; }), notified(2, 1, u16(4)));
  table.row("AS of a stranger", spec, open_with([](Open& o, auto&) {
              o.as = 64500;
              o.parameters = parameter(2, usual(capability_as4(64500)));
            }),
            notified(2, 2, std::nullopt));
  table.row("AS of a stranger in capability 65 only", "RFC 6793 §4.1",
            parameters([](auto&) { return parameter(2, usual(capability_as4(64500))); }), notified(2, 2, std::nullopt));
  table.row("AS 0", "RFC 7607 §2", open_with([](Open& o, auto&) {
              o.as = 0;
              o.parameters = parameter(2, cat({capability_mp(1, 1), capability(2)}));
            }),
            notified(2, 2, std::nullopt));
  table.row("AS 0 in capability 65", "RFC 7607 §2",
            parameters([](auto&) { return parameter(2, usual(capability_as4(0))); }), notified(2, 2, std::nullopt));
  table.row("AS_TRANS with the AS in capability 65", "RFC 6793 §4.1", open_with([](Open& o, auto&) { o.as = 23456; }),
            up);
  table.row("identifier 0", "RFC 6286 §2.2", open_with([](Open& o, auto&) { o.id = "0.0.0.0"; }),
            notified(2, 3, std::nullopt));
  table
      .row("our identifier on an internal session", "RFC 6286 §2.2",
           open_with([](Open& o, auto& s) { o.id = s.daemon_id; }), notified(2, 3, std::nullopt))
      .internal();
  table
      .row("our identifier on an external session", "RFC 6286 §2.1",
           open_with([](Open& o, auto& s) { o.id = s.daemon_id; }), up)
      .external();
  table.row("identifier that is no address", "RFC 6286 §2.1",
            open_with([](Open& o, auto&) { o.id = "255.255.255.255"; }), up);
  table.row("hold time 1", spec, open_with([](Open& o, auto&) { o.hold_time = 1; }), notified(2, 6, std::nullopt));
  table.row("hold time 2", spec, open_with([](Open& o, auto&) { o.hold_time = 2; }), notified(2, 6, std::nullopt));
  table.row("hold time 3", spec, open_with([](Open& o, auto&) { o.hold_time = 3; }), up);
  table.row("hold time 0", spec, open_with([](Open& o, auto&) { o.hold_time = 0; }), up);
}

void capabilities(Table& table) {
  auto const spec = "RFC 5492 §4";
  table.row("unknown capability", "RFC 5492 §3",
            parameters([](auto& as4) { return parameter(2, capability(222, fill(10, 1)) + usual(as4)); }), up);
  table.row("unknown capability of length 0", "RFC 5492 §3",
            parameters([](auto& as4) { return parameter(2, usual(as4) + capability(222)); }), up);
  table.row("each capability in a parameter of its own", spec, parameters([](auto& as4) {
              return cat({parameter(2, capability_mp(1, 1)), parameter(2, capability_mp(2, 1)), parameter(2, as4)});
            }),
            up);
  table.row("a capability twice", spec, parameters([](auto& as4) { return parameter(2, usual(as4) + usual(as4)); }),
            up);
  table.row("capability parameter of length 0", spec,
            parameters([](auto& as4) { return parameter(2, {}) + parameter(2, usual(as4)); }), up);
  table.row("capability that overruns its parameter", spec,
            parameters([](auto& as4) { return parameter(2, usual(as4) + hex("de05 0102")); }), malformed);
  table.row("capability of one octet", spec, parameters([](auto& as4) { return parameter(2, usual(as4) + hex("de")); }),
            malformed);
  table.row("capability that borrows from the next parameter", spec, parameters([](auto& as4) {
              return cat({parameter(2, hex("de04 0102")), parameter(2, usual(as4))});
            }),
            malformed);
  table.row("capability 65 of length 2", "RFC 6793 §3",
            parameters([](auto&) { return parameter(2, capability_mp(1, 1) + capability(65, u16(65010))); }),
            malformed);
  // RFC 5492 §3 leaves it to the daemon which capabilities it cannot do without.
  table
      .row("no family in common", "RFC 5492 §5",
           parameters([](auto& as4) { return parameter(2, capability_mp(1, 128) + as4); }),
           notified(2, 7, capability_mp(1, 1) + capability_mp(2, 1)))
      .only_ours();
  table.row("capability 1 of length 3", "RFC 4760 §8",
            parameters([](auto& as4) { return parameter(2, capability(1, hex("000100")) + as4); }), malformed);
}

void optional_parameters(Table& table) {
  auto const spec = "RFC 4271 §6.2";
  table.row("no optional parameters", spec, open_with([](Open& o, auto&) { o.parameters = {}; }), up).old_speaker();
  table.row("unknown optional parameter", spec,
            parameters([](auto& as4) { return parameter(3, u8(1)) + parameter(2, usual(as4)); }),
            notified(2, 4, std::nullopt));
  table.row("unknown optional parameter at the end", spec,
            parameters([](auto& as4) { return parameter(2, usual(as4)) + parameter(77, {}); }),
            notified(2, 4, std::nullopt));
  table.row("authentication, the parameter of old", spec,
            parameters([](auto& as4) { return parameter(1, fill(4)) + parameter(2, usual(as4)); }),
            notified_any(2, {4, 5}, std::nullopt));
  table.row("parameter that overruns the total length", spec,
            parameters([](auto& as4) { return parameter(2, usual(as4)) + hex("0206 4104"); }), malformed);
  table.row("parameter of one octet", spec, parameters([](auto& as4) { return parameter(2, usual(as4)) + hex("02"); }),
            malformed);
  table.row("total length above the octets there", spec,
            open_with([](Open& o, auto&) { o.length_octet = unsigned(o.parameters.size()) + 1; }), malformed);
  table.row("total length below the octets there", spec, open_with([](Open& o, auto&) { o.length_octet = 0; }),
            malformed);
}

void extended_form(Table& table) {
  auto const spec = "RFC 9072 §2";
  auto const form = [](Bytes const& as4) { return extended_parameters(extended_parameter(2, usual(as4))); };
  auto const with_octet = [form](unsigned octet) {
    return open_with([=](Open& o, Session const& s) {
      o.parameters = form(capability_as4(s.as));
      o.length_octet = octet;
    });
  };
  table.row("extended parameters", spec, with_octet(255), up);
  table.row("extended parameters with another length octet", spec, with_octet(1), up);
  table.row("extended parameters past 255 octets", spec, open_with([](Open& o, Session const& s) {
              auto unknown = cat({capability(222, fill(250)), capability(223, fill(250)), capability(224, fill(250))});
              o.parameters = extended_parameters(extended_parameter(2, unknown + usual(capability_as4(s.as))));
              o.length_octet = 255;
            }),
            up);
  table
      .row("no extended parameters", spec, open_with([](Open& o, auto&) {
             o.parameters = extended_parameters({});
             o.length_octet = 255;
           }),
           up)
      .old_speaker();
  table.row("parameter 255 that is not the first", spec,
            parameters([](auto& as4) { return parameter(2, usual(as4)) + parameter(255, u8(0)); }),
            notified(2, 4, std::nullopt));
  table.row("extended length above the octets there", spec, open_with([](Open& o, Session const& s) {
              auto const inner = extended_parameter(2, usual(capability_as4(s.as)));
              o.parameters = cat({u8(255), u16(unsigned(inner.size()) + 1), inner});
              o.length_octet = 255;
            }),
            malformed);
  table.row("extended parameter that overruns", spec, open_with([](Open& o, Session const& s) {
              auto const whole = extended_parameter(2, usual(capability_as4(s.as))) + hex("02 0100 41");
              o.parameters = extended_parameters(whole);
              o.length_octet = 255;
            }),
            malformed);
  table.row("unknown parameter in the extended form", spec, open_with([](Open& o, Session const& s) {
              auto const whole = extended_parameter(2, usual(capability_as4(s.as))) + extended_parameter(77, {});
              o.parameters = extended_parameters(whole);
              o.length_octet = 255;
            }),
            notified(2, 4, std::nullopt));
}

}  // namespace

std::vector<Case> open_rows() {
  Table table("open");
  fixed_part(table);
  capabilities(table);
  optional_parameters(table);
  extended_form(table);
  auto rows = table.take();
  for (auto& row : rows) row.in(Phase::open_sent);
  return rows;
}

}  // namespace conformance
