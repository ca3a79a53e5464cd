// The actions of the pack against the fake host and real files.
#include "action.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <harbor/testing.hpp>

#include "denied.hpp"
#include "expander.hpp"

namespace {

namespace fs = std::filesystem;
using harbor::testing::Host;
using nlohmann::json;

/// A project folder that is gone at the end.
class Project {
 public:
  Project() {
    std::string pattern = (fs::temp_directory_path() / "harbor-env-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    host.workspace = folder_.string();
    host.run_dir = (folder_ / "var/run").string();
    host.extend(HARBOR_INTERPOLATION_ID, &harbor::test::interpolation);
  }
  ~Project() { fs::remove_all(folder_); }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  void write(const fs::path& file, const std::string& text) const {
    fs::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
  }
  harbor::testing::Result merge(const json& input) {
    return host.run(harbor::env::merge_action, input);
  }
  harbor::testing::Result undo() {
    return host.run(harbor::env::merge_action, json::object(), HARBOR_OP_UNDO);
  }

  Host host;

 private:
  fs::path folder_;
};

json sources(std::initializer_list<json> list) { return {{"sources", json(list)}}; }

}  // namespace

TEST_CASE("a source of type sops is left to the action that decrypts", "[env]") {
  Project project;
  project.write("etc/sys.env", "A=plain\nTOKEN=weak\n");
  const json reference = project.host.secret("s3cr3t-token");
  project.host.on_invoke("secrets.sops", [&](const json& request) -> json {
    CHECK(request == json{{"file", "prod.sops.env"}, {"optional", false}});
    return {{"files",
             {{{"file", "prod.sops.env"},
               {"values", {{"TOKEN", reference}}},
               {"lines", {{"TOKEN", 7}}}}}}};
  });
  const auto result =
      project.merge(sources({{{"type", "sops"}, {"file", "prod.sops.env"}}, {{"type", "sys"}}}));
  REQUIRE(result.ok());
  CHECK(result.output["env"]["A"] == "plain");
  CHECK(project.host.reveal(result.output["env"]["TOKEN"]) == "s3cr3t-token");
  CHECK(result.output["layers"]["shared"]["TOKEN"] ==
        json{{"layer", "sops"}, {"file", "prod.sops.env"}, {"line", 7}});
  const json& chain = project.host.origins.at(0).second["/TOKEN"];
  REQUIRE(chain.size() == 2);
  CHECK(chain[0]["overridden"] == true);
  CHECK(chain[1]["value"] == "******");
}

TEST_CASE("secrets of an earlier step are a layer above plain files", "[env]") {
  Project project;
  project.write("etc/sys.env", "TOKEN=weak\n");
  auto input = sources({{{"type", "sys"}}});
  input["secrets"] = {{"TOKEN", project.host.secret("strong-one")}};
  const auto result = project.merge(input);
  REQUIRE(result.ok());
  CHECK(project.host.reveal(result.output["env"]["TOKEN"]) == "strong-one");
}

TEST_CASE("the chosen site has a file of its own above the sites' common one", "[env]") {
  Project project;
  project.write("etc/site.env", "A=all\nB=all\n");
  project.write("etc/sites/berlin.env", "B=berlin\n");
  auto input = sources({{{"type", "site"}}});
  CHECK(project.merge(input).output["env"] == json{{"A", "all"}, {"B", "all"}});
  input["site"] = "berlin";
  CHECK(project.merge(input).output["env"] == json{{"A", "all"}, {"B", "berlin"}});
}

TEST_CASE("a file may not set what steers Harbor's tools", "[env]") {
  Project project;
  project.write("etc/sys.env", "OK=1\nLD_PRELOAD=/tmp/x.so\n");
  auto input = sources({{{"type", "sys"}}});
  const auto refused = project.merge(input);
  CHECK(refused.status == HARBOR_E_DENIED);
  REQUIRE(refused.errors.size() == 1);
  CHECK(
      to_string(refused.errors[0]) ==
      "HARBOR_E_DENIED env.denied_name: a file may not set LD_PRELOAD, which changes what Harbor's "
      "tools do; hint: rename it, or write `allow: [LD_PRELOAD]` beside the sources");
  CHECK(refused.errors[0].detail["labels"][0]["line"] == 2);
  input["allow"] = {"LD_PRELOAD"};
  CHECK(project.merge(input).ok());
}

TEST_CASE("denied names are those that tools inherit, not those of programs in containers",
          "[env]") {
  for (const char* name :
       {"LD_PRELOAD", "LD_LIBRARY_PATH", "BASH_ENV", "ENV", "IFS", "PATH", "PERL5LIB", "PYTHONPATH",
        "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "DOCKER_HOST",
        "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "SOPS_AGE_KEY", "AGE_PRIVATE_KEY",
        "BASH_FUNC_ls%%"})
    CHECK(harbor::env::is_denied(name));
  for (const char* name :
       {"A", "PYTHONUNBUFFERED", "NODE_ENV", "HARBOR_PORT", "PATHS", "HOME", "AGENT", "OLD_PATH"})
    CHECK_FALSE(harbor::env::is_denied(name));
}

TEST_CASE("a mistake in a file with secrets is placed without an excerpt", "[env]") {
  Project project;
  project.write("override.secrets.env", "GOOD=1\nPASSWORD='hunter two\n");
  const auto result = project.merge(sources({{{"type", "secrets"}}}));
  CHECK(result.status == HARBOR_E_INPUT);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].code == "env.unterminated_quote");
  CHECK(result.errors[0].message.ends_with(", line 2 of override.secrets.env"));
  const json& label = result.errors[0].detail["labels"][0];
  CHECK(label["file"] == "override.secrets.env");
  CHECK(label["line"] == 0);
  CHECK(label["column"] == 0);
  CHECK(to_string(result).find("hunter two\n") == std::string::npos);
}

