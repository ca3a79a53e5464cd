#include "workflow/duration.hpp"

#include <catch2/catch.hpp>

using harbor::workflow::parse_duration;
using namespace std::chrono_literals;

TEST_CASE("durations are numbers with units, joined", "[workflow]") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1h30m10s5ms") == 5410005ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("what is no duration is refused", "[workflow]") {
  for (const char* text :
       {"", "5", "s", "ms", "5 s", " 5s", "5s ", "-1s", "+1s", "1e3s", "nan", "infs", "0x5s", "5d",
        "5S", "1h30", "s5", "1..5s", "99999999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("thirty days is the longest duration", "[workflow]") {
  CHECK(parse_duration("720h") == 720h);
  CHECK_FALSE(parse_duration("720h1ms"));
  CHECK_FALSE(parse_duration("721h"));
}
