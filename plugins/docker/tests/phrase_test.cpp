#include "phrase.hpp"

#include <catch2/catch.hpp>

#include "failure.hpp"
#include "narration.hpp"

namespace harbor::docker::test {
namespace {

using Found = std::vector<std::string>;

TEST_CASE("gaps of a phrase hold a word, digits or anything within the line", "[compose]") {
  CHECK(find_phrase("a container demo-web-1 is unhealthy", "container {w} is unhealthy") ==
        Found{"demo-web-1"});
  CHECK(find_phrase("line 12: what: ever\nmore", "line {n}: {l}") == Found{"12", "what: ever"});
  CHECK(find_phrase("env file  not found", "env file {l} not found") == Found{""});
  CHECK(find_phrase("exit 7", "exit {n}") == Found{"7"});
  CHECK_FALSE(find_phrase("container  is unhealthy", "container {w} is unhealthy"));
  CHECK_FALSE(find_phrase("line x: what", "line {n}: {l}"));
  CHECK_FALSE(find_phrase("env file a\nb not found", "env file {l} not found"));
  CHECK_FALSE(find_phrase("", "exit {n}"));
}

TEST_CASE("a phrase that does not fit at one place is looked for at the next", "[compose]") {
  CHECK(find_phrase("container of a container web exited", "container {w} exited") == Found{"web"});
  CHECK(find_phrase("b 2", {"a {n}", "b {n}"}) == Found{"2"});
  CHECK(line_before("one\ntwo: over\n", ": over") == "two");
  CHECK_FALSE(line_before("one", ": over"));
  CHECK_FALSE(number_of("99999999999"));
  CHECK_FALSE(number_of(""));
}

TEST_CASE("a line of a megabyte is read like any other", "[compose]") {
  const std::string filler(1 << 20, 'x');
  for (const std::string& text :
       {filler, "failed to solve: " + filler, "#7 [web 2/5] RUN " + filler, "container " + filler,
        "failed to parse " + filler + ".yml: yaml: line 1: " + filler, "Bind for " + filler,
        "time=\"t\" level=warning msg=\"" + filler + "\"", "env file " + filler + " not found",
        " Container " + filler + "  Started",
        "Bind for :" + std::string(1 << 20, '9') + ":1 failed"}) {
    CAPTURE(text.substr(0, 40));
    Process process;
    process.exit_code = 1;
    process.err = text + "\nand the end";
    const Error error = failure_of(process);
    CHECK_FALSE(error.code.empty());
    (void)taken_port(text);
    (void)blamed_container(text);
    (void)warning_in(text);
    const auto deed = deed_in(text, "demo");
    CHECK((!deed || deed->size() < 2000));
  }
}

}  // namespace
}  // namespace harbor::docker::test
