#include "answer.hpp"

#include <catch2/catch.hpp>

#include "action.hpp"
#include "script.hpp"

namespace harbor::docker::test {
namespace {

using namespace std::string_literals;
using testing::Host;

const std::vector<std::string>& garbage() {
  static const std::vector<std::string> texts = {
      "null\n",
      "<html>\n",
      "--rm\n",
      "-v\n",
      "[]\n",
      "{}\n",
      "7\n",
      "\"text\"\n",
      "id\0web\n"s,
      "{\"id\":5,\"state\":null,\"labels\":[1]}\n",
      "{\"id\":\"id-web\",\"name\":\"/--rm\"}\n",
      "{\"id\":\"id-web\",\"name\":\"a\",\"state\":{\"Status\":7}}\n",
      "two words\n",
      std::string(1 << 20, 'x')};
  return texts;
}

/// Commands that a program reads, in the order in which they are asked.
const std::vector<std::vector<std::string>>& questions() {
  static const std::vector<std::vector<std::string>> commands = {
      {"docker", "version"},          {"docker", "compose", "version"}, {"docker", "ps"},
      {"docker", "inspect"},          {"docker", "network", "ls"},      {"docker", "volume", "ls"},
      {"docker", "volume", "inspect"}};
  return commands;
}

testing::Result answered(const harbor_action& action, const json& input,
                         const std::vector<std::string>& question, const std::string& text) {
  Host host;
  host.on_spawn(question).out(text);
  has_engine(host);
  has_containers(host, {container("web")});
  host.on_spawn({"docker", "network", "ls"});
  host.on_spawn({"docker", "volume"});
  host.on_spawn({"docker", "compose"});
  host.on_spawn({"docker", "run"});
  host.on_spawn({"docker", "rm"});
  return host.run(action, input);
}

TEST_CASE("whatever docker prints, the outcome has a code and is no exception", "[compose]") {
  const json project = {{"project", "demo"}, {"volumes", true}};
  const std::vector<std::pair<const harbor_action*, json>> actions = {
      {&up_action, up_input()},
      {&down_action, project},
      {&ps_action, {{"project", "demo"}}},
      {&logs_action, {{"project", "demo"}}},
      {&run_action, {{"image", "busybox"}}}};
  std::size_t refused = 0;
  for (const auto& question : questions()) {
    for (const std::string& text : garbage()) {
      for (const auto& [action, input] : actions) {
        const auto result = answered(*action, input, question, text);
        CAPTURE(testing::join(question), text.substr(0, 60), to_string(result));
        CHECK(result.status != HARBOR_E_INTERNAL);
        if (result.ok()) continue;
        ++refused;
        REQUIRE_FALSE(result.errors.empty());
        CHECK(result.errors.front().code == "compose.garbled");
        CHECK(result.errors.front().message.size() < 200);
      }
    }
  }
  CHECK(refused > 150);
}

TEST_CASE("an id that looks like an option is never handed to docker", "[compose]") {
  Host host;
  has_engine(host);
  host.on_spawn({"docker", "ps", "--all"}).out("--help\n");
  CHECK(host.run(ps_action, {{"project", "demo"}}).status == HARBOR_E_UNAVAILABLE);
  CHECK_FALSE(has_spawned(host, {"docker", "inspect"}));
}

TEST_CASE("fewer containers than were asked for are no answer", "[compose]") {
  Host host;
  has_engine(host);
  host.on_spawn({"docker", "ps", "--all"}).out("id-web\nid-db\n");
  host.on_spawn({"docker", "inspect"}).out(container("web").dump() + "\n");
  const auto result = host.run(ps_action, {{"project", "demo"}});
  CHECK(result.errors.front().code == "compose.garbled");
}

TEST_CASE("what is no answer is shown cut and without control characters", "[compose]") {
  const Error error = garbled("docker ps", "a\033[2Jb" + std::string(59, 'x') + "\xc3\xa4");
  CHECK(error.message ==
        "`docker ps` printed what is no answer: 'a [2Jb" + std::string(54, 'x') + "...'");
}

TEST_CASE("an up that ends well and starts nothing is noticed", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  on_words(host, {"up"});
  on_words(host, {"config"}).out(R"({"services": {"web": {}, "none": {"scale": 0}}})");
  const auto result = host.run(up_action, up_input());
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].code == "compose.not_started");
  CHECK(result.errors[0].message.find("'web'") != std::string::npos);
}

TEST_CASE("an up of services that have no container by design is believed", "[compose]") {
  Host host;
  has_engine(host);
  has_containers(host, {});
  on_words(host, {"up"});
  on_words(host, {"config"}).out(R"({"services": {"none": {"deploy": {"replicas": 0}}}})");
  CHECK(host.run(up_action, up_input()).ok());
}

}  // namespace
}  // namespace harbor::docker::test
