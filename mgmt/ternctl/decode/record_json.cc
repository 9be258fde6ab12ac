#include "mgmt/ternctl/decode/record_json.h"

#include "mgmt/speaker_json.h"

namespace tern::ctl {

namespace {

void write_session(JsonWriter& json, mrt::Session const& session) {
  json.field("peer", session.peer.text());
  json.field("peerAs", session.peer_as.value);
  json.field("local", session.local.text());
  json.field("localAs", session.local_as.value);
  json.field("interface", unsigned{session.interface});
}

// RFC 6396 §4.4.1
std::string state_text(unsigned state) {
  static char const* const states[] = {"", "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established"};
  return state > 0 && state < std::size(states) ? states[state] : std::to_string(state);
}

std::string time_text(std::uint32_t seconds) {
  return mgmt::utc_text(std::chrono::system_clock::from_time_t(static_cast<std::time_t>(seconds)));
}

std::string time_text(mrt::Record const& record) {
  auto text = time_text(record.seconds);
  if (record.type != mrt::bgp4mp_et) return text;
  auto const micro = std::to_string(1'000'000 + record.microseconds % 1'000'000);
  return text.insert(text.size() - 1, "." + micro.substr(1));
}

void write_peers(JsonWriter& json, mrt::PeerIndex const& index) {
  json.field("collector", index.collector.text());
  json.field("view", index.view);
  json.key("peers");
  json.begin_array();
  unsigned number = 0;
  for (auto const& peer : index.peers) {
    json.begin_object();
    json.field("index", number++);
    json.field("address", peer.address.text());
    json.field("as", peer.as.value);
    json.field("routerId", peer.id.text());
    json.end_object();
  }
  json.end_array();
}

}  // namespace

bool RecordWriter::write(JsonWriter& json, mrt::Record const& record) {
  sound_ = true;
  json.begin_object();
  json.field("time", time_text(record));
  auto const name = mrt::name_of(record);
  auto const number = std::to_string(record.type) + "/" + std::to_string(record.subtype);
  json.field("record", name.empty() ? "type " + number : std::string(name));
  auto const contents = mrt::read(record);
  if (contents) {
    show(json, record, contents.value());
  } else {
    sound_ = false;
    json.key("fault");
    json.begin_object();
    json.field("octet", contents.error().octet);
    json.field("rule", contents.error().rule);
    json.end_object();
    json.field("body", hex_text(record.body));
  }
  json.end_object();
  return sound_;
}

void RecordWriter::show(JsonWriter& json, mrt::Record const& record, mrt::Contents const& contents) {
  if (auto const* message = std::get_if<mrt::Message>(&contents)) return show_message(json, *message);
  if (auto const* rib = std::get_if<mrt::Rib>(&contents)) return show_rib(json, record, *rib);
  if (auto const* change = std::get_if<mrt::StateChange>(&contents)) {
    write_session(json, change->session);
    json.field("from", state_text(change->before));
    json.field("to", state_text(change->after));
  } else if (auto const* index = std::get_if<mrt::PeerIndex>(&contents)) {
    write_peers(json, *index);
    peers_ = index->peers;
  } else {
    json.field("body", hex_text(record.body));
  }
}

void RecordWriter::show_message(JsonWriter& json, mrt::Message const& message) {
  write_session(json, message.session);
  if (message.sent) json.field("sent", true);
  auto options = options_;
  options.session.four_octet_as = message.four_octet_as;
  if (message.add_path) options.session.add_paths = bgp::FamilySet::all();
  options.session.ebgp = is_external_.value_or(message.session.peer_as != message.session.local_as);
  // What the recording side sent has that side's AS in front.
  auto const speaker = message.sent ? message.session.local_as : message.session.peer_as;
  options.session.peer_as = options_.peer_as.value_or(speaker);
  options.session.check_first_as = options_.peer_as.has_value();
  json.key("message");
  sound_ = ctl::write_message(json, message.message, options).sound;
}

void RecordWriter::show_rib(JsonWriter& json, mrt::Record const& record, mrt::Rib const& rib) {
  json.field("sequence", rib.sequence);
  json.field("family", rib.family.text());
  auto const known = bgp::has_table(rib.family) && !bgp::has_plain_prefixes(rib.family);
  auto const nlri = known ? nlri_text(rib.nlri, rib.family, false) : hex_text(rib.nlri);
  json.field(rib.prefix ? "prefix" : "nlri", rib.prefix ? rib.prefix->text() : nlri);
  json.key("entries");
  json.begin_array();
  for (auto const& entry : rib.entries) {
    json.begin_object();
    json.field("peerIndex", unsigned{entry.peer});
    if (entry.peer < peers_.size()) {
      json.field("peer", peers_[entry.peer].address.text());
      json.field("peerAs", peers_[entry.peer].as.value);
    }
    json.field("originated", time_text(entry.originated));
    if (rib.add_path) json.field("pathId", entry.path_id.value);
    auto const octet = static_cast<std::size_t>(entry.attributes.data() - record.whole.data());
    json.key("attributes");
    write_attributes(json, entry.attributes, octet, {true, false, true, rib.family});
    sound_ &= write_table_faults(json, entry.attributes, octet);
    json.end_object();
  }
  json.end_array();
}

}  // namespace tern::ctl
