// What the corpus under tests/conformance/merge cannot say: limits, places, Harbor's own keys.
#include "merge.hpp"

#include <catch2/catch.hpp>

#include "document.hpp"
#include "scalar.hpp"
#include "writer.hpp"

using namespace harbor::compose;

namespace {

std::string merged(std::map<std::string, std::string> files, const std::vector<std::string>& list) {
  return to_yaml(*merge(tree_of(std::move(files)), list).root);
}

harbor::Error error_of(const std::string& text) {
  try {
    merge(tree_of({{"c.yml", text}}), {"c.yml"});
  } catch (const harbor::Error& error) {
    return error;
  }
  return {HARBOR_E_INTERNAL, "nothing thrown", ""};
}

}  // namespace

TEST_CASE("Harbor's keys are handed out and gone", "[merge]") {
  Project project =
      merge(tree_of({{"c.yml",
                      "x-harbor-top: 1\nx-other: 2\n"
                      "services: {a: {image: x, x-harbor-lint-ignore: [y], x-mine: 3}}\n"}}),
            {"c.yml"});
  CHECK(to_yaml(*project.root) == "x-other: 2\nservices:\n  a:\n    image: x\n    x-mine: 3\n");
  REQUIRE(project.harbor.size() == 2);
  CHECK(project.harbor[0].key == "x-harbor-top");
  CHECK(project.harbor[1].name == "a");
  CHECK(project.harbor[1].place.line == 3);
}

TEST_CASE("a missing file is an error that names it", "[merge]") {
  try {
    merge(tree_of({}), {"nope.yml"});
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.status == HARBOR_E_NOT_FOUND);
    CHECK(error.code == "compose.file_missing");
    CHECK(error.message == "the compose file 'nope.yml' is not there");
  }
}

TEST_CASE("a conflict names both places", "[merge]") {
  try {
    merged({{"a.yml", "services:\n  a:\n    ports:\n      - '80:80'\n"},
            {"b.yml", "# \xC3\xA9\nservices: {\xC3\xA9: {image: x}, a: {ports: {x: 1}}}\n"}},
           {"a.yml", "b.yml"});
    FAIL("nothing thrown");
  } catch (const harbor::Error& error) {
    CHECK(error.code == "compose.merge_conflict");
    CHECK(error.message == "services.a.ports is a map here and a list there");
    CHECK(error.hint == "write both in the same form, or put !override before the later one");
    REQUIRE(error.labels.size() == 2);
    CHECK(error.labels[0].file == "b.yml");
    CHECK(error.labels[0].line == 2);
    CHECK(error.labels[0].column == 39);  // in bytes: the first service's name takes two
    CHECK(error.labels[1].file == "a.yml");
    CHECK(error.labels[1].line == 4);
    CHECK(error.labels[1].column == 7);
  }
}

TEST_CASE("a file that is too large, too deep or explodes is refused", "[merge]") {
  CHECK(error_of("x: '" + std::string(max_file_size, 'a') + "'\n").code == "compose.too_large");
  CHECK(error_of("x-a: " + std::string(70, '[') + std::string(70, ']') + "\n").code ==
        "compose.too_deep");
  std::string bomb = "x-a: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 8; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "x-" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j > 0 ? "," : "") + before;
    bomb += "]\n";
  }
  harbor::Error error = error_of(bomb);
  CHECK(error.code == "compose.too_many_nodes");
  REQUIRE(error.labels.size() == 1);
  CHECK(error.labels[0].line == 5);
}

TEST_CASE("a large map is joined by its index", "[merge]") {
  std::string one = "services:\n", two = "services:\n";
  for (int i = 0; i < 2000; ++i) {
    one += "  s" + std::to_string(i) + ": {image: a}\n";
    two += "  s" + std::to_string(i) + ": {image: b}\n";
  }
  const Project project = merge(tree_of({{"a.yml", one}, {"b.yml", two}}), {"a.yml", "b.yml"});
  CHECK(service_names(project).size() == 2000);
  CHECK(get(get(get(project.root, "services"), "s1999"), "image")->text == "b");
}

TEST_CASE("scalars have the types of Compose's reader", "[scalar]") {
  for (const char* text : {"", "~", "null", "NULL"}) CHECK(type_of_plain(text) == Type::null);
  for (const char* text : {"true", "False", "TRUE"}) CHECK(type_of_plain(text) == Type::boolean);
  for (const char* text :
       {"0", "-5", "+5", "0755", "0o17", "0x1F", "0b11", "1_000", "18446744073709551615"}) {
    CHECK(type_of_plain(text) == Type::integer);
  }
  for (const char* text :
       {"1.10", "1e3", ".5", "-.inf", ".NaN", "08", "1.", "18446744073709551616"}) {
    CHECK(type_of_plain(text) == Type::floating);
  }
  for (const char* text :
       {"yes", "on", "n", "1:30", "1.2.3", "0x", "-", "+", ".", "1e", "tRue", "nULL", "80:80"}) {
    INFO(text);
    CHECK(type_of_plain(text) == Type::string);
  }
}

TEST_CASE("texts that would read as something else are quoted", "[writer]") {
  for (const char* text :
       {"",   "~",  "yes: no", "a #b", "- a", "-",  "---", "...",        "<<",   "0755", "true",
        " a", "a ", "a:",      "?",    "@x",  "`x", "%x",  "2024-01-01", "a\nb", "\x07"}) {
    INFO(text);
    CHECK_FALSE(is_plain_string(text));
  }
  for (const char* text :
       {"yes", "a-b", "--flag", "/a:/b", "A=1", "1:30", "${A:-b}", "a#b", "~/x", "http://x"}) {
    INFO(text);
    CHECK(is_plain_string(text));
  }
}

TEST_CASE("the document as JSON keeps numbers and quotes the rest", "[writer]") {
  const Project project = merge(
      tree_of({{"c.yml", "x-a: [1, 0755, 1.50, yes, null, true, \"1\", \"a\\n\\\"b\", .inf]\n"}}),
      {"c.yml"});
  CHECK(to_json(*project.root) ==
        "{\"x-a\":[1,493,1.5,\"yes\",null,true,\"1\",\"a\\n\\\"b\",\"+Inf\"]}");
}
