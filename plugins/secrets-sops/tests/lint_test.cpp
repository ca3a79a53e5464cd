#include <catch2/catch.hpp>

#include "action.hpp"
#include "project.hpp"

using namespace harbor::secrets_sops;
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
