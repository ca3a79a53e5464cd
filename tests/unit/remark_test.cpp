#include "host/remark.hpp"

#include <catch2/catch.hpp>
#include <string>

using harbor::host::parse_remark;
using nlohmann::json;

TEST_CASE("a remark is an object, or nothing", "[host]") {
  CHECK(parse_remark("").is_null());
  CHECK(parse_remark(R"({"a": [1, "b"]})") == json{{"a", {1, "b"}}});
}

TEST_CASE("what cannot be kept is told instead", "[host]") {
  CHECK(parse_remark("[1]") == json{{"dropped", "not a JSON object"}});
  CHECK(parse_remark("{\"a\": ") == json{{"dropped", "not a JSON object"}});
  CHECK(parse_remark("{\"a\": \"\xff\"}") == json{{"dropped", "not a JSON object"}});
  const std::string large = R"({"a": ")" + std::string(70'000, 'x') + R"("})";
  CHECK(parse_remark(large) ==
        json{{"dropped", "70009 bytes are more than the 65536 that are kept"}});
}

TEST_CASE("a remark may be 64 levels deep and no deeper", "[host]") {
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  CHECK(parse_remark(nested(64)).contains("a"));
  CHECK(parse_remark(nested(65)) == json{{"dropped", "nested deeper than 64 levels"}});
  CHECK(parse_remark(nested(30'000)) == json{{"dropped", "nested deeper than 64 levels"}});
}
