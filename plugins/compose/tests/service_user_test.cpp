#include "service_user.hpp"

#include <catch2/catch.hpp>

#include "native_project.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

TEST_CASE("numeric users of services are found, names and what has no value are not", "[merge]") {
  const Project project = project_of(
      "services:\n  a: {user: 1000}\n  b: {user: '1001:1002'}\n  c: {user: nginx}\n"
      "  d: {user: '${UID}:0'}\n  e: {user: '${NO}'}\n  f: {image: x}\n  g: {user: ':5'}\n"
      "  h: {user: 99999999999}\n  i: {user: 1000x}\n");
  const auto users = service_users(project, [](const std::string& name) {
    return name == "UID" ? std::optional<std::string>("1003") : std::nullopt;
  });
  CHECK(users == std::map<std::string, std::uint32_t>{{"a", 1000}, {"b", 1001}, {"d", 1003}});
}
