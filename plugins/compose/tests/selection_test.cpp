#include "selection.hpp"

#include <catch2/catch.hpp>

using namespace harbor::compose;

namespace {

Tree tree_with(const std::vector<std::string>& files) {
  std::map<std::string, std::string> held;
  for (const std::string& file : files) held[file] = "services: {}\n";
  return tree_of(held);
}

/// The tree S of the predecessor's own tests, at the root.
Tree tree_s() {
  return tree_with({"compose.yml",
                    "compose.a.yml",
                    "compose.b.yml",
                    "compose.A.yml",
                    "compose.a-b.yml",
                    "compose.a_b.yml",
                    "compose.a2.yml",
                    "compose.a10.yml",
                    "compose.nvidia.yml",
                    "compose.z.a.yml",
                    "compose.a.nvidia.yml",
                    "compose.a.foo.yml",
                    "compose.x.a.b.yml",
                    "compose.x.b.a.yml",
                    "compose.x.a.nvidia.yml",
                    "compose.x.a.b.nvidia.yml",
                    "compose.x.a.ghost.yml",
                    "compose.q.x.r.yml",
                    "compose.a.yml.bak",
                    "mycompose.a.yml",
                    "docker-compose.a.yml",
                    "other.yml",
                    "compose.c.yaml",
                    "compose.d.yml/inside.yml"});
}

std::vector<std::string> chosen(const SelectionRequest& request) {
  return select(tree_s(), {}, request).files;
}

using Files = std::vector<std::string>;

}  // namespace

TEST_CASE("a service brings its own files and no other's", "[selection]") {
  CHECK(chosen({{"a"}, {}, {}, {}, false}) ==
        Files{"compose.yml", "compose.a.yml", "compose.a.foo.yml", "compose.z.a.yml"});
  CHECK(chosen({{}, {}, {}, {}, false}) == Files{"compose.yml"});
}

TEST_CASE("a cross file needs all of its tokens", "[selection]") {
  CHECK(chosen({{"b", "a"}, {}, {}, {}, false}) ==
        Files{"compose.yml", "compose.a.yml", "compose.b.yml", "compose.a.foo.yml",
              "compose.z.a.yml", "compose.x.a.b.yml", "compose.x.b.a.yml"});
  CHECK(chosen({{"q", "r"}, {}, {}, {}, false}) == Files{"compose.yml", "compose.q.x.r.yml"});
}

TEST_CASE("a capability overlay needs its capability and its service", "[selection]") {
  CHECK(chosen({{"a"}, {}, {"nvidia"}, {}, false}) ==
        Files{"compose.yml", "compose.a.yml", "compose.nvidia.yml", "compose.a.foo.yml",
              "compose.a.nvidia.yml", "compose.z.a.yml", "compose.x.a.nvidia.yml"});
  CHECK(chosen({{"b"}, {"nvidia"}, {}, {}, false}) ==
        Files{"compose.yml", "compose.b.yml", "compose.nvidia.yml"});
}

TEST_CASE("a star among the services means every service and no capability", "[selection]") {
  CHECK(chosen({{"*"}, {}, {}, {}, false}) ==
        Files{"compose.yml", "compose.A.yml", "compose.a-b.yml", "compose.a.yml", "compose.a10.yml",
              "compose.a2.yml", "compose.a_b.yml", "compose.b.yml", "compose.c.yaml",
              "compose.a.foo.yml", "compose.z.a.yml", "compose.q.x.r.yml", "compose.x.a.b.yml",
              "compose.x.a.ghost.yml", "compose.x.b.a.yml"});
}

TEST_CASE("a star among the options means the overlays that are no service's", "[selection]") {
  CHECK(chosen({{"a"}, {"*"}, {}, {}, false}) == Files{"compose.yml", "compose.a.yml",
                                                       "compose.a.foo.yml", "compose.z.a.yml",
                                                       "compose.x.a.ghost.yml"});
}

TEST_CASE("an excluded service loses its own file and keeps its cross files", "[selection]") {
  CHECK(chosen({{"b"}, {}, {}, {"a"}, false}) == Files{"compose.yml", "compose.b.yml",
                                                       "compose.a.foo.yml", "compose.z.a.yml",
                                                       "compose.x.a.b.yml", "compose.x.b.a.yml"});
}

