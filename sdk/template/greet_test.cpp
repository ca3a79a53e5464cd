// Runs the pack against a fake host; any test framework does as well.
#include <harbor/testing.hpp>

#include <cstdio>

int main(int, char** argv) try {
  const harbor::testing::Pack pack(argv[1]);
  const harbor_action& greet = pack.action("example.greet");
  harbor::testing::Host host;

  const auto good = host.run(greet, {{"who", "Ada"}});
  const auto bad = host.run(greet, {{"who", ""}});
  const bool passed = good.output.value("greeting", "") == "Hello, Ada" &&
                      bad.status == HARBOR_E_INPUT && bad.errors.at(0).pointer == "/who";
  std::puts(passed ? "passed" : (to_string(good) + "\n" + to_string(bad)).c_str());
  return passed ? 0 : 1;
} catch (const std::exception& error) {
  std::puts(error.what());
  return 1;
}
