#include "host/environment_table.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "operation.hpp"

namespace {

struct Answer {
  harbor::host::CallResult result;
  std::optional<std::string> value;
};

/// Asks for a variable of an environment with A and one that is not UTF-8.
Answer ask(const std::string& name, std::uint64_t effects = HARBOR_FX_READ_HOST) {
  test::Operation operation;
  operation.effects = effects;
  operation.services.environment = {{"A", "1"}, {"EMPTY", ""}, {"BYTES", "a\xFF"}};
  Answer answer;
  answer.result = operation.run([&](harbor_call* call) {
    harbor_str value{};
    const auto status = test::table<harbor_environment>(call, HARBOR_ENVIRONMENT_ID)
                            .get(call, {name.data(), name.size()}, &value);
    if (status == HARBOR_OK) answer.value = std::string(value.ptr, value.len);
    return status == HARBOR_E_NOT_FOUND ? HARBOR_OK : status;
  });
  return answer;
}

}  // namespace

TEST_CASE("a pack reads a variable of the user's environment by its name", "[host]") {
  CHECK(ask("A").value == "1");
  CHECK(ask("EMPTY").value == "");
  CHECK(ask("BYTES").value == "a\xEF\xBF\xBD");
}

TEST_CASE("a variable that is not set is no failure", "[host]") {
  const auto answer = ask("PATH");
  CHECK(answer.result.status == HARBOR_OK);
  CHECK(answer.result.failures.empty());
  CHECK_FALSE(answer.value);
}

TEST_CASE("reading the environment needs the declared effect", "[host]") {
  const auto answer = ask("A", HARBOR_FX_EXEC);
  CHECK(answer.result.status == HARBOR_E_DENIED);
  CHECK(answer.result.failures.at(0).message ==
        "the action reads the environment without declaring the effect");
  CHECK_FALSE(answer.value);
}

TEST_CASE("a pack lists the variables that begin with a text", "[host]") {
  test::Operation operation;
  operation.effects = HARBOR_FX_READ_HOST;
  operation.services.environment = {{"A", "1"}, {"AB", "2"}, {"AC", "3"}, {"B", "4"}};
  std::vector<std::string> found;
  const auto list = [&](const std::string& prefix) {
    found.clear();
    return operation.run([&](harbor_call* call) {
      return test::table<harbor_environment>(call, HARBOR_ENVIRONMENT_ID)
          .names(
              call, {prefix.data(), prefix.size()},
              [](void* user, harbor_str name) {
                static_cast<std::vector<std::string>*>(user)->emplace_back(name.ptr, name.len);
              },
              &found);
    });
  };
  CHECK(list("A").status == HARBOR_OK);
  CHECK(found == std::vector<std::string>{"A", "AB", "AC"});
  CHECK(list("").status == HARBOR_OK);
  CHECK(found.size() == 4);
  CHECK(list("X").status == HARBOR_OK);
  CHECK(found.empty());
  operation.effects = 0;
  CHECK(list("A").status == HARBOR_E_DENIED);
}
