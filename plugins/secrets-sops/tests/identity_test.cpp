#include "identity.hpp"

#include <catch2/catch.hpp>
#include <harbor/error.hpp>
#include <map>

#include "project.hpp"

using namespace harbor;
using namespace harbor::secrets_sops;

namespace {

Environment environment(const std::map<std::string, std::string>& variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::string code_of(const Environment& variables) {
  try {
    static_cast<void>(find_identity(variables));
  } catch (const Error& error) {
    CHECK(error.status == HARBOR_E_DENIED);
    CHECK_FALSE(error.hint.empty());
    CHECK(error.message.find(some_key) == std::string::npos);
    return error.code;
  }
  return "";
}

}  // namespace

TEST_CASE("exactly one identity counts, in a fixed order", "[secrets]") {
  Project project;
  const std::string file = (project.folder / "my.key").string();
  const std::string usual = (project.folder / "config/sops/age/keys.txt").string();
  project.write("my.key", "# created for Ada\n" + some_key + "\n");
  project.write("config/sops/age/keys.txt", some_key + "\n" + some_key + "\n");
  std::map<std::string, std::string> all = {
      {"AGE_PRIVATE_KEY", some_key},
      {"SOPS_AGE_KEY", some_key + "\n"},
      {"SOPS_AGE_KEY_FILE", file},
      {"XDG_CONFIG_HOME", (project.folder / "config").string()}};
  CHECK(find_identity(environment(all)).source == "AGE_PRIVATE_KEY");
  all.erase("AGE_PRIVATE_KEY");
  CHECK(find_identity(environment(all)).source == "SOPS_AGE_KEY");
  all.erase("SOPS_AGE_KEY");
  CHECK(find_identity(environment(all)).source == "SOPS_AGE_KEY_FILE");
  CHECK(find_identity(environment(all)).keys == some_key);
  all.erase("SOPS_AGE_KEY_FILE");
  CHECK(find_identity(environment(all)).source == usual);
  CHECK(find_identity(environment(all)).keys == some_key + "\n" + some_key);
  all["HOME"] = (project.folder / "nobody").string();
  all.erase("XDG_CONFIG_HOME");
  CHECK(code_of(environment(all)) == "secrets.no_key");
}

TEST_CASE("a key file that others may read is refused", "[secrets]") {
  Project project;
  for (const mode_t mode : {0640U, 0604U, 0660U, 0644U, 0610U}) {
    project.write("my.key", some_key + "\n", mode);
    CHECK(code_of(environment({{"SOPS_AGE_KEY_FILE", (project.folder / "my.key").string()}})) ==
          "secrets.key_mode");
  }
  project.write("my.key", some_key + "\n", 0400);
  CHECK(
      code_of(environment({{"SOPS_AGE_KEY_FILE", (project.folder / "my.key").string()}})).empty());
}

TEST_CASE("what is no key is refused without being repeated", "[secrets]") {
  CHECK(code_of(environment({{"AGE_PRIVATE_KEY", "# only a comment"}})) == "secrets.bad_key");
  CHECK(code_of(environment({{"AGE_PRIVATE_KEY", "age1publicpublicpublic"}})) == "secrets.bad_key");
  CHECK(code_of(environment({{"AGE_PRIVATE_KEY", some_key + "\nx" + some_key}})) ==
        "secrets.bad_key");
  CHECK(code_of(environment({{"SOPS_AGE_KEY_FILE", "/nonexistent/key"}})) == "secrets.no_key");
}
