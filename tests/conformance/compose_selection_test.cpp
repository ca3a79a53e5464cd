#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "selection.hpp"

using namespace harbor::compose;

TEST_CASE("the real selections are chosen file by file", "[conformance]") {
  const std::filesystem::path home = HARBOR_CONFORMANCE;
  if (!std::filesystem::exists(home / "selection.json")) {
    std::cout << "SKIPPED: no real tree at " << home << '\n';
    return;
  }
  std::ifstream file(home / "selection.json");
  const nlohmann::json cases = nlohmann::json::parse(file)["cases"];
  const Tree tree = tree_at(home / "harbor-tree");
  SelectionRules rules;
  rules.search = {"services"};
  REQUIRE(cases.size() > 100);
  for (const auto& one : cases) {
    SelectionRequest request;
    request.services = one["options"].get<std::vector<std::string>>();
    request.allow_unknown = true;
    INFO(one["options"].dump());
    CHECK(select(tree, rules, request).files == one["files"].get<std::vector<std::string>>());
  }
}