TEST_CASE("env.secrets says where prepare takes secrets from", "[env]") {
  Project project;
  project.host.environment = {{"KEY_A", "1"}, {"KEY_B", "2"}, {"OTHER", "3"}};
  const json prepare = {{"env",
                         {{"sources",
                           {{{"type", "sys"}},
                            {{"type", "secrets"}},
                            {{"type", "secrets"}, {"file", "stacks/${service}/team.env"}}}},
                          {"fromHost",
                           {"HOME",
                            {{"name", "TOKEN"}, {"secret", true}},
                            {{"name", "USER"}},
                            {{"name", "KEY_*"}, {"secret", true}}}}}},
                        {"steps",
                         {{{"action", "secrets.dotenv"}, {"file", "a.env"}},
                          {{"action", "secrets.dotenv"}, {"with", {{"file", "b.env"}}}},
                          {{"action", "template.render"}, {"file", "c.env"}}}}};
  const auto result = project.host.run(harbor::env::sources_action, {{"prepare", prepare}});
  REQUIRE(result.ok());
  CHECK(result.output["files"] ==
        json{"a.env", "b.env", "override.secrets.env", "stacks/*/team.env"});
  CHECK(result.output["variables"] == json{"KEY_A", "KEY_B", "TOKEN"});
  CHECK(project.host.run(harbor::env::sources_action).output["files"].empty());
}

TEST_CASE("secrets.dotenv puts every value into the vault", "[env]") {
  Project project;
  project.write("team.secrets.env", "# ours\nexport TOKEN='two words'\nEMPTY=\n");
  const auto result = project.host.run(harbor::env::secrets_action,
                                       {{"file", "team.secrets.env"}, {"optional", false}});
  REQUIRE(result.ok());
  CHECK(project.host.reveal(result.output["secrets"]["TOKEN"]) == "two words");
  CHECK(result.output["secrets"]["EMPTY"] == "");
  CHECK(project.host.secrets_put ==
        std::vector<std::pair<std::string, std::string>>{{"TOKEN", "two words"}});
}

TEST_CASE("a variable of the host may be a secret, and so is what is made from it", "[env]") {
  Project project;
  project.host.environment = {{"HARBOR_TEST_TOKEN", "s3cr3t-token"},
                              {"HARBOR_TEST_PLAIN", "plain"}};
  project.write("etc/sys.env",
                "HEADER=\"Bearer ${HARBOR_TEST_TOKEN}\"\nOTHER=$HARBOR_TEST_PLAIN\n");
  auto input = sources({{{"type", "sys"}}});
  input["fromHost"] = {"HARBOR_TEST_*", {{"name", "HARBOR_TEST_TOKEN"}, {"secret", true}}};
  const auto result = project.merge(input);
  REQUIRE(result.ok());
  const json& env = result.output["env"];
  CHECK(project.host.reveal(env["HARBOR_TEST_TOKEN"]) == "s3cr3t-token");
  CHECK(project.host.reveal(env["HEADER"]) == "Bearer s3cr3t-token");
  CHECK(env["HARBOR_TEST_PLAIN"] == "plain");
  CHECK(env["OTHER"] == "plain");
  CHECK(result.output["layers"]["shared"]["HARBOR_TEST_TOKEN"] == json{{"layer", "host"}});
  CHECK(project.host.origins.at(0).second["/HARBOR_TEST_TOKEN"][0]["value"] == "******");

  Project other;
  other.host.environment = project.host.environment;
  input["fromHost"] = json::array({{{"name", "HARBOR_TEST_TOKEN"}, {"secret", false}}});
  CHECK(other.merge({{"fromHost", input["fromHost"]}}).output["env"]["HARBOR_TEST_TOKEN"] ==
        "s3cr3t-token");
}

