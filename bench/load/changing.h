// A table that one sender announces and goes on changing, and how far behind its receivers are. What the works that
// change something share.
#pragma once
#include <string>
#include <vector>

#include "load/churn.h"
#include "load/field.h"

namespace bench {

class Changing {
 public:
  // Lags are those of the receivers from `first_timed` on.
  explicit Changing(LoadOptions const& options, std::size_t first_timed = 0);

  // Everybody is up and holds the table; false when not.
  bool load();
  // options.rate changed routes a second, for so long.
  void change_for(Nanos duration);
  // True once receivers [from, to) hold exactly the present state.
  [[nodiscard]] bool exact(std::size_t from, std::size_t to);
  bool wait_exact(std::size_t from, std::size_t to);
  // From a change to each receiver that has heard of it: "lag_WHEN_p50_ms" and so on. They are forgotten then.
  void add_lags(Report& report, std::string const& when);

  [[nodiscard]] Field& field() { return field_; }
  [[nodiscard]] std::uint64_t changes() const { return churn_.changes(); }

 private:
  LoadOptions const& options_;
  Table table_;
  Field field_;
  Churn churn_;
  std::vector<double> lags_;  // ms
};

}  // namespace bench
