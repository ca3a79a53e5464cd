#include <catch2/catch.hpp>

#include "action.hpp"
#include "project.hpp"

using namespace harbor::secrets;
using nlohmann::json;

namespace {

std::vector<std::string> findings(Project& project) {
  std::vector<std::string> out;
  const auto result = project.host.run(lint_action, json::object());
  for (const auto& error : result.errors) {
    CHECK(error.message.find("AGE-SECRET") == std::string::npos);
    CHECK(error.detail["labels"][0]["line"] == 0);
    out.push_back(error.code + " " + error.detail["labels"][0]["file"].get<std::string>());
  }
  CHECK(result.status == (out.empty() ? HARBOR_OK : HARBOR_E_DENIED));
  return out;
}

}  // namespace

TEST_CASE("a clean project passes", "[secrets]") {
  Project project;
  project.write(".sops.yaml", "creation_rules: []\n");
  project.write("README.md", "a key looks like AGE-SECRET-KEY-1...\n");
  project.write("prod.sops.yaml", "A: x\nsops:\n    mac: ENC[x]\n    version: 3.9.4\n");
  CHECK(findings(project).empty());
}

TEST_CASE("keys, plain files and open key files are found", "[secrets]") {
  Project project;
  project.write("notes/key.txt", "# mine\n" + some_key + "\n");
  CHECK(findings(project) == std::vector<std::string>{"secrets.key_in_project notes/key.txt"});
  project.write("notes/key.txt", "");
  project.write("quantum.txt", "AGE-SECRET-KEY-PQ-1" + std::string(60, 'Q') + "\n", 0644);
  CHECK(findings(project) == std::vector<std::string>{"secrets.key_in_project quantum.txt",
                                                      "secrets.readable_key quantum.txt"});
  project.write("quantum.txt", "");
  project.write("prod.sops.env", "A=plain\n");
  CHECK(findings(project) == std::vector<std::string>{"secrets.plaintext prod.sops.env"});
  project.write("prod.sops.env", "");
  std::filesystem::remove(project.folder / "prod.sops.env");
  project.write("tls.pem", "-----BEGIN EC PRIVATE KEY-----\nx\n", 0640);
  CHECK(findings(project) == std::vector<std::string>{"secrets.readable_key tls.pem"});
}

TEST_CASE("an audit finds a secret in every form, and says which and where", "[secrets]") {
  Project project;
  const std::string value = "pa$$ word\"with'quotes";
  json input = {{"env",
                 {{"TOKEN", project.host.secret(value)},
                  {"PIN", project.host.secret("1234")},
                  {"A", "plain"}}},
                {"folders", json::array()},
                {"expected", {"*.secrets.env", "var/run/*"}}};
  const auto clean = project.host.run(audit_action, input);
  REQUIRE(clean.ok());
  CHECK(clean.warnings.size() == 1);
  CHECK(clean.warnings[0].code == "secrets.too_short");
  project.write("override.secrets.env", "TOKEN=" + value);
  project.write("var/run/web/app.yml", value);
  const auto expected = project.host.run(audit_action, input);
  REQUIRE(expected.ok());
  CHECK(expected.output["places"].size() == 2);

  const std::pair<const char*, const char*> forms[] = {
      {"as it is", "pa$$ word\"with'quotes"},
      {"in base64", "eHBhJCQgd29yZCJ3aXRoJ3F1b3Rlcw=="},
      {"in base64", "cGEkJCB3b3JkIndpdGgncXVvdGVz"},
      {"percent-encoded", "pa%24%24%20word%22with%27quotes"},
      {"in JSON", "pa$$ word\\\"with'quotes"},
      {"shell-quoted", "pa$$ word\"with'\\''quotes"},
      {"in hexadecimal",
       "7061242420776f7264227769746827"
       "71756f746573"},
      {"backwards", "setouq'htiw\"drow $$ap"}};
  for (const auto& [form, text] : forms) {
    project.write("log.txt", "before " + std::string(text) + " after");
    const auto result = project.host.run(audit_action, input);
    REQUIRE(result.errors.size() == 1);
    CHECK(result.status == HARBOR_E_DENIED);
    CHECK(result.errors[0].message ==
          std::string("the secret TOKEN stands ") + form + " in log.txt");
  }
}
