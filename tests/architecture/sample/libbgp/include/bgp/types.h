#pragma once
#include "base/hash.h"
