// A scripted `docker` for the tests of the actions.
#pragma once

#include <harbor/testing.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace harbor::docker::test {

using harbor::testing::RecordedSpawn;
using nlohmann::json;

/// True when the words stand side by side somewhere in the command line.
inline bool has_words(const RecordedSpawn& spawn, const std::vector<std::string>& words) {
  return std::search(spawn.argv.begin(), spawn.argv.end(), words.begin(), words.end()) !=
         spawn.argv.end();
}

inline testing::SpawnRule& on_words(testing::Host& host, std::vector<std::string> words) {
  const std::string name = testing::join(words);
  return host.on_spawn(
      name, [words = std::move(words)](const RecordedSpawn& s) { return has_words(s, words); });
}

/// A container as `docker inspect` prints it in the format of containers_of().
inline json container(const std::string& service, const std::string& status = "running",
                      int exit_code = 0) {
  return {{"id", "id-" + service},
          {"name", "/demo-" + service + "-1"},
          {"state",
           {{"Status", status},
            {"ExitCode", exit_code},
            {"OOMKilled", false},
            {"Error", ""},
            {"StartedAt", "2026-01-01T00:00:00Z"}}},
          {"labels",
           {{"com.docker.compose.service", service},
            {"io.harbor.digest", json{{"service", service}}.dump()},
            {"com.docker.compose.oneoff", "False"},
            {"com.docker.compose.project.working_dir", "/workspace"}}},
          {"image", "demo-" + service},
          {"ports", {{"8080/tcp", {{{"HostIp", "0.0.0.0"}, {"HostPort", "8088"}}}}}}};
}

/// One look at the project's containers, `times` over.
inline void has_containers(testing::Host& host, const std::vector<json>& containers,
                           std::size_t times = static_cast<std::size_t>(-1)) {
  std::string ids, lines;
  for (const json& each : containers) {
    ids += each["id"].get<std::string>() + "\n";
    lines += each.dump() + "\n";
  }
  host.on_spawn({"docker", "ps", "--all"}).out(ids).times(times);
  if (!containers.empty()) host.on_spawn({"docker", "inspect"}).out(lines).times(times);
}

/// An engine on which the project's name belongs to `folder`.
inline void is_claimed(testing::Host& host, const std::string& folder,
                       std::size_t times = static_cast<std::size_t>(-1)) {
  host.on_spawn({"docker", "volume", "inspect"})
      .out(json{{"io.harbor.workspace", folder}}.dump() + "\n")
      .times(times);
}

/// An engine that answers, with a Compose that is new enough; the project's name is claimed, and
/// nobody reads compose files.
inline void has_engine(testing::Host& host) {
  is_claimed(host, "/workspace");
  host.refuse("invoke", HARBOR_E_UNSUPPORTED);
  host.on_spawn({"docker", "container", "ls"}).out("");
  host.on_spawn({"docker", "version"}).out("28.2.2\n");
  host.on_spawn({"docker", "compose", "version"}).out("2.40.3\n");
}

/// A service as compose.digest tells of it, of which container() would be one.
inline json wanted(const std::string& service) {
  return {{"service", service}, {"parts", {{"service", service}}}};
}

/// What compose.digest answers.
inline void has_services(testing::Host& host, const std::vector<json>& services) {
  host.refuse("invoke", HARBOR_OK);
  host.on_invoke("compose.digest", [=](const json&) { return json{{"services", services}}; });
}

inline const RecordedSpawn& spawn_with(const testing::Host& host,
                                       const std::vector<std::string>& words) {
  const auto found = std::find_if(host.spawns.begin(), host.spawns.end(),
                                  [&](const RecordedSpawn& s) { return has_words(s, words); });
  if (found == host.spawns.end()) throw testing::Misuse("never ran: " + testing::join(words));
  return *found;
}

inline bool has_spawned(const testing::Host& host, const std::vector<std::string>& words) {
  return std::any_of(host.spawns.begin(), host.spawns.end(),
                     [&](const RecordedSpawn& s) { return has_words(s, words); });
}

inline json up_input() {
  return {{"files", {"compose.yml", "stacks/web/compose.web.yml"}},
          {"project", "demo"},
          {"waitTimeout", 600}};
}

}  // namespace harbor::docker::test
