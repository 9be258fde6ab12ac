#include <bgp/speaker.h>
#include "session/fsm.h"
#include "table.h"
auto now() { return std::chrono::steady_clock::now(); }
