#include <catch2/catch.hpp>

#include "action.hpp"
#include "project_folder.hpp"

namespace harbor::compose::test {
namespace {

using testing::Host;

const Files files = {
    {"compose.yml", "services: {web: {image: '${IMAGE}', environment: {KEY: '${KEY}'}}}\n"}};

json eject_input(Host& host) {
  return {{"files", {"compose.yml"}},
          {"output", "out"},
          {"env", {{"IMAGE", "web:1"}, {"KEY", host.secret("swordfish")}}}};
}

TEST_CASE("the ejected file and its .env are written through the host, without secrets",
          "[eject]") {
  const ProjectFolder folder(files);
  Host host;
  host.workspace = folder.path.string();
  const auto result = host.run(eject_to_action, eject_input(host));
  INFO(to_string(result));
  const std::string out = host.workspace + "/out";
  CHECK(result.output["text"] == out + "/compose.yml\n" + out + "/.env\n");
  CHECK(host.new_files.at("out/compose.yml").text.find("${IMAGE}") != std::string::npos);
  CHECK(host.new_files.at("out/.env").text.find("IMAGE=web:1") != std::string::npos);
  CHECK(host.new_files.at("out/.env").text.find("swordfish") == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.path / "out"));
}

TEST_CASE("the paths of an ejected file lead back to the project", "[eject]") {
  const ProjectFolder folder(
      Files{{"compose.yml",
             "services: {web: {build: ./web, env_file: a.env, volumes: ['./data:/data', "
             "'named:/n']}}\n"}});
  Host host;
  host.workspace = folder.path.string();
  const auto text = [&](const std::string& output) {
    host.run(eject_to_action, {{"files", {"compose.yml"}}, {"output", output}});
    return host.new_files.at(output + "/compose.yml").text;
  };
  const std::string inner = text("out/deep");
  CHECK(inner.find("context: ../../web") != std::string::npos);
  CHECK(inner.find("../../a.env") != std::string::npos);
  CHECK(inner.find("source: ../../data") != std::string::npos);
  CHECK(inner.find("named:/n") != std::string::npos);
  const std::string name = folder.path.filename().string();
  CHECK(
      text((folder.path.parent_path() / "beside").string()).find("context: ../" + name + "/web") !=
      std::string::npos);
}

TEST_CASE("ejecting overwrites nothing", "[eject]") {
  const ProjectFolder folder(files);
  Host host;
  host.workspace = folder.path.string();
  host.new_files["out/.env"] = {"mine", 0600, false};
  const auto result = host.run(eject_to_action, eject_input(host));
  CHECK(result.errors.at(0).code == "compose.eject_exists");
  CHECK(host.new_files.size() == 1);
}

TEST_CASE("a folder that cannot be written is named", "[eject]") {
  const ProjectFolder folder(files);
  Host host;
  host.workspace = folder.path.string();
  host.refuse("write_new", HARBOR_E_IO);
  const auto result = host.run(eject_to_action, eject_input(host));
  CHECK(result.errors.at(0).code == "compose.write_failed");
  CHECK(result.errors.at(0).message == host.workspace + "/out could not be written");
}

}  // namespace
}  // namespace harbor::compose::test
