#include "mgmt/ternctl/decode/message_json.h"

#include <algorithm>
#include <vector>

#include "mgmt/ternctl/decode/open_json.h"
#include "wire/attributes.h"
#include "wire/message.h"
#include "wire/other_nlri.h"

namespace tern::ctl {

namespace {

namespace wire = bgp::wire;
using wire::Action;
using wire::MessageType;

constexpr char const* type_names[] = {"", "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"};

struct Wrong {
  std::size_t octet = 0;  // of the message
  std::uint8_t attribute = 0;
  std::string_view rule;
  std::string_view does;
};

/// All that is wrong, and what comes of it.
struct Judgement {
  std::vector<Wrong> faults;
  std::string_view does;
  std::string_view because;
  std::optional<wire::Notification> notification;
};

std::string_view text_of(Action action) {
  switch (action) {
    case Action::discard:
      return "attribute discard";
    case Action::withdraw:
      return "treat as withdraw";
    case Action::reset:
      return "session reset";
    case Action::none:
      break;
  }
  return "nothing";
}

void add_reset(Judgement& out, wire::Fault const& fault) {
  out.faults.push_back({fault.octet, 0, fault.rule, text_of(Action::reset)});
  out.does = text_of(Action::reset);
  out.because = fault.rule;
  out.notification = fault;
}

void write_faults(JsonWriter& json, std::vector<Wrong> const& faults) {
  json.key("faults");
  json.begin_array();
  for (auto const& fault : faults) {
    json.begin_object();
    json.field("octet", fault.octet);
    if (fault.attribute != 0) json.field("attribute", unsigned{fault.attribute});
    json.field("rule", fault.rule);
    json.field("action", fault.does);
    json.end_object();
  }
  json.end_array();
}

void write_judgement(JsonWriter& json, Judgement const& judgement) {
  if (judgement.faults.empty()) return;
  write_faults(json, judgement.faults);
  json.key("receiver");
  json.begin_object();
  json.field("action", judgement.does);
  json.field("rule", judgement.because);
  if (judgement.notification) {
    json.key("notification");
    json.begin_object();
    json.field("code", unsigned{judgement.notification->code});
    json.field("subcode", unsigned{judgement.notification->subcode});
    json.field("text", judgement.notification->text());
    json.field("data", hex_text(judgement.notification->data));
    json.end_object();
  }
  json.end_object();
}

/// What a receiver leaves out of a list of NLRI, one by one: the others are taken.
void judge_nlri(Bytes body, Bytes nlri, bgp::Family family, wire::DecodeContext const& context, bool withdrawn,
                Judgement& out) {
  if (!bgp::has_table(family) || bgp::has_plain_prefixes(family)) return;
  constexpr std::uint8_t reach = 14, unreach = 15;
  wire::OtherNlri cut;
  for (wire::OtherNlriReader reader(nlri, family, context.add_path(family)); !reader.at_end();) {
    auto const one = reader.next();
    wire::cut_other_nlri(one, family, withdrawn, cut);
    if (cut.fault.empty()) continue;
    auto const octet = wire::header_size + static_cast<std::size_t>(one.data() - body.data());
    out.faults.push_back({octet, withdrawn ? unreach : reach, cut.fault, "route left out"});
    if (out.does != text_of(Action::none)) continue;
    out.does = "route left out";
    out.because = cut.fault;
  }
}

void judge_update(Bytes body, wire::DecodeContext const& context, Judgement& out, std::optional<bgp::Family>& end) {
  bgp::Buffer scratch;
  auto const cut = wire::cut_update(body, context, scratch);
  if (!cut) return add_reset(out, cut.error());
  auto const& parts = cut.value();
  end = parts.end_of_rib();
  auto const decoded = wire::decode_attributes(parts.rest, context);
  for (auto const& fault : parts.faults) {
    out.faults.push_back({wire::header_size + fault.octet, fault.type, fault.rule, text_of(fault.action)});
  }
  for (auto const& fault : decoded.faults) {
    auto const octet = wire::header_size + wire::octet_in_body(body, fault.octet);
    out.faults.push_back({octet, fault.type, fault.rule, text_of(fault.action)});
  }
  std::ranges::stable_sort(out.faults, {}, &Wrong::octet);
  auto const verdict = wire::judge(parts, decoded.summary, decoded.faults);
  out.does = text_of(verdict.action);
  out.because = verdict.rule;
  if (verdict.action == Action::reset) out.notification = verdict.notification;
  if (verdict.action != Action::reset) {
    if (parts.mp_reach) judge_nlri(body, parts.mp_reach->nlri, parts.mp_reach->family, context, false, out);
    if (parts.mp_unreach) judge_nlri(body, parts.mp_unreach->withdrawn, parts.mp_unreach->family, context, true, out);
    std::ranges::stable_sort(out.faults, {}, &Wrong::octet);
  }
  auto const named = std::ranges::find(out.faults, verdict.rule, &Wrong::rule) != out.faults.end();
  if (verdict.action == Action::none || named) return;
  // What is missing has no octet: that of the list's length stands for it.
  auto const list = 2 + parts.withdrawn.size();
  out.faults.push_back({wire::header_size + list, verdict.attribute, verdict.rule, text_of(verdict.action)});
}

void show_update(JsonWriter& json, Bytes body, wire::DecodeContext const& context) {
  Form const form{context.four_octet_as, context.add_path(bgp::ipv4_unicast), false};
  bgp::Reader reader(body);
  auto const withdrawn = reader.take(std::min<std::size_t>(reader.u16(), reader.remaining()));
  json.key("withdrawn");
  write_nlri(json, withdrawn, bgp::ipv4_unicast, form, true);
  auto const list = wire::attributes_of(body);
  auto const at = list.empty() ? 0 : static_cast<std::size_t>(list.data() - body.data());
  json.key("attributes");
  write_attributes(json, list, wire::header_size + at, form);
  json.key("nlri");
  reader.take(std::min<std::size_t>(reader.u16(), reader.remaining()));
  write_nlri(json, reader.rest(), bgp::ipv4_unicast, form, false);
}

void show_notification(JsonWriter& json, Bytes body) {
  if (body.size() < 2) return;
  auto const notification = wire::decode_notification(body);
  json.field("code", unsigned{notification.code});
  json.field("subcode", unsigned{notification.subcode});
  json.field("text", notification.text());
  json.field("data", hex_text(notification.data));
}

// RFC 2918 §3, RFC 7313 §3.2
void show_refresh(JsonWriter& json, Bytes body) {
  static char const* const subtypes[] = {"request", "begin of route refresh", "end of route refresh"};
  auto const refresh = wire::decode_route_refresh(body);
  if (!refresh) return json.field("body", hex_text(body));
  json.field("family", refresh->family.text());
  json.field("subtype", unsigned{refresh->subtype});
  json.field("meaning", refresh->subtype < 3 ? subtypes[refresh->subtype] : "unknown");
}

void judge_refresh(wire::Frame const& frame, Judgement& out) {
  if (frame.body.size() == 4) return;
  bool const demarcation = frame.body.size() > 2 && (frame.body[2] == 1 || frame.body[2] == 2);
  if (!demarcation) {
    out.does = "ignore";
    out.because = "ROUTE-REFRESH whose body is not four octets (RFC 2918 §3)";
  } else {  // RFC 7313 §5
    out.does = "session reset, or ignore where enhanced route refresh was not agreed on";
    out.because = "begin or end of refresh whose body is not four octets (RFC 7313 §5)";
    out.notification = {7, 1, bgp::Buffer(frame.message.begin(), frame.message.end())};
  }
  out.faults.push_back({16, 0, out.because, out.does});
}

void show_open_and_judge(JsonWriter& json, Bytes body, DecodeOptions const& options, Judgement& out) {
  wire::Open open;
  auto fault = wire::read_open(body, open);
  write_open(json, open, body.empty() ? 0 : body[0]);
  if (!fault && options.peer_as && open.as() != *options.peer_as) {
    fault = wire::Fault{{2, 2, {}}, wire::header_size + 1, "AS is not the one expected of this peer (RFC 4271 §6.2)"};
  }
  if (fault) add_reset(out, *fault);
}

void show_body(JsonWriter& json, MessageType type, Bytes body, DecodeOptions const& options, Judgement& out) {
  std::optional<bgp::Family> end;
  switch (type) {
    case MessageType::open:
      return show_open_and_judge(json, body, options, out);
    case MessageType::update:
      judge_update(body, options.session, out, end);
      if (end) json.field("endOfRib", end->text());
      return show_update(json, body, options.session);
    case MessageType::notification:
      return show_notification(json, body);
    case MessageType::route_refresh:
      return show_refresh(json, body);
    case MessageType::keepalive:
      return;
  }
}

/// Of what is no whole message: the rule, and as much as can be read of the rest.
Shown show_broken(JsonWriter& json, Bytes octets, std::optional<wire::Fault> const& fault,
                  DecodeOptions const& options) {
  Judgement judgement;
  if (fault) {
    add_reset(judgement, *fault);
  } else {
    judgement.does = "wait for more";
    judgement.because = octets.size() < wire::header_size
                            ? "a message begins with 19 octets: 16 of ff, two of length, one of type (RFC 4271 §4.1)"
                            : "the message is cut off before the end that its length tells (RFC 4271 §4.1)";
    judgement.faults.push_back({octets.size(), 0, judgement.because, judgement.does});
  }
  std::size_t size = octets.size();
  if (octets.size() >= wire::header_size) {
    auto const length = static_cast<std::size_t>(octets[16] << 8 | octets[17]);
    if (length >= wire::header_size) size = std::min(size, length);
    json.field("length", length);
    auto const type = octets[18];
    Judgement ignored;  // the header decides
    bool const known = type > 0 && type < std::size(type_names);
    json.field("type", known ? type_names[type] : std::to_string(type));
    auto const body = octets.first(size).subspan(wire::header_size);
    if (known) show_body(json, static_cast<MessageType>(type), body, options, ignored);
    if (!known && !body.empty()) json.field("body", hex_text(body));
  } else {
    json.field("octets", hex_text(octets));
  }
  write_judgement(json, judgement);
  return {size, false};
}

}  // namespace

Shown write_message(JsonWriter& json, Bytes octets, DecodeOptions const& options) {
  json.begin_object();
  auto const frame = wire::next_frame(octets, options.extended_messages);
  Shown shown;
  if (!frame.ok() || !frame.value()) {
    shown = show_broken(json, octets, frame.ok() ? std::nullopt : std::optional(frame.error()), options);
  } else {
    auto const& message = *frame.value();
    json.field("length", message.message.size());
    json.field("type", type_names[static_cast<std::size_t>(message.type)]);
    Judgement judgement;
    show_body(json, message.type, message.body, options, judgement);
    if (message.type == MessageType::route_refresh) judge_refresh(message, judgement);
    write_judgement(json, judgement);
    shown = {message.message.size(), judgement.faults.empty()};
  }
  json.end_object();
  return shown;
}

bool write_table_faults(JsonWriter& json, Bytes list, std::size_t octet) {
  // As the body of an UPDATE, in which octets can be found again.
  bgp::Buffer body, rest;
  bgp::Writer writer(body);
  writer.u16(0);
  writer.u16(static_cast<unsigned>(list.size()));
  writer.bytes(list);
  wire::AttributeReader reader(list);
  for (wire::RawAttribute attribute; reader.next(attribute);) {
    bool const apart = attribute.type == 3 || attribute.type == 14 || attribute.type == 15;
    if (!apart) rest.insert(rest.end(), attribute.whole.begin(), attribute.whole.end());
  }
  std::vector<Wrong> faults;
  for (auto const& fault : wire::decode_attributes(rest, {}).faults) {
    auto const at = octet + wire::octet_in_body(body, fault.octet) - 4;
    faults.push_back({at, fault.type, fault.rule, text_of(fault.action)});
  }
  if (reader.broken()) {
    auto const at = octet + list.size() - reader.rest().size();
    faults.push_back({at, 0, "attribute overruns the attribute list (RFC 7606 §4)", text_of(Action::withdraw)});
  }
  if (!faults.empty()) write_faults(json, faults);
  return faults.empty();
}

}  // namespace tern::ctl
