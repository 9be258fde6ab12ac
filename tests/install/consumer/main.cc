// A program of somebody else's: knows nothing of the tree but <bgp/...>.
#include <bgp/types.h>

#include <cstdio>

int main() {
  using namespace bgp::literals;
  auto const prefix = "203.0.113.0/24"_pfx;
  std::puts(prefix.text().c_str());
  return prefix.covers("203.0.113.7/32"_pfx) ? 0 : 1;
}
