#include "native_selection.hpp"

#include <catch2/catch.hpp>

#include "native_project.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

TEST_CASE("excluded names may be repeated and comma-separated", "[native]") {
  CHECK(excluded_names({"a,b", "c", "b,"}) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("the native file of an excluded service comes last, its own file is out", "[native]") {
  const Tree tree = tree_with(proxy);
  const SelectionRequest request = request_of({"webui"}, {"ollama"});
  Selection selection = select(tree, {}, request);
  add_native_files(tree, selection, request);
  CHECK(selection.files == std::vector<std::string>{"compose.yml", "compose.webui.yml",
                                                    "compose.x.webui.ollama.yml",
                                                    "ollama/ollama_native.yml"});
}

TEST_CASE("an excluded service that is unknown, has no contract or no use is an error",
          "[native]") {
  const Tree tree = tree_with(proxy);
  auto thrown = [&](const SelectionRequest& request) {
    return error_of([&] {
      SelectionRequest lenient = request;
      lenient.allow_unknown = true;
      Selection selection = select(tree, {}, lenient);
      add_native_files(tree, selection, request);
    });
  };
  harbor::Error unknown = thrown(request_of({"webui"}, {"olama"}));
  CHECK(unknown.code == "compose.native_unknown");
  CHECK(unknown.message == "there is no service 'olama' to run natively");
  CHECK(unknown.hint == "did you mean 'ollama'?");
  harbor::Error unused = thrown(request_of({}, {"ollama"}));
  CHECK(unused.code == "compose.native_unreferenced");
}

TEST_CASE("without a native file a service is left out, which no start accepts", "[native]") {
  std::vector<Warning> warnings;
  CHECK(stand_ins({"ollama", "webui"}, {"compose.yml", "stacks/ollama/ollama_native.yml"},
                  warnings) == std::vector<std::string>{"ollama"});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].code == "compose.native_no_contract");
  CHECK(warnings[0].message ==
        "'webui' is left out, with nothing in its place: it has no native contract");
  CHECK(warnings[0].hint ==
        "write x-harbor-native into webui/webui_native.yml or stacks/webui/webui_native.yml");
  CHECK(warnings[0].is_error);
}
