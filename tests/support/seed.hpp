// Where random tests begin.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>

namespace harbor::test {

/// HARBOR_TEST_SEED, to repeat a run, or a new one; printed, so that a failure can be repeated.
inline unsigned seed() {
  const char* given = std::getenv("HARBOR_TEST_SEED");
  const unsigned seed =
      given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::cout << "HARBOR_TEST_SEED=" << seed << "\n";
  return seed;
}

}  // namespace harbor::test
