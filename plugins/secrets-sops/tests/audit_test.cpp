// The audit against a project on the disk and a trial of prepare that does what a test says.
#include <catch2/catch.hpp>

#include <cctype>

#include "action.hpp"
#include "project.hpp"

using namespace harbor::secrets_sops;
using harbor::testing::RecordedSpawn;
using harbor::testing::RecordedTrial;
using harbor::testing::TrialEnd;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A project with one secret, TOKEN, and what prepare does with the copy of it.
struct Audited {
  Project project;
  json input = {{"folders", json::array()}, {"expected", {"var/run/*"}}};
  json sources = {{"files", {"override.secrets.env"}}, {"variables", json::array()}};
  std::string canary;  ///< the value of TOKEN in the last run

  Audited() {
    project.write("override.secrets.env", "TOKEN=the-real-one\n");
    project.host.on_invoke("env.secrets", [this](const json& request) -> json {
      CHECK(request.at("prepare") == input.value("prepare", json::object()));
      return sources;
    });
    project.host.on_invoke("secrets.dotenv", [this](const json& request) -> json {
      CHECK(request.at("optional") == true);
      if (!fs::exists(project.folder / request.at("file").get<std::string>()))
        return {{"secrets", json::object()}};
      return {{"secrets", {{"TOKEN", project.host.secret("the-real-one")}}}};
    });
  }

  /// Runs the audit; `leak` gets the folder of the copy and the made-up value.
  harbor::testing::Result run(const std::function<void(const fs::path&, const std::string&)>& leak,
                              const std::string& printed = {}, int status = 0) {
    const Project trial;  // the folder of the copy, and what stands beside it
    const auto prepare = [&](const RecordedTrial& asked) -> TrialEnd {
      CHECK(asked.stage == "prepare");
      const std::string text = asked.files.at("override.secrets.env").value;
      canary = text.substr(7, 40);
      CHECK(text == "TOKEN='" + canary + "'\n");
      for (const auto& [file, content] : asked.files) trial.write("project/" + file, content.value);
      leak(trial.folder / "project", canary);
      return {status, {}, printed};
    };
    project.host.on_trial({trial.folder / "project", prepare});
    return project.host.run(audit_action, input);
  }
};

void write(const fs::path& file, const std::string& text, mode_t mode = 0600) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
  ::chmod(file.c_str(), mode);
}

std::string hexadecimal(const std::string& text) {
  std::string out;
  char digits[3];
  for (const char c : text) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    out += digits;
  }
  return out;
}

}  // namespace

TEST_CASE("a clean prepare passes, and its secrets are made up", "[secrets]") {
  Audited audited;
  const auto result = audited.run([](const fs::path& copy, const std::string& canary) {
    CHECK(
        std::all_of(canary.begin(), canary.end(), [](unsigned char c) { return std::isalnum(c); }));
    write(copy / "var/run/web/app.yml", "token: " + canary);
  });
  INFO(to_string(result));
  REQUIRE(result.ok());
  CHECK(result.output["places"] == json{{"var/run/web/app.yml", {"TOKEN"}}});
  CHECK(result.output["text"].get<std::string>().starts_with(
      "1 secret, made up for a run of prepare; nothing unexpected in its output, events, command "
      "lines and files (1 searched)"));
  CHECK(audited.project.host.spawns.empty());
  CHECK(audited.project.host.trials.size() == 1);
  CHECK(read(audited.project.folder / "override.secrets.env") == "TOKEN=the-real-one\n");
}

TEST_CASE("a leak is found in every encoding, with its place", "[secrets]") {
  Audited audited;
  using Encode = std::function<std::string(const std::string&)>;
  const std::pair<const char*, Encode> forms[] = {
      {"as it is", [](const std::string& value) { return value; }},
      {"in hexadecimal", hexadecimal},
      {"backwards",
       [](const std::string& value) { return std::string(value.rbegin(), value.rend()); }}};
  for (const auto& [form, encode] : forms) {
    const auto result =
        audited.run([&, &make = encode](const fs::path& copy, const std::string& value) {
          write(copy / "notes.txt", "before " + make(value) + " after");
        });
    INFO(to_string(result));
    REQUIRE(result.errors.size() == 1);
    CHECK(result.status == HARBOR_E_DENIED);
    CHECK(result.errors[0].code == "secrets.found");
    CHECK(result.errors[0].message ==
          std::string("the secret TOKEN ends up ") + form + " in notes.txt");
    CHECK(to_string(result).find(audited.canary) == std::string::npos);
  }
}

