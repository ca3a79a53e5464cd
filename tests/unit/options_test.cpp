#include "cli/options.hpp"

#include <catch2/catch.hpp>

#include "report/code.hpp"

using namespace harbor;
using cli::OptionSpec;
using Words = std::vector<std::string>;

namespace {

const std::vector<OptionSpec> own = {{"exclude", 'x', "NAME", "", true, true},
                                     {"tail", 'n', "N", "", false},
                                     {"build", 0, "", "", false}};

cli::Arguments parse(const Words& words, bool verbatim = false) {
  return cli::parse_arguments(words, own, verbatim, "up");
}

}  // namespace

TEST_CASE("a greedy option takes one word where no -- follows", "[cli]") {
  const auto arguments = parse({"-x", "ollama", "webui"});
  CHECK(arguments.all("exclude") == Words{"ollama"});
  CHECK(arguments.words == Words{"webui"});
}

TEST_CASE("a greedy option takes every word before the --", "[cli]") {
  const auto arguments = parse({"first", "-x", "ollama", "llamacpp", "--", "webui", "--build"});
  CHECK(arguments.all("exclude") == Words{"ollama", "llamacpp"});
  CHECK(arguments.words == Words{"first", "webui"});
  CHECK(arguments.has("build"));
}

TEST_CASE("other options between the words of a greedy one keep their values", "[cli]") {
  const auto arguments = parse({"--exclude", "a", "--tail", "5", "--json", "b", "--", "c"});
  CHECK(arguments.all("exclude") == Words{"a", "b"});
  CHECK(arguments.value("tail") == "5");
  CHECK(arguments.has("json"));
  CHECK(arguments.words == Words{"c"});
}

TEST_CASE("a second -- ends the options", "[cli]") {
  CHECK(parse({"-x", "a", "--", "b", "--", "--build"}).words == Words{"b", "--build"});
}

TEST_CASE("without a greedy option -- ends the options", "[cli]") {
  const auto arguments = parse({"a", "--", "-x", "b"});
  CHECK(arguments.words == Words{"a", "-x", "b"});
  CHECK_FALSE(arguments.has("exclude"));
}

TEST_CASE("a greedy option without a word excludes nothing", "[cli]") {
  CHECK(parse({"-x", "--", "webui"}).all("exclude").empty());
}

TEST_CASE("the command behind a verbatim argument keeps its --", "[cli]") {
  CHECK(parse({"-x", "a", "webui", "ls", "--", "-l"}, true).words ==
        Words{"webui", "ls", "--", "-l"});
}

TEST_CASE("the project's place is found before the other options are known", "[cli]") {
  using cli::find_location;
  CHECK(find_location({"deploy", "-C", "dir", "web"}) == cli::Location{"dir", std::nullopt});
  CHECK(find_location({"--project=dir", "-fother.yaml"}) == cli::Location{"dir", "other.yaml"});
  CHECK(find_location({"--set", "-C", "web"}) == cli::Location{});
  CHECK(find_location({"web", "--", "-C", "dir"}) == cli::Location{});
  CHECK(find_location({"-C"}) == cli::Location{});
}

TEST_CASE("what stands before and after the command is one set of arguments", "[cli]") {
  const auto all = cli::joined(parse({"--json", "-o", "one"}), parse({"-o", "two", "web"}));
  CHECK(all.has("json"));
  CHECK(all.all("option") == Words{"one", "two"});
  CHECK(all.words == Words{"web"});
}
