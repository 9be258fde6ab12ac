#include <spdlog/spdlog.h>
#include "rib/table.h"
#include <boost/asio.hpp>
#include <thread>
