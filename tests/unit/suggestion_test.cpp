#include "report/suggestion.hpp"

#include <catch2/catch.hpp>

using harbor::report::did_you_mean;
using harbor::report::nearest;

namespace {
const std::vector<std::string> keys{"port",  "ports",   "image",
                                    "needs", "timeout", "continueOnError"};
}

TEST_CASE("one wrong letter finds the word that was meant", "[report]") {
  CHECK(nearest("prot", keys) == "port");         // swapped
  CHECK(nearest("imag", keys) == "image");        // missing
  CHECK(nearest("timeeout", keys) == "timeout");  // doubled
  CHECK(nearest("neads", keys) == "needs");       // replaced
  CHECK(did_you_mean("prot", keys) == "did you mean 'port'?");
}

TEST_CASE("letter case counts for nothing", "[report]") {
  CHECK(nearest("CONTINUEONERROR", keys) == "continueOnError");
  CHECK(nearest("continueonerorr", keys) == "continueOnError");
  CHECK(nearest("X", {"x"}) == "x");
}

TEST_CASE("a word that is far from all is no slip", "[report]") {
  CHECK_FALSE(nearest("volume", keys));
  CHECK_FALSE(nearest("tmut", keys));  // three changes in four letters
  CHECK(did_you_mean("volume", keys).empty());
}

TEST_CASE("a short word is not replaced by any other short word", "[report]") {
  CHECK_FALSE(nearest("a", {"b", "c"}));
  CHECK_FALSE(nearest("", {"a", "b"}));
}

TEST_CASE("the limit is a third of the word", "[report]") {
  CHECK(nearest("abcdef", {"abcdxy"}) == "abcdxy");
  CHECK_FALSE(nearest("abcde", {"abcxy"}));
  CHECK(nearest("abcdefghi", {"abcdefxyz"}) == "abcdefxyz");
}

TEST_CASE("the nearest candidate wins and the first among equals", "[report]") {
  CHECK(nearest("services", {"service", "serviced", "services_"}) == "service");
  CHECK(nearest("abcdef", {"abcdxx", "abcdex"}) == "abcdex");
}

TEST_CASE("the word itself is no suggestion, nor is anything for a huge word", "[report]") {
  CHECK_FALSE(nearest("port", {"port"}));
  CHECK_FALSE(nearest(std::string(100'000, 'a'), {std::string(99'999, 'a')}));
}
