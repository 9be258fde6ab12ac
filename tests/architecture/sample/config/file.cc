#include <bgp/types.h>
#include "mgmt/server.h"
#include "wire/message.h"