TEST_CASE("a file that others may read is no place for secrets, not even in var/run", "[secrets]") {
  Audited audited;
  const auto result = audited.run([](const fs::path& copy, const std::string& canary) {
    write(copy / "var/run/web/app.yml", canary, 0644);
  });
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].message ==
        "the secret TOKEN ends up as it is in var/run/web/app.yml, which others may read");
}

TEST_CASE("the journal, the events, the output and shared folders are searched, too", "[secrets]") {
  Audited audited;
  Project shared;
  shared.write("old", "no secret");
  audited.input["folders"] = {shared.folder.string()};
  const auto result = audited.run([&](const fs::path& copy, const std::string& canary) {
    write(copy / "var/runs/1.jsonl", canary);
    write(copy.parent_path() / "events", canary);
    shared.write("new", canary);
  });
  std::vector<std::string> places;
  for (const auto& error : result.errors) places.push_back(error.detail["labels"][0]["file"]);
  CHECK(places == std::vector<std::string>{"the events of prepare", "var/runs/1.jsonl",
                                           (shared.folder / "new").string()});
}

TEST_CASE("a prepare that fails ends the audit with its own words", "[secrets]") {
  Audited audited;
  const auto result = audited.run([](const fs::path&, const std::string&) {},
                                  "step\nerror[acme.license]: that is no license\n --> x\n", 65);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].code == "secrets.trial_failed");
  CHECK(result.errors[0].detail["causes"] == json{"error[acme.license]: that is no license"});
}

TEST_CASE("variables that are secret get made-up values, and so do files that are not there",
          "[secrets]") {
  Audited audited;
  audited.sources = {{"files", {"team.env"}}, {"variables", {"HOST_TOKEN"}}};
  audited.input["services"] = {"web"};
  audited.input["site"] = "lab";
  std::string value;
  const auto result = audited.run([&](const fs::path& copy, const std::string&) {
    const auto& asked = audited.project.host.trials.back();
    value = asked.env.at("HOST_TOKEN").value;
    CHECK(asked.files.at("team.env").value.starts_with("HARBOR_CANARY='"));
    CHECK(asked.request == json{{"services", {"web"}}, {"site", "lab"}});
    write(copy / "leak", value);
  });
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].message == "the secret HOST_TOKEN ends up as it is in leak");
  CHECK(value.size() == 40);
}

TEST_CASE("only plain files of the project are planted", "[secrets]") {
  Audited audited;
  audited.project.write("var/run/old.secrets.env", "TOKEN=the-real-one\n");
  audited.project.write("real.env", "TOKEN=the-real-one\n");
  fs::create_symlink(audited.project.folder / "real.env",
                     audited.project.folder / "link.secrets.env");
  REQUIRE(audited.run([](const fs::path&, const std::string&) {}).ok());
  CHECK(audited.project.host.trials.back().files.size() == 1);
}

TEST_CASE("an encrypted file gets other values under another key", "[secrets]") {
  Audited audited;
  audited.project.write("prod.sops.env",
                        "PASSWORD=ENC[AES256_GCM,data:x]\nsops_mac=ENC[x]\nsops_version=3.9.4\n");
  audited.project.host.on_spawn({"age-keygen"})
      .out("# public key: age1made-up\n" + some_key + "\n");
  std::string plain;
  audited.project.host.on_spawn({"sops", "--encrypt", "--age", "age1made-up"})
      .out("sealed")
      .effect([&](const RecordedSpawn& spawn) { plain = spawn.files.at(0).value; });
  const auto result = audited.run([&](const fs::path& copy, const std::string&) {
    CHECK(read(copy / "prod.sops.env") == "sealed");
    CHECK(plain.starts_with("PASSWORD="));
    write(copy / "leak", plain.substr(9, 40));
  });
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].message == "the secret PASSWORD ends up as it is in leak");
  CHECK(audited.project.host.trials.back().env.at("AGE_PRIVATE_KEY").value == some_key);

  Audited poor;
  poor.project.write("prod.sops.env", "A=ENC[x]\nsops_mac=ENC[x]\nsops_version=3.9.4\n");
  poor.project.host.on_spawn({"age-keygen"}).refused(HARBOR_E_UNAVAILABLE);
  const auto refused = poor.project.host.run(audit_action, poor.input);
  REQUIRE(refused.errors.size() == 1);
  CHECK(refused.errors[0].code == "secrets.no_sops");
}
