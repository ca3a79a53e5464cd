#include "report/log_target.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "report/diagnostic.hpp"

using namespace harbor::report;
using Kind = LogTarget::Kind;

namespace {

LogChoice chosen(const std::string& option, const std::string& variable) {
  const auto choice = choose_log(option, variable, "/work");
  REQUIRE(choice);
  return *choice;
}

std::string refusal_of(const std::string& text) {
  try {
    (void)choose_log(text, "", "/work");
  } catch (const Error& error) {
    const auto& first = error.diagnostics().front();
    return first.code + " " + first.message + " (" + first.hint + ")";
  }
  return "none";
}

}  // namespace

TEST_CASE("nobody asks for a log, and there is none", "[report]") {
  CHECK_FALSE(choose_log("", "", "/work"));
}

TEST_CASE("a target is a file, standard error or syslog; the level is debug unless it is said",
          "[report]") {
  CHECK(chosen("a.log", "").target == LogTarget{Kind::file, "/work/a.log"});
  CHECK(chosen("/var/log/a", "").target == LogTarget{Kind::file, "/var/log/a"});
  CHECK(chosen("-", "").target == LogTarget{Kind::standard_error, {}});
  CHECK(chosen("syslog", "").target == LogTarget{Kind::syslog, {}});
  CHECK(chosen("a.log", "").level == LogLevel::debug);
}

TEST_CASE("a level stands alone, or in front of a colon", "[report]") {
  CHECK(chosen("warn", "").level == LogLevel::warn);
  CHECK(chosen("warn", "").target.kind == Kind::standard_error);
  CHECK(chosen("info:syslog", "").level == LogLevel::info);
  CHECK(chosen("info:syslog", "").target.kind == Kind::syslog);
  CHECK(chosen("trace:", "").target.kind == Kind::standard_error);
  CHECK(chosen("./warn", "").target == LogTarget{Kind::file, "/work/warn"});
  CHECK(chosen("./a:b", "").target == LogTarget{Kind::file, "/work/a:b"});
  CHECK(chosen("info:a:b", "").target == LogTarget{Kind::file, "/work/a:b"});
}

TEST_CASE("the option --log wins over HARBOR_LOG, each for what it says", "[report]") {
  CHECK(chosen("a.log", "trace").level == LogLevel::trace);
  CHECK(chosen("a.log", "trace:b.log").target.file == "/work/a.log");
  CHECK(chosen("error", "trace:b.log").target.file == "/work/b.log");
  CHECK(chosen("error", "trace:b.log").level == LogLevel::error);
  CHECK(chosen("", "b.log").target.file == "/work/b.log");
}

TEST_CASE("off is no log at all", "[report]") {
  CHECK_FALSE(choose_log("off", "trace:b.log", "/work"));
  CHECK_FALSE(choose_log("", "off", "/work"));
}

TEST_CASE("a mistyped level is no file", "[report]") {
  CHECK(refusal_of("debgu:a.log") ==
        "H0802 --log takes LEVEL, TARGET or LEVEL:TARGET, and 'debgu' is not a level "
        "(did you mean 'debug'?)");
  CHECK(refusal_of("12:30") ==
        "H0802 --log takes LEVEL, TARGET or LEVEL:TARGET, and '12' is not a level "
        "(a file with a colon in its name is written with a slash: ./a:b)");
}
