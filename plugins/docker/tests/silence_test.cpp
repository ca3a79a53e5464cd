#include <catch2/catch.hpp>

#include "action.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using testing::Host;

/// An engine that answers `answers` times and never again.
void freezes_after(Host& host, std::size_t answers) {
  host.on_spawn({"docker", "version"}).out("28.2.2\n").times(answers);
  host.on_spawn({"docker", "version"}).refused(HARBOR_E_TIMEOUT);
  has_engine(host);
}

TEST_CASE("an engine that freezes ends what waits for it", "[compose]") {
  Host host;
  freezes_after(host, 1);
  has_containers(host, {container("web")});
  SECTION("up") {
    on_words(host, {"up"}).silent(3);
    const auto result = host.run(up_action, up_input());
    CHECK(result.errors.at(0).code == "compose.daemon_timeout");
  }
  SECTION("down") {
    host.on_spawn({"docker", "network", "ls"});
    on_words(host, {"down"}).silent(3);
    const auto result = host.run(down_action, {{"project", "demo"}});
    CHECK(result.errors.at(0).code == "compose.daemon_timeout");
  }
}

TEST_CASE("an engine that freezes is the reason why Compose failed", "[compose]") {
  Host host;
  freezes_after(host, 1);
  has_containers(host, {container("web")});
  on_words(host, {"up"}).exit(1).err("container demo-web-1 is unhealthy\n");
  CHECK(host.run(up_action, up_input()).errors.at(0).code == "compose.daemon_timeout");
}

TEST_CASE("an engine that is late once or twice is waited for", "[compose]") {
  Host host;
  host.on_spawn({"docker", "version"}).out("28.2.2\n").times(1);
  host.on_spawn({"docker", "version"}).refused(HARBOR_E_TIMEOUT).times(2);
  has_engine(host);
  has_containers(host, {container("web")});
  on_words(host, {"up"}).silent(20);
  CHECK(host.run(up_action, up_input()).ok());
}

TEST_CASE("every question to the engine has a deadline", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {container("web")});
  host.on_spawn({"docker", "network", "ls"});
  host.on_spawn({"docker", "volume", "ls"});
  on_words(host, {"up"});
  on_words(host, {"down"});
  host.run(up_action, up_input());
  host.run(down_action, {{"project", "demo"}});
  for (const auto& spawn : host.spawns) {
    CAPTURE(testing::join(spawn.argv));
    const bool may_take_long = has_words(spawn, {"up"}) || has_words(spawn, {"down"});
    CHECK((may_take_long || spawn.timeout.count() > 0));
    CHECK(spawn.timeout <= std::chrono::seconds(30));
  }
}

TEST_CASE("an engine that freezes before a look says so, not that nothing is there", "[compose]") {
  Host host;
  has_engine(host);
  host.on_spawn({"docker", "ps"}).refused(HARBOR_E_TIMEOUT);
  const auto result = host.run(ps_action, {{"project", "demo"}});
  CHECK(result.errors.at(0).code == "compose.daemon_timeout");
}

}  // namespace
}  // namespace harbor::docker::test