TEST_CASE("an unknown service is an error that suggests the nearest names", "[selection]") {
  Tree tree = tree_with({"compose.yml", "compose.webui.yml", "compose.ollama.yml"});
  try {
    select(tree, {}, {{"ollma"}, {}, {}, {}, false});
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.status == HARBOR_E_INPUT);
    CHECK(error.code == "compose.unknown_service");
    CHECK(error.message == "no compose file mentions the service 'ollma'");
    CHECK(error.hint == "did you mean 'ollama'? (--allow-unknown carries on without it)");
  }
  Selection lenient = select(tree, {}, {{"ollma"}, {}, {}, {}, true});
  REQUIRE(lenient.warnings.size() == 1);
  CHECK(lenient.warnings[0].code == "compose.unknown_service");
  CHECK(lenient.warnings[0].hint == "did you mean 'ollama'?");
}

TEST_CASE("an unknown option is an error that knows capabilities too", "[selection]") {
  try {
    select(tree_s(), {}, {{"a"}, {"nvidai"}, {}, {}, false});
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.code == "compose.unknown_option");
    CHECK(error.hint == "did you mean 'nvidia'? (--allow-unknown carries on without it)");
  }
}

TEST_CASE("a missing base file is an error", "[selection]") {
  try {
    select(tree_with({"compose.a.yml"}), {}, {});
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.status == HARBOR_E_NOT_FOUND);
    CHECK(error.code == "compose.base_missing");
    CHECK(error.message == "the base file 'compose.yml' is not there");
  }
}

TEST_CASE("a pattern that names no compose file is an error", "[selection]") {
  SelectionRules rules;
  rules.include = {"services/compose.${service}.yml"};
  CHECK_THROWS_AS(select(tree_s(), rules, {}), harbor::Error);
}

TEST_CASE("search folders may hold a star", "[selection]") {
  SelectionRules rules;
  rules.search = {"services", "stacks/*"};
  Tree tree = tree_with({"compose.yml", "compose.root.yml", "services/compose.a.yml",
                         "stacks/b/compose.b.yml", "stacks/b/compose.x.a.b.yml",
                         "stacks/.hidden/compose.c.yml"});
  CHECK(select(tree, rules, {{"*"}, {}, {}, {}, false}).files ==
        Files{"compose.yml", "services/compose.a.yml", "stacks/b/compose.b.yml",
              "stacks/b/compose.x.a.b.yml"});
}

TEST_CASE("files that no pattern admits stay out", "[selection]") {
  SelectionRules rules;
  rules.include = {"compose.${service}.yml"};
  Selection got = select(tree_with({"compose.yml", "compose.a.yml", "compose.x.a.b.yml"}), rules,
                         {{"*"}, {}, {}, {}, false});
  CHECK(got.files == Files{"compose.yml", "compose.a.yml"});
  rules.include = {"compose.*.${option}.yml"};
  got = select(tree_with({"compose.yml", "compose.a.yml", "compose.x.a.b.yml", "compose.a.b.yml"}),
               rules, {{"*"}, {}, {}, {}, false});
  CHECK(got.files == Files{"compose.yml", "compose.a.b.yml"});
  CHECK(got.reasons[1].why == "no include pattern admits its name");
}

TEST_CASE("every file has a reason", "[selection]") {
  Selection got =
      select(tree_with({"compose.yml", "compose.a.yml", "compose.b.yml", "compose.x.a.b.yml",
                        "compose.x.a.nvidia.yml", "compose.z.y.yml"}),
             {}, {{"a"}, {}, {}, {}, false});
  std::vector<std::string> said;
  for (const FileReason& reason : got.reasons) said.push_back(reason.file + ": " + reason.why);
  CHECK(said == std::vector<std::string>{
                    "compose.yml: a base file", "compose.a.yml: a is selected",
                    "compose.b.yml: needs b", "compose.z.y.yml: needs one of z, y",
                    "compose.x.a.b.yml: needs b", "compose.x.a.nvidia.yml: needs nvidia"});
  CHECK(got.reasons[4].rule == "compose.x.${service}.${option}.yml");
  CHECK(got.reasons[4].matched == std::vector<std::string>{"a"});
}

TEST_CASE("the capability set is data", "[selection]") {
  SelectionRules rules;
  rules.capabilities = {"tpu"};
  Tree tree =
      tree_with({"compose.yml", "compose.a.yml", "compose.a.tpu.yml", "compose.a.nvidia.yml"});
  CHECK(select(tree, rules, {{"a"}, {}, {}, {}, false}).files ==
        Files{"compose.yml", "compose.a.yml", "compose.a.nvidia.yml"});
  CHECK(select(tree, rules, {{"a"}, {}, {"tpu"}, {}, false}).files.size() == 4);
}
