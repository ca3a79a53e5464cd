#include <catch2/catch.hpp>

#include "dockerfile.hpp"
#include "ignore_file.hpp"
#include "missing_file.hpp"

namespace harbor::compose {
namespace {

using Names = std::vector<std::string>;

TEST_CASE("a Dockerfile says which files it takes", "[build]") {
  CHECK(copied_files("FROM a\nCOPY x y/ /to\nadd --chown=1:1 ./z \\\n  # a comment\n  /to\n") ==
        Names{"x", "y", "z"});
  CHECK(copied_files("COPY . /\n") == Names{"."});
  CHECK(copied_files("COPY src/*.c /\n") == Names{"src"});
  CHECK(copied_files("COPY *.c /\n") == Names{"."});
  CHECK(copied_files("COPY --from=build /a /b\nADD https://x.example/y /z\n") == Names{});
}

TEST_CASE("where a Dockerfile does not tell, all of the context is taken", "[build]") {
  for (const char* text :
       {"COPY $A /\n", "COPY [\"a b\", \"/\"]\n", "COPY <<E /x\nhello\nE\n", "ONBUILD COPY a /\n",
        "RUN --mount=type=bind,target=/src make\n", "# syntax=docker/dockerfile:1\nCOPY a /\n"})
    CHECK_FALSE(copied_files(text));
}

TEST_CASE("the last rule that matches decides what is ignored", "[build]") {
  const auto rules =
      parse_ignore_file("# no rule\n*.log\n/node_modules/\n**/cache\n!keep.log\ndocs/*/draft\n");
  CHECK(is_ignored(rules, "a.log"));
  CHECK_FALSE(is_ignored(rules, "deep/a.log"));
  CHECK_FALSE(is_ignored(rules, "keep.log"));
  CHECK(is_ignored(rules, "node_modules/x/y.js"));
  CHECK(is_ignored(rules, "cache"));
  CHECK(is_ignored(rules, "a/b/cache/c"));
  CHECK(is_ignored(rules, "docs/one/draft/x"));
  CHECK_FALSE(is_ignored(rules, "docs/draft"));
  CHECK(has_exceptions(rules));
  CHECK_FALSE(is_ignored(parse_ignore_file(""), "a"));
}

TEST_CASE("env files, contexts and Dockerfiles that are not there are told", "[build]") {
  const Tree tree = tree_of(
      {{"compose.yml",
        "services:\n"
        "  a: {image: x, env_file: [a.env, {path: b.env, required: false}, '${UNSET}.env']}\n"
        "  b: {build: ./nowhere}\n"
        "  c: {build: {context: ./there, dockerfile: Other}}\n"
        "  d: {build: {context: ./there, dockerfile_inline: FROM x}}\n"
        "  e: {build: 'https://x.example/y.git', env_file: ./var/run/.env.run}\n"},
       {"there/Dockerfile", ""}});
  const auto found = check_files(merge(tree, {"compose.yml"}), tree,
                                 [](const std::string&) { return std::nullopt; });
  REQUIRE(found.size() == 3);
  CHECK(found[0].code == "compose.env_file_missing");
  CHECK(found[0].message == "the env file a.env of 'a' is not there");
  CHECK(found[0].labels.at(0).line == 2);
  CHECK(found[1].code == "compose.build_context_missing");
  CHECK(found[1].message == "the build context ./nowhere of 'b' is not there");
  CHECK(found[2].message == "the Dockerfile there/Other of 'c' is not there");
}

}  // namespace
}  // namespace harbor::compose
