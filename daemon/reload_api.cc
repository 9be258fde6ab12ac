#include "daemon/reload_api.h"

#include "mgmt/json_writer.h"

namespace tern::daemon {

namespace {

void write_list(mgmt::JsonWriter& json, char const* name, std::vector<std::string> const& lines) {
  json.key(name);
  json.begin_array();
  for (auto const& line : lines) json.value(line);
  json.end_array();
}

std::vector<std::string> texts(std::vector<config::Problem> const& problems) {
  std::vector<std::string> all;
  for (auto const& problem : problems) all.push_back(problem.text());
  return all;
}

mgmt::Response response_of(ReloadReport const& report) {
  mgmt::Response response;
  mgmt::JsonWriter json(response.body);
  json.begin_object();
  json.field("applied", report.applied());
  json.field("added", report.added);
  json.field("removed", report.removed);
  json.field("changed", report.changed);
  json.field("newSessions", report.new_sessions);
  json.field("atNextSession", report.at_next_session);
  write_list(json, "problems", texts(report.problems));
  write_list(json, "needsRestart", report.needs_restart);
  write_list(json, "changedKeys", report.changed_keys);
  write_list(json, "failures", report.failures);
  write_list(json, "warnings", texts(report.warnings));
  json.end_object();
  response.body += '\n';
  return response;
}

}  // namespace

void serve_reload(mgmt::Service& service, Reload& reload) {
  service.handle("POST", "/v1/reload", {}, [&reload](mgmt::Request const&) {
    mgmt::Response response;
    response.later = [&reload](mgmt::Reply reply) {
      reload.ask([reply = std::move(reply)](ReloadReport const& report) { reply(response_of(report)); });
    };
    return response;
  });
}

}  // namespace tern::daemon
