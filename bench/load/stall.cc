#include "load/works.h"

namespace bench {
void run_stall(LoadOptions const&, Report&) {}
}  // namespace bench
