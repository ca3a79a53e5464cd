#include <catch2/catch.hpp>

#include <fstream>
#include <map>

#include "action.hpp"
#include "project_folder.hpp"

namespace harbor::compose::test {
namespace {

using testing::Host;

/// The digests of the services of a project, by name.
struct Asked {
  ProjectFolder folder;
  Host host;
  json input = {{"files", {"compose.yml"}}};

  explicit Asked(const Files& files) : folder(files) { host.workspace = folder.path.string(); }

  std::map<std::string, json> services() {
    const auto result = host.run(digest_action, input);
    INFO(to_string(result));
    REQUIRE(result.ok());
    std::map<std::string, json> out;
    for (const json& one : result.output["services"]) out[one["service"]] = one;
    return out;
  }
  json parts(const std::string& service = "a") { return services().at(service)["parts"]; }
  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((folder.path / file).parent_path());
    std::ofstream(folder.path / file) << text;
  }
};

json parts_of(const std::string& yaml, const json& env = json::object()) {
  Asked asked(Files{{"compose.yml", "services: {a: " + yaml + "}\n"}});
  asked.input["env"] = env;
  return asked.parts();
}

TEST_CASE("a service that is written in another way has the same digest", "[digest]") {
  const json first = parts_of("{image: x, environment: {A: '1', B: two}, labels: [l=m]}");
  CHECK(parts_of("{labels: {l: m}, environment: [B=two, A=1], image: x}") == first);
  CHECK(parts_of("{image: '${I}', environment: {A: 1, B: two}, labels: {l: m}}", {{"I", "x"}}) ==
        first);
  CHECK(parts_of("{image: '${I:-x}', environment: {A: 1, B: two}, labels: {l: m}}") == first);
  CHECK(parts_of("{image: x, environment: {A: '2', B: two}, labels: [l=m]}") != first);
}

TEST_CASE("what Compose replaces no container for is not in the digest", "[digest]") {
  const json first = parts_of("{image: x}");
  CHECK(parts_of("{image: x, profiles: [p], scale: 3, pull_policy: never, x-note: 1}") == first);
  CHECK(parts_of("{image: x, deploy: {replicas: 2}}") == first);
  CHECK(parts_of("{image: x, deploy: {resources: {limits: {memory: 1g}}}}") != first);
}

TEST_CASE("a variable without a value in a container's environment is that of the run",
          "[digest]") {
  const json first = parts_of("{image: x, environment: [A]}", {{"A", "1"}});
  CHECK(parts_of("{image: x, environment: {A: }}", {{"A", "1"}}) == first);
  CHECK(parts_of("{image: x, environment: [A]}", {{"A", "2"}}) != first);
}

TEST_CASE("a secret changes the digest and is not in it", "[digest]") {
  Asked asked(
      Files{{"compose.yml", "services: {a: {image: x, environment: {T: 'p-${TOKEN}'}}}\n"}});
  asked.input["env"] = {{"TOKEN", asked.host.secret("swordfish")}};
  const json first = asked.parts();
  CHECK(asked.parts() == first);
  asked.input["env"] = {{"TOKEN", asked.host.secret("swordfish2")}};
  CHECK(asked.parts() != first);
}

TEST_CASE("networks, configs and secrets count for the services that use them", "[digest]") {
  const auto with = [](const std::string& rest) {
    Asked asked(
        {{"compose.yml", "services: {a: {image: x, networks: [n]}, b: {image: x}}\n" + rest}});
    return asked.services();
  };
  auto first = with("networks: {n: {internal: true}}\n");
  auto second = with("networks: {n: {internal: false}}\n");
  CHECK(first["a"]["parts"] != second["a"]["parts"]);
  CHECK(first["b"]["parts"] == second["b"]["parts"]);
}

TEST_CASE("env files count by their content and their variables", "[digest]") {
  Asked asked(Files{{"compose.yml", "services: {a: {image: x, env_file: [{path: ./a.env}]}}\n"},
                    {"a.env", "A=${B}\n"}});
  asked.input["env"] = {{"B", "1"}};
  const json first = asked.parts();
  CHECK(first.contains("a.env"));
  asked.input["env"] = {{"B", "2"}};
  CHECK(asked.parts()["a.env"] != first["a.env"]);
  CHECK(asked.parts()["service"] == first["service"]);
}

TEST_CASE("an image counts by its Dockerfile and the files that this takes", "[digest]") {
  Asked asked(Files{{"compose.yml", "services: {a: {build: ./app}}\n"},
                    {"app/Dockerfile", "FROM scratch\nCOPY taken /\n"},
                    {"app/taken", "1"},
                    {"app/other", "1"}});
  const json first = asked.parts();
  asked.write("app/other", "2");
  CHECK(asked.parts() == first);
  asked.write("app/taken", "2");
  const json second = asked.parts();
  CHECK(second["build"] != first["build"]);
  CHECK(second["service"] == first["service"]);
  asked.write("app/Dockerfile", "FROM scratch\nCOPY . /\n");
  const json third = asked.parts();
  CHECK(third["build"] != second["build"]);
  asked.write("app/other", "3");
  CHECK(asked.parts()["build"] != third["build"]);
}

TEST_CASE("an inline Dockerfile counts as one does", "[digest]") {
  const json first = parts_of("{build: {context: ., dockerfile_inline: 'FROM a'}}");
  CHECK(parts_of("{build: {context: ., dockerfile_inline: 'FROM b'}}") != first);
}

TEST_CASE("mounted files count as they will be, not as they stand there", "[digest]") {
  Asked asked(
      Files{{"compose.yml", "services: {a: {image: x, volumes: ['./var/run/a/c:/c:ro']}}\n"},
            {"var/run/a/c/f", "old"}});
  asked.input["configs"] = {{{"path", "var/run/a/c/f"}, {"digest", "1"}}};
  asked.input["configFolders"] = {"var/run/a/c"};
  const json first = asked.parts();
  asked.write("var/run/a/c/f", "new");
  asked.write("var/run/a/c/gone", "x");
  CHECK(asked.parts() == first);
  asked.input["configs"][0]["digest"] = "2";
  CHECK(asked.parts()["var/run/a/c"] != first["var/run/a/c"]);
}

TEST_CASE("what no step renders counts by the disk where the service cannot write", "[digest]") {
  Asked asked(Files{{"compose.yml",
                     "services: {a: {image: x, volumes: ['./var/run/r:/r:ro', './var/run/w:/w', "
                     "'./data:/d:ro']}}\n"},
                    {"var/run/r/f", "1"},
                    {"var/run/w/f", "1"},
                    {"data/f", "1"}});
  const json first = asked.parts();
  CHECK_FALSE(first.contains("data"));
  asked.write("var/run/w/f", "2");
  asked.write("data/f", "2");
  CHECK(asked.parts() == first);
  asked.write("var/run/r/f", "2");
  CHECK(asked.parts() != first);
}

TEST_CASE("x-harbor-on-change takes the content out of the label", "[digest]") {
  const char* yaml =
      "services: {a: {image: x, x-harbor-on-change: SIGHUP, volumes: ['./var/run/a:/a:ro', "
      "'./var/run/f/one:/one:ro']}}\n";
  Asked asked(Files{{"compose.yml", yaml}, {"var/run/f/one", "1"}});
  asked.input["configs"] = {{{"path", "var/run/a/f"}, {"digest", "1"}}};
  const json one = asked.services().at("a");
  CHECK(one["onChange"] == "SIGHUP");
  CHECK(one["content"].contains("var/run/a"));
  // Mounted by itself: a running container keeps the old one whatever it is told.
  CHECK(one["parts"].contains("var/run/f/one"));
}

TEST_CASE("what cannot be done on a change is refused with its place", "[digest]") {
  const ProjectFolder folder(
      Files{{"compose.yml", "services:\n  a: {image: x, x-harbor-on-change: SIGHUB}\n"}});
  Host host;
  host.workspace = folder.path.string();
  const auto result = host.run(digest_action, {{"files", {"compose.yml"}}});
  REQUIRE(result.status == HARBOR_E_INPUT);
  const auto& error = result.errors.at(0);
  CHECK(error.code == "compose.on_change");
  CHECK(error.message == "'a' cannot 'SIGHUB' when what it mounts changes");
  CHECK(error.hint.find("SIGHUP") != std::string::npos);
  CHECK(error.detail["labels"][0]["line"] == 2);
}

TEST_CASE("services say whose containers they need", "[digest]") {
  Asked asked(Files{{"compose.yml",
                     "services:\n"
                     "  a: {image: x, network_mode: 'service:b', volumes_from: ['b:ro'],\n"
                     "      depends_on: {b: {condition: service_started, restart: true}}}\n"
                     "  b: {image: x, scale: 2, ports: ['127.0.0.1:${P}:80']}\n"}});
  asked.input["env"] = {{"P", "8080"}};
  auto services = asked.services();
  CHECK(services["a"]["livesIn"] == json{"b", "b"});
  CHECK(services["a"]["restartsWith"] == json{"b"});
  CHECK(services["b"]["replicas"] == 2);
  CHECK(services["b"]["ports"] ==
        json{{{"ip", "127.0.0.1"}, {"port", "8080"}, {"protocol", "tcp"}}});
}

}  // namespace
}  // namespace harbor::compose::test
