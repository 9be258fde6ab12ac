// Writes JSON text onto a string, value by value. Whatever the strings hold, the result is valid UTF-8 and harmless on
// a terminal: control characters and directional overrides are escaped, invalid UTF-8 becomes U+FFFD. Pure; any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::mgmt {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name);

  void value(std::string_view text);
  void value(char const* text) { value(std::string_view(text)); }
  void value(bool b);
  void null();
  template <std::integral T>
  void value(T number) {
    separate();
    out_ += std::to_string(number);
  }

  template <class T>
  void field(std::string_view name, T const& v) {
    key(name);
    value(v);
  }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);

  std::string& out_;
  bool comma_ = false;  // a value stands before the next one in the same object or array
};

/// Appends `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tern::mgmt
