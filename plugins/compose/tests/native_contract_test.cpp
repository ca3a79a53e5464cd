#include "native_contract.hpp"

#include <catch2/catch.hpp>

#include "native_project.hpp"

using namespace harbor::compose;
using namespace harbor::compose::test;

namespace {

harbor::Error contract_error(const std::string& contract) {
  return error_of([&] {
    native_contracts(project_of("services:\n  ollama:\n    x-harbor-native: " + contract + "\n"),
                     {"ollama"}, nothing);
  });
}

}  // namespace

TEST_CASE("a contract is read with its placeholders resolved", "[native]") {
  const auto contracts = native_contracts(project_of(proxy), {"ollama"}, nothing);
  REQUIRE(contracts.size() == 1);
  const NativeContract& one = contracts[0];
  CHECK(one.executable == "ollama");
  CHECK(one.daemon_args == std::vector<std::string>{"serve", "--port=11434", "none"});
  CHECK(one.port == "11434");
  CHECK(one.requires_gpu_passthrough);
  CHECK(one.env_vars == std::vector<std::string>{"OLLAMA_HOST"});
  CHECK(one.env_overrides ==
        std::vector<std::pair<std::string, std::string>>{{"OLLAMA_URL", "http://localhost:11434"}});
}

TEST_CASE("a contract may stand at the top level of the native file", "[native]") {
  const auto contracts = native_contracts(
      project_of("x-harbor-native: {executable: ollama}\nservices: {ollama: {image: x}}\n"),
      {"ollama"}, nothing);
  CHECK(contracts.at(0).executable == "ollama");
}

TEST_CASE("a malformed contract says where", "[native]") {
  harbor::Error list = contract_error("[a]");
  CHECK(list.code == "compose.native_malformed");
  CHECK(list.message == "x-harbor-native of a native contract is a map, this is a list");
  REQUIRE(list.labels.size() == 1);
  CHECK(list.labels[0].line == 3);
  CHECK(list.labels[0].column == 22);
  CHECK(contract_error("{executable: a, daemon_args: x}").message ==
        "daemon_args of a native contract is a list, this is a value");
  CHECK(contract_error("{daemon_args: [x]}").message ==
        "the contract of 'ollama' names no executable");
  harbor::Error field = contract_error("{executable: a, prot: 1}");
  CHECK(field.message == "x-harbor-native has no field 'prot'");
  CHECK(field.hint == "did you mean 'port'?");
  CHECK(contract_error("{executable: '${NOPE}'}").code == "compose.native_placeholder");
  CHECK(contract_error("{executable: 'a{{.native_port}}'}").code == "compose.native_placeholder");
  CHECK(error_of([] {
          native_contracts(project_of("services: {ollama: {image: x}}\n"), {"ollama"}, nothing);
        }).code == "compose.native_no_contract");
}
