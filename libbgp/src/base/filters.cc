#include "bgp/policy.h"

namespace bgp {

namespace {
// Every route passes, or none.
class Constant final : public Filter {
 public:
  Constant(bool accept, char const* name) : verdict_{accept, name} {}
  FilterVerdict judge(FilteredRoute const&) const override { return verdict_; }
  bool accepts_everything() const override { return verdict_.accept; }
  bool asks_for_prefix() const override { return false; }
  std::string name() const override { return std::string(verdict_.rule); }

 private:
  FilterVerdict verdict_;
};
}  // namespace

FilterPtr const accept_all = std::make_shared<Constant>(true, "accept-all");
FilterPtr const reject_all = std::make_shared<Constant>(false, "reject-all");

}  // namespace bgp
