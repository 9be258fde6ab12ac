#include "mgmt/router.h"

#include <algorithm>
#include <exception>

#include "mgmt/json_writer.h"

namespace tern::mgmt {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The text in the place of "{name}" ("" for a pattern without), or nothing when the path is another.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('}')) return pattern == path ? std::optional<std::string>("") : std::nullopt;
  pattern = pattern.substr(0, pattern.rfind('{'));
  if (!path.starts_with(pattern) || path.size() == pattern.size()) return std::nullopt;
  return std::string(path.substr(pattern.size()));
}

std::string joined(std::vector<std::string> const& names) {
  std::string out;
  for (auto const& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

std::string Request::get(std::string const& name) const {
  auto const found = query.find(name);
  return found == query.end() ? "" : found->second;
}

Response error_response(unsigned status, std::string const& what, std::string const& remedy) {
  Response response;
  response.status = status;
  JsonWriter json(response.body);
  json.begin_object();
  json.field("error", what);
  json.field("remedy", remedy);
  json.end_object();
  response.body += '\n';
  return response;
}

Response failed_inside(std::exception const& e) {
  return error_response(500, std::string("the request failed inside: ") + e.what(), "report this as a bug");
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    int const high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

void Router::add(std::string method, std::string pattern, std::vector<std::string> query, Handler handler) {
  auto const same = [&](auto const& entry) { return entry->method == method && entry->pattern == pattern; };
  auto const place = std::find_if(entries_.begin(), entries_.end(), same);
  auto entry =
      std::make_shared<Entry const>(Entry{std::move(method), std::move(pattern), std::move(query), std::move(handler)});
  if (place != entries_.end()) {
    *place = std::move(entry);
  } else {
    entries_.push_back(std::move(entry));
  }
}

Response Router::answer(std::string_view method, std::string_view target) const {
  auto const question = target.find('?');
  auto const path = percent_decode(target.substr(0, question));
  if (!path) return error_response(400, "the path's percent-encoding is broken", "write %25 for a percent sign");
  std::string_view const query = question == std::string_view::npos ? "" : target.substr(question + 1);
  std::vector<std::string> allowed;
  for (auto const& entry : entries_) {
    auto parameter = match(entry->pattern, *path);
    if (!parameter) continue;
    if (entry->method == method || (entry->method == "GET" && method == "HEAD")) {
      auto const kept = entry;
      return call(*kept, std::move(*parameter), query);
    }
    allowed.push_back(entry->method);
  }
  if (allowed.empty()) return not_found(*path);
  return error_response(405, "the method is not allowed here", "use " + joined(allowed));
}

Response Router::call(Entry const& entry, std::string parameter, std::string_view query) const {
  Request request;
  request.parameter = std::move(parameter);
  while (!query.empty()) {
    auto const end = query.find('&');
    auto const pair = query.substr(0, end);
    query = end == std::string_view::npos ? "" : query.substr(end + 1);
    if (pair.empty()) continue;
    auto const equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals));
    auto value = percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!name || !value) {
      return error_response(400, "the query's percent-encoding is broken", "write %25 for a percent sign");
    }
    if (std::find(entry.query.begin(), entry.query.end(), *name) == entry.query.end()) {
      return error_response(400, "unknown query parameter '" + *name + "'",
                            entry.query.empty() ? "remove it" : "the parameters here are " + joined(entry.query));
    }
    request.query.insert_or_assign(std::move(*name), std::move(*value));
  }
  try {
    return entry.handler(request);
  } catch (std::exception const& e) {
    return failed_inside(e);
  }
}

Response Router::not_found(std::string const& path) const {
  std::vector<std::string> known;
  for (auto const& entry : entries_) known.push_back(entry->pattern);
  return error_response(404, "there is no '" + path + "'", "what there is: " + joined(known));
}

}  // namespace tern::mgmt
