#include <catch2/catch.hpp>

#include <iostream>
#include <set>

#include "corpus.hpp"
#include "merge.hpp"
#include "oracle.hpp"
#include "writer.hpp"

using namespace harbor::conformance;

TEST_CASE("every case of the merge corpus comes out byte for byte", "[conformance]") {
  const std::vector<Case> cases = read_corpus(HARBOR_MERGE_CASES);
  REQUIRE(cases.size() > 150);
  std::set<std::string> names;
  for (const Case& one : cases) {
    INFO(one.group << ": " << one.name);
    CHECK(names.insert(one.group + one.name).second);
    const Outcome outcome = merge_case(one);
    CHECK(outcome.merged == one.merged);
    CHECK(outcome.error == one.error);
    CHECK(merge_case(one).merged == outcome.merged);
  }
}

TEST_CASE("a merged file merged alone is itself", "[conformance]") {
  for (const Case& one : read_corpus(HARBOR_MERGE_CASES)) {
    if (one.merged.empty()) continue;
    INFO(one.group << ": " << one.name << "\n" << one.merged);
    const auto again =
        harbor::compose::merge(harbor::compose::tree_of({{"m.yml", one.merged}}), {"m.yml"});
    CHECK(harbor::compose::to_yaml(*again.root) == one.merged);
  }
}

TEST_CASE("Compose agrees with every case of the merge corpus", "[conformance]") {
  if (!has_compose()) {
    std::cout << "SKIPPED: no docker compose on PATH\n";
    return;
  }
  for (const Case& one : read_corpus(HARBOR_MERGE_CASES)) {
    INFO(one.group << ": " << one.name);
    if (!one.alone.empty()) continue;
    const Folder folder;
    for (const auto& [name, text] : one.files) folder.write(name, text);
    const auto wanted = config_of(folder.path(), one.selection);
    if (!one.error.empty()) {
      CHECK_FALSE(wanted.has_value());
      continue;
    }
    folder.write("merged.yml", one.merged);
    const auto got = config_of(folder.path(), {"merged.yml"});
    REQUIRE(wanted.has_value() == got.has_value());
    if (wanted) CHECK(without_harbor_keys(*wanted) == *got);
  }
}
