#include <harbor/env_file.hpp>
#include <harbor/place.hpp>

#include <catch2/catch.hpp>

using harbor::Error;
using harbor::Label;
using harbor::quote_variable;
using harbor::write_env_file;

TEST_CASE("the writer prefers single quotes, which shells read alike", "[sdk]") {
  CHECK(write_env_file({{"A", "x"}, {"B", ""}, {"C", "$a `b` \"c\""}}) ==
        "A='x'\nB=''\nC='$a `b` \"c\"'\n");
  CHECK(quote_variable("it's") == "'it\\'s'");
  CHECK(quote_variable("a\nb") == "'a\nb'");
  CHECK(quote_variable("a\\") == "\"a\\\\\"");
  CHECK(quote_variable("\\'$\"\n") == "\"\\\\'\\$\\\"\\n\"");
}

TEST_CASE("the writer refuses what no env file can say, without the value", "[sdk]") {
  for (const char* key : {"", "A B", "A=", "A\n", "$A", "\xC3\xA9"}) {
    CAPTURE(key);
    CHECK_THROWS_MATCHES(
        write_env_file({{key, "hunter2"}}), Error, Catch::Predicate<Error>([](const Error& e) {
          return e.code == "env.bad_name" && e.message.find("hunter2") == std::string::npos;
        }));
  }
  CHECK_THROWS_MATCHES(write_env_file({{"A", std::string("hunter2\0", 8)}}), Error,
                       Catch::Predicate<Error>([](const Error& e) {
                         return e.code == "env.nul_byte" &&
                                e.message == "the value of 'A' holds a NUL byte";
                       }));
}

TEST_CASE("a byte offset has a line and a column", "[sdk]") {
  const harbor::Places places("ab\n\ncd", "f");
  CHECK(places.label(0, 2) == Label{"f", 1, 1, 2, {}});
  CHECK(places.label(2, 1) == Label{"f", 1, 3, 1, {}});
  CHECK(places.label(3, 0) == Label{"f", 2, 1, 0, {}});
  CHECK(places.label(5, 1) == Label{"f", 3, 2, 1, {}});
  CHECK(places.label(6, 0) == Label{"f", 3, 3, 0, {}});
}
