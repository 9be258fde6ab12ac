#include "mgmt/ternctl/decode/decode.h"

#include <sys/stat.h>

#include <algorithm>

#include "mgmt/ternctl/decode/input.h"
#include "mgmt/ternctl/decode/input_error.h"
#include "mgmt/ternctl/decode/record_json.h"
#include "mgmt/utf8.h"
#include "wire/message.h"

namespace tern::ctl {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool separates(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ':' || c == ','; }

bool is_file(std::string const& path) {
  struct stat there {};
  return ::stat(path.c_str(), &there) == 0;
}

bool begins_with_marker(Bytes octets) {
  return octets.size() >= 4 && std::ranges::all_of(octets.first(4), [](auto octet) { return octet == 0xff; });
}

/// Whether a file begins as digits do. An MRT record has a type below 256 in octets 4 and 5, so never does.
bool is_text(Bytes octets) {
  auto const begin = octets.first(std::min<std::size_t>(octets.size(), 12));
  return std::ranges::all_of(begin, [](auto octet) {
    auto const c = static_cast<char>(octet);
    return hex_digit(c) >= 0 || separates(c) || c == 'x';
  });
}

class Decoder {
 public:
  Decoder(DecodeQuestion const& question, Print const& print)
      : question_(question), print_(print), records_(question.options, question.is_external) {}

  /// All messages of `octets`; a single one over several lines.
  bool messages(Bytes octets) {
    bool sound = true;
    for (bool first = true; first || !octets.empty(); first = false) {
      std::string text;
      JsonWriter json(text);
      auto const shown = write_message(json, octets, question_.options);
      sound &= shown.sound;
      octets = octets.subspan(shown.size);
      if (first && octets.empty()) {
        print_(indented(text) + "\n");
      } else {
        print_(text + "\n");
      }
    }
    return sound;
  }

  bool file(std::string const& path) {
    Input input(path);
    bgp::Buffer window;
    while (window.size() < mrt::header_size && input.read(window)) {
    }
    if (window.empty()) throw InputError("there is nothing in " + path);
    if (begins_with_marker(window))
      return stream(input, window, [this](Bytes rest, bool end) { return raw(rest, end); });
    if (is_text(window)) return digits(input, window, path);
    return stream(input, window, [&](Bytes rest, bool end) { return record(rest, end, path); });
  }

 private:
  /// Shows piece after piece of what comes; `show` returns the octets that it used, 0 when it wants more.
  template <class Show>
  bool stream(Input& input, bgp::Buffer& window, Show show) {
    for (bool more = true; more;) {
      more = input.read(window);
      std::size_t used = 0;
      while (used < window.size()) {
        auto const size = show(Bytes(window).subspan(used), !more);
        if (size == 0) break;
        used += size;
      }
      window.erase(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(used));
    }
    return sound_;
  }

  bool digits(Input& input, bgp::Buffer& window, std::string const& path) {
    constexpr std::size_t most = 64U << 20;
    while (input.read(window)) {
      if (window.size() > most) throw InputError(path + " is text of more than 64 MiB; give it in binary");
    }
    auto const octets = octets_of_hex({reinterpret_cast<char const*>(window.data()), window.size()});
    if (!octets) throw InputError(path + " is neither hexadecimal digits nor MRT nor BGP messages");
    return messages(*octets);
  }

  std::size_t raw(Bytes rest, bool end) {
    auto const frame = bgp::wire::next_frame(rest, question_.options.extended_messages);
    if (frame.ok() && !frame.value() && !end) return 0;
    std::string text;
    JsonWriter json(text);
    auto const shown = write_message(json, rest, question_.options);
    sound_ &= shown.sound;
    print_(text + "\n");
    return shown.size;
  }

  std::size_t record(Bytes rest, bool end, std::string const& path) {
    auto const next = mrt::next_record(rest);
    auto const where = " at octet " + std::to_string(position_);
    if (!next) throw InputError(path + where + ": " + std::string(next.error().rule));
    if (!next.value()) {
      if (end) throw InputError(path + " breaks off within the record" + where + " (RFC 6396 §2)");
      return 0;
    }
    std::string text;
    JsonWriter json(text);
    sound_ &= records_.write(json, *next.value());
    print_(text + "\n");
    position_ += next.value()->whole.size();
    return next.value()->whole.size();
  }

  DecodeQuestion const& question_;
  Print const& print_;
  RecordWriter records_;
  std::uint64_t position_ = 0;  // in the unpacked file
  bool sound_ = true;
};

}  // namespace

std::optional<bgp::Buffer> octets_of_hex(std::string_view text) {
  bgp::Buffer out;
  while (!text.empty()) {
    if (separates(text[0])) {
      text.remove_prefix(1);
    } else if (text.starts_with("0x") || text.starts_with("0X")) {
      text.remove_prefix(2);
    } else {
      if (text.size() < 2 || hex_digit(text[0]) < 0 || hex_digit(text[1]) < 0) return std::nullopt;
      out.push_back(static_cast<std::uint8_t>(hex_digit(text[0]) << 4 | hex_digit(text[1])));
      text.remove_prefix(2);
    }
  }
  if (out.empty()) return std::nullopt;
  return out;
}

std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool quoted = false;
  auto const line = [&] { out += "\n" + std::string(depth * 2, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    char const c = json[i];
    if (quoted) {
      out += c;
      if (c == '\\') out += json[++i];
      quoted = c != '"';
    } else if ((c == '{' || c == '[') && i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']')) {
      out += {c, json[++i]};
    } else {
      if (c == '}' || c == ']') --depth, line();
      out += c;
      quoted = c == '"';
      if (c == '{' || c == '[') ++depth, line();
      if (c == ',') line();
      if (c == ':') out += ' ';
    }
  }
  return out;
}

bool decode(DecodeQuestion const& question, Print const& print) {
  auto const& words = question.words;
  Decoder decoder(question, print);
  if (words.size() == 1 && (words[0] == "-" || is_file(words[0]))) return decoder.file(words[0]);
  std::string all;
  for (auto const& word : words) all += word + " ";
  auto const octets = octets_of_hex(all);
  if (octets) return decoder.messages(*octets);
  if (std::ranges::any_of(words, is_file)) throw InputError("one file at a time: give each a command of its own");
  throw InputError("'" + mgmt::for_terminal(words[0]) + "' is neither a file nor hexadecimal digits in pairs");
}

}  // namespace tern::ctl