TEST_CASE("with file: true the environment is also a private file, and undo removes it", "[env]") {
  Project project;
  project.write("etc/sys.env", "A=1\n");
  auto input = sources({{{"type", "sys"}}});
  input["secrets"] = {{"TOKEN", project.host.secret("it's $HOME\nand more")}};
  CHECK_FALSE(project.merge(input).output.contains("file"));
  CHECK(project.host.files.empty());
  CHECK(project.host.states.empty());
  const auto looked = project.host.plan(harbor::env::merge_action, input);
  CHECK(looked.output["changes"] == json::array());
  CHECK(looked.output["outputs"]["env"]["A"] == "1");
  CHECK_FALSE(looked.output["outputs"].contains("file"));

  input["file"] = true;
  const auto planned = project.host.plan(harbor::env::merge_action, input);
  CHECK(planned.output["changes"] ==
        json{{{"op", "create"}, {"target", "var/run/.env.run"}, {"summary", "the environment"}}});
  CHECK(planned.output["outputs"]["env"]["A"] == "1");
  CHECK(project.host.files.empty());

  const auto written = project.merge(input);
  REQUIRE(written.status == HARBOR_OK);
  CHECK(written.output["file"] == "var/run/.env.run");
  const auto& file = project.host.files.at(".env.run");
  CHECK(file.mode == 0600);
  CHECK(file.text == "A='1'\nTOKEN='it\\'s $HOME\nand more'\n");
  CHECK(project.host.states == std::vector<json>{{{"file", "var/run/.env.run"}}});
  CHECK(project.merge(input).status == HARBOR_UNCHANGED);
  CHECK(project.host.plan(harbor::env::merge_action, input).output["changes"].empty());

  CHECK(project.undo().status == HARBOR_OK);
  CHECK(project.host.files.empty());
  CHECK(project.undo().status == HARBOR_UNCHANGED);
}

TEST_CASE("what undo needs is saved before the file is written", "[env]") {
  Project project;
  auto input = sources({});
  input["file"] = true;
  project.host.refuse("write", HARBOR_E_IO);
  CHECK(project.merge(input).status == HARBOR_E_IO);
  CHECK(project.host.states.size() == 1);
  CHECK(project.undo().status == HARBOR_UNCHANGED);

  Project other;
  other.host.refuse("save_state", HARBOR_E_IO);
  CHECK(other.merge(input).status == HARBOR_E_IO);
  CHECK(other.host.files.empty());
}

TEST_CASE("env.show prints each value with its layer, and no secret", "[env]") {
  Project project;
  const json input = {
      {"env", {{"A", "1"}, {"LINES", "a\nb"}, {"TOKEN", project.host.secret("s3cr3t-token")}}},
      {"serviceEnv", {{"web", {{"PORT", "80"}}}}},
      {"layers",
       {{"shared",
         {{"A", {{"layer", "sys"}, {"file", "etc/sys.env"}, {"line", 1}}},
          {"LINES", {{"layer", "host"}}},
          {"TOKEN", {{"layer", "sops"}, {"file", "prod.sops.env"}, {"line", 7}}}}},
        {"services",
         {{"web",
           {{"PORT",
             {{"layer", "service"}, {"file", "stacks/web/service.env"}, {"line", 2}}}}}}}}}};
  const auto result = project.host.run(harbor::env::show_action, input);
  REQUIRE(result.ok());
  CHECK(result.output["text"] ==
        "A      1       sys  etc/sys.env:1\n"
        "LINES  a\\nb    host\n"
        "TOKEN  ******  sops  prod.sops.env:7\n"
        "\n"
        "web:\n"
        "  PORT  80  service  stacks/web/service.env:2\n");
  CHECK(result.output["env"]["TOKEN"] == json{{"layer", "sops"},
                                              {"file", "prod.sops.env"},
                                              {"line", 7},
                                              {"value", "******"},
                                              {"secret", true}});
}

TEST_CASE("a check reads all sources and tells of each that is wrong", "[env]") {
  Project project;
  project.write("etc/sys.env", "A=1\n");
  const json input = sources({{{"type", "sys"}}});
  CHECK(project.host.check(harbor::env::merge_action, input).output["env"] == json{{"A", "1"}});
  CHECK(project.host.run(harbor::env::merge_action, input, HARBOR_OP_VALIDATE).output.is_null());

  fs::create_symlink("/etc/hostname", fs::path(project.host.workspace) / "out.env");
  const auto result = project.host.check(harbor::env::merge_action,
                                         sources({{{"type", "dotenv"}, {"file", "no.env"}},
                                                  {{"type", "sys"}},
                                                  {{"type", "dotenv"}, {"file", "out.env"}}}));
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[0].code == "env.missing_file");
  CHECK(result.errors[1].code == "env.outside");
  CHECK(result.errors[1].pointer == "/sources/2/file");
}
