#include "rib/table.h"
