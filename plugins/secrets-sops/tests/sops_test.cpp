#include <catch2/catch.hpp>

#include "action.hpp"
#include "project.hpp"
#include "sops_file.hpp"

using namespace harbor;
using namespace harbor::secrets_sops;
using nlohmann::json;

namespace {

const std::string sealed =
    "# a "
    "comment\nTOKEN=ENC[AES256_GCM,data:qQ==,type:str]\nEMPTY=\nsops_mac=ENC[AES256_GCM,data:x]"
    "\nsops_version=3.9.4\n";

/// A project with one encrypted file, and a key.
struct Encrypted : Project {
  Encrypted() {
    write("prod.sops.env", sealed);
    host.environment["AGE_PRIVATE_KEY"] = some_key;
  }
  testing::Result run(const json& input = {{"file", "prod.sops.env"}}) {
    return host.run(sops_action, input);
  }
  testing::SpawnRule& sops() { return host.on_spawn({"sops"}); }
};

std::string refusal(const testing::Result& result) {
  REQUIRE(result.errors.size() == 1);
  CHECK(result.output.is_null());
  return to_string(result.errors.front());
}

}  // namespace

TEST_CASE("values go into the vault, and the output refers to them", "[secrets]") {
  Encrypted project;
  project.sops().out(
      R"({"TOKEN": "s3cr3t-token", "EMPTY": "", "PORT": 8080, "ON": true, "NOT": null})");
  const auto result = project.run();
  INFO(to_string(result));
  REQUIRE(result.ok());
  CHECK(project.host.reveal(result.output["secrets"]["TOKEN"]) == "s3cr3t-token");
  CHECK(project.host.reveal(result.output["secrets"]["PORT"]) == "8080");
  CHECK(project.host.reveal(result.output["secrets"]["ON"]) == "true");
  CHECK(result.output["secrets"]["EMPTY"] == "");
  CHECK(result.output["secrets"]["NOT"] == "");
  CHECK(result.output["files"][0]["file"] == "prod.sops.env");
  CHECK(result.output["files"][0]["lines"]["TOKEN"] == 2);
  CHECK(project.host.origins.at(0).second["/TOKEN"][0]["value"] == "******");
}

TEST_CASE("sops gets one key and nothing else of the user's", "[secrets]") {
  Encrypted project;
  project.sops().out("{}");
  REQUIRE(project.run().ok());
  const auto& spawn = project.host.spawns.at(0);
  CHECK(spawn.argv == std::vector<std::string>{"sops", "--decrypt", "--input-type", "dotenv",
                                               "--output-type", "json", "/proc/self/fd/3"});
  CHECK(spawn.env.size() == 3);
  CHECK(spawn.env.at("SOPS_AGE_KEY").value == some_key);
  CHECK(spawn.env.at("SOPS_AGE_KEY").has_secret);
  CHECK(spawn.env.at("HOME").value == "/nonexistent");
  CHECK(spawn.env.at("XDG_CONFIG_HOME").value == "/nonexistent");
  CHECK(spawn.inherit_env.empty());
  CHECK(spawn.files.at(0).value == sealed);
  CHECK(spawn.flags == (HARBOR_SPAWN_CAPTURE | HARBOR_SPAWN_QUIET | HARBOR_SPAWN_READ_ONLY));
}

TEST_CASE("each way in which sops fails has its own failure", "[secrets]") {
  struct Row {
    int exit_code;
    const char* code;
    harbor_status status;
  };
  const Row rows[] = {{128, "secrets.wrong_key", HARBOR_E_DENIED},
                      {111, "secrets.wrong_key", HARBOR_E_DENIED},
                      {51, "secrets.integrity", HARBOR_E_INPUT},
                      {52, "secrets.integrity", HARBOR_E_INPUT},
                      {24, "secrets.integrity", HARBOR_E_INPUT},
                      {25, "secrets.integrity", HARBOR_E_INPUT},
                      {1, "secrets.decrypt_failed", HARBOR_E_FAILED},
                      {2, "secrets.decrypt_failed", HARBOR_E_FAILED}};
  for (const Row& row : rows) {
    Encrypted project;
    project.sops().exit(row.exit_code).err("invalid dotenv input line: PASSWORD=hunter2\n");
    const auto result = project.run();
    CHECK(result.status == row.status);
    CHECK(result.errors.at(0).code == row.code);
    CHECK_FALSE(result.errors.at(0).hint.empty());
    CHECK(to_string(result).find("hunter2") == std::string::npos);
    CHECK(project.host.secrets_put.size() == 1);
    CHECK(project.host.logs.size() <= 1);
  }
}

