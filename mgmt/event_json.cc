#include "mgmt/event_json.h"

#include "mgmt/address_text.h"

namespace tern::mgmt {

namespace {

/// An object that begins with the time and ends with the line.
class Line {
 public:
  Line(std::string& out, std::string const& time, char const* event) : out_(out), json_(out) {
    json_.begin_object();
    json_.field("time", time);
    json_.field("event", event);
  }
  ~Line() {
    json_.end_object();
    out_ += '\n';
  }
  Line(Line const&) = delete;
  Line& operator=(Line const&) = delete;

  JsonWriter& json() { return json_; }

 private:
  std::string& out_;
  JsonWriter json_;
};

}  // namespace

std::string event_time(WallTime time) {
  auto text = utc_text(time);
  auto const since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  auto const milliseconds = std::to_string(1000 + since_epoch % 1000);
  text.replace(text.size() - 1, 1, "." + milliseconds.substr(1) + "Z");
  return text;
}

void write_event(std::string& out, std::string const& time, bgp::PeerEvent const& event) {
  Line line(out, time, event.in_sync ? "inSync" : event.up ? "up" : "down");
  line.json().field("peer", address_text({event.address, event.scope_id}));
  if (!event.up) line.json().field("reason", event.reason);
}

void write_event(std::string& out, std::string const& time, bgp::RouteEvent const& event, std::string const& peer) {
  bool const announced = event.kind == bgp::RouteEvent::Kind::announce && event.attributes != nullptr;
  Line line(out, time, announced ? "announce" : "withdraw");
  auto& json = line.json();
  json.field("prefix", event.prefix.text());
  if (!announced) return;
  if (!peer.empty()) json.field("peer", peer);
  json.key("nextHops");
  json.begin_array();
  for (auto const& hop : event.next_hops) json.value(hop.text());
  json.end_array();
  json.field("asPath", event.attributes->as_path.text());
  if (event.attributes->med) json.field("med", *event.attributes->med);
  if (event.attributes->local_pref) json.field("localPref", *event.attributes->local_pref);
}

void write_watching(std::string& out, std::string const& time) { Line(out, time, "watching"); }

void write_lost(std::string& out, std::string const& time, std::uint64_t count) {
  Line line(out, time, "lost");
  line.json().field("count", count);
}

void write_alive(std::string& out, std::string const& time) { Line(out, time, "alive"); }

}  // namespace tern::mgmt
