#pragma once
#include <thread>
#include <chrono>
