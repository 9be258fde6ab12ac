#pragma once
#include "../session/fsm.h"
#include <sys/socket.h>
#include "base/hash.h"
