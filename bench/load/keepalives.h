// How late the daemon's keepalives to the first sender are, who hears nothing else; at most so late, for they are seen
// when the generator comes to read them. RFC 4271 §10: it may send one a quarter early, never late.
#pragma once
#include <algorithm>

#include "load/field.h"

namespace bench {

class Keepalives {
 public:
  static constexpr std::uint16_t kHold = 3;  // s, the least; a keepalive each second

  // Before the field comes up.
  explicit Keepalives(Field& field) {
    field.set_hold(kHold);
    field.on_keepalive([this] { note(); });
  }
  // From here on.
  void begin() {
    last_ = now();
    longest_ = 0;
  }
  // Until here: what the generator does then, such as to compare tables, keeps it from reading.
  void end() {
    note();  // one that has not come counts as well
    over_ = true;
  }
  void add(Report& report) const {
    report.add("keepalive_late_ms", std::max(0.0, seconds(longest_ - kHold * kSecond / 3) * 1e3), 1);
  }

 private:
  void note() {
    if (over_) return;
    longest_ = std::max(longest_, now() - last_);
    last_ = now();
  }

  Nanos last_ = now();
  Nanos longest_ = 0;
  bool over_ = false;
};

}  // namespace bench
