#include <harbor/testing.hpp>

#include <cstdio>
#include <stdexcept>

using namespace harbor::testing;

static void check(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

int main(int argc, char** argv) try {
  check(argc == 3, "two packs are needed");
  Host host;
  host.on_spawn({"date"}).times(1).out("12:34\n");
  host.on_spawn({"date"}).exit(1);

  const Pack pack(argv[1]);
  const harbor_action& tell = pack.action("clock.tell");
  check(host.run(tell, {{"zone", "UTC"}}).output == json{{"time", "12:34"}}, "the time");
  check(host.spawns.at(0).env.at("TZ").value == "UTC", "the environment");
  const Result failed = host.run(tell, {{"zone", "UTC"}});
  check(failed.errors.at(0).code == "clock.stopped" && pack.explains("clock.stopped"), "failure");
  check(host.run(pack.action("clock.stop")).status == HARBOR_UNCHANGED, "noop");

  const Pack nothing(argv[2]);
  check(host.run(nothing.action("nothing")).status == HARBOR_UNCHANGED, "the pack in C");
  std::puts("passed");
  return 0;
} catch (const std::exception& error) {
  std::printf("failed: %s\n", error.what());
  return 1;
}