TEST_CASE("what the failures say", "[secrets]") {
  Encrypted project;
  project.sops().exit(128).times(1);
  CHECK(refusal(project.run()) ==
        "HARBOR_E_DENIED secrets.wrong_key: the key in AGE_PRIVATE_KEY does not open "
        "prod.sops.env; hint: ask a "
        "member to add your public key (`age-keygen -y`) and run `sops updatekeys prod.sops.env`");
  project.sops().exit(51).times(1);
  CHECK(refusal(project.run()) ==
        "HARBOR_E_INPUT secrets.integrity: prod.sops.env was changed after sops encrypted it; "
        "hint: take the last "
        "good version and change it with `sops edit prod.sops.env`");
  project.sops().refused(HARBOR_E_UNAVAILABLE).times(1);
  CHECK(refusal(project.run()) ==
        "HARBOR_E_UNAVAILABLE secrets.no_sops: sops is not installed, and prod.sops.env needs it; "
        "hint: install it: "
        "go install github.com/getsops/sops/v3/cmd/sops@v3.9.4");
}

TEST_CASE("a plain file under a name of sops is refused before anything runs", "[secrets]") {
  Encrypted project;
  project.write("prod.sops.env", "TOKEN=plain\n");
  CHECK(refusal(project.run())
            .starts_with("HARBOR_E_DENIED secrets.plaintext: prod.sops.env is not encrypted"));
  CHECK(project.host.spawns.empty());
}

TEST_CASE("one bad file of several leaves nothing in the vault but the key", "[secrets]") {
  Encrypted project;
  project.write("a.sops.env", sealed);
  project.write("b.sops.env", "TOKEN=plain\n");
  CHECK(refusal(project.run({{"file", "[ab].sops.env"}})).find("b.sops.env is not encrypted") !=
        std::string::npos);
  CHECK(project.host.secrets_put.empty());
}

TEST_CASE("files, names and shapes that cannot be variables are refused", "[secrets]") {
  Encrypted project;
  CHECK(refusal(project.run({{"file", "../x.sops.env"}}))
            .starts_with("HARBOR_E_INPUT secrets.bad_path"));
  CHECK(refusal(project.run({{"file", "gone.sops.env"}}))
            .starts_with("HARBOR_E_NOT_FOUND secrets.missing_file"));
  CHECK(project.run({{"file", "gone.sops.env"}, {"optional", true}}).output["secrets"].empty());
  project.write("x.sops.txt", sealed);
  CHECK(refusal(project.run({{"file", "x.sops.txt"}}))
            .starts_with("HARBOR_E_INPUT secrets.unknown_format"));
  project.sops().out(R"({"A": {"B": "deep-secret"}})").times(1);
  CHECK(refusal(project.run()) ==
        "HARBOR_E_INPUT secrets.not_flat: A in prod.sops.env holds more than one value; hint: "
        "write each value at "
        "the top level, under a name of its own");
  project.sops().out(R"({"a-b": "x"})").times(1);
  CHECK(refusal(project.run())
            .starts_with("HARBOR_E_INPUT secrets.bad_name: 'a-b' in prod.sops.env"));
  project.host.environment.erase("AGE_PRIVATE_KEY");
  CHECK(refusal(project.run())
            .starts_with("HARBOR_E_DENIED secrets.no_key: there is no age key to decrypt with"));
}

TEST_CASE("sops' seal is recognised in all three formats", "[secrets]") {
  const std::string yaml =
      "A: ENC[AES256_GCM,data:x]\nsops:\n    mac: ENC[x]\n    version: 3.9.4\n";
  const std::string text = R"({"A": "ENC[x]", "sops": {"mac": "ENC[x]", "version": "3.9.4"}})";
  CHECK(is_encrypted(sealed, Format::dotenv));
  CHECK(is_encrypted(yaml, Format::yaml));
  CHECK(is_encrypted(text, Format::json));
  CHECK_FALSE(is_encrypted("sops_version=1\n", Format::dotenv));
  CHECK_FALSE(is_encrypted("a:\n    mac: ENC[x]\n    version: 1\n", Format::yaml));
  CHECK_FALSE(is_encrypted("sops:\nmac: ENC[x]\nversion: 1\n", Format::yaml));
  CHECK_FALSE(is_encrypted(R"({"sops": 1})", Format::json));
  CHECK(lines_of(yaml, Format::yaml).at("A") == 1);
  CHECK(lines_of("{\n\t\"A\": \"x\",\n\t\"B\": \"y\"\n}", Format::json).at("B") == 3);
}

TEST_CASE("a check knows the names without a key", "[secrets]") {
  Encrypted project;
  project.host.environment.erase("AGE_PRIVATE_KEY");
  const auto result = project.host.check(sops_action, {{"file", "prod.sops.env"}});
  REQUIRE(result.ok());
  CHECK(result.output["secrets"].contains("TOKEN"));
  CHECK(result.output["secrets"]["TOKEN"].contains("$secret"));
  CHECK_FALSE(result.output["secrets"].contains("sops_mac"));
  project.write("prod.sops.env", "TOKEN=open\n");
  CHECK(refusal(project.host.check(sops_action, {{"file", "prod.sops.env"}}))
            .starts_with("HARBOR_E_DENIED secrets.plaintext"));
}
