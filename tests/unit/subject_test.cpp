#include "cli/subject.hpp"

#include <catch2/catch.hpp>

using namespace harbor;
using cli::find_subjects;
using nlohmann::json;
using plugin::Naming;

namespace {

json link(const char* file) { return json::array({{{"file", file}}}); }

/// A run that published a file, variables of all and variables of single owners.
run::RunReport published() {
  run::RunReport out;
  out.artifacts = {{"stack.file", {{"web", {{"image.name", "shop"}, {"ports", {80, 443}}}}}},
                   {"vars", {{"HOME", "/root"}, {"A/B", "slash"}}},
                   {"vars.owned", {{"web", {{"HOME", "/web"}}}, {"db", {{"PORT", "5432"}}}}}};
  out.origins["stack.file"] = {{"/web", link("web.yml")}};
  out.origins["vars"] = {{"/HOME", link("sys.env")}, {"/A~1B", link("slash.env")}};
  out.origins["vars.owned"] = {{"/web/HOME", link("web.env")}, {"/db/PORT", link("db.env")}};
  out.origins["vars.uses"] = {{"/HOME", link("user.yml")}};
  return out;
}

const std::vector<Naming> namings = {{"vars", 1, "vars"}, {"vars.owned", 2, "vars"}};

}  // namespace

TEST_CASE("a subject is found by its artifact and its keys", "[cli]") {
  const auto run = published();
  const auto found = find_subjects(run, namings, "stack.file.web.ports.1");
  REQUIRE(found.size() == 1);
  CHECK(found[0].pointer == "/web/ports/1");
  CHECK(*found[0].value == 443);
  CHECK(found[0].chain == link("web.yml"));
  CHECK(found[0].uses.empty());
  CHECK(find_subjects(run, namings, "stack.web.image.name").at(0).pointer == "/web/image.name");
  CHECK(find_subjects(run, namings, "vars.A/B").at(0).pointer == "/A~1B");
  CHECK(find_subjects(run, namings, "stack.web.ports.2").empty());
}

TEST_CASE("a name by itself is found where its artifact says that it has names", "[cli]") {
  const auto run = published();
  const auto found = find_subjects(run, namings, "HOME");
  REQUIRE(found.size() == 2);
  CHECK(found[0].owner.empty());
  CHECK(found[0].chain == link("sys.env"));
  CHECK(found[1].owner == "web");
  CHECK(found[1].chain == link("web.env"));
  for (const auto& subject : found) CHECK(subject.uses == link("user.yml"));
  CHECK(find_subjects(run, {}, "HOME").empty());
  CHECK(find_subjects(run, namings, "web").empty());
}

TEST_CASE("what can be asked about is told with and without its artifact", "[cli]") {
  const auto known = cli::known_subjects(published(), namings);
  for (const char* name : {"stack.file.web", "vars.HOME", "HOME", "vars.owned.db.PORT", "PORT"})
    CHECK(std::find(known.begin(), known.end(), name) != known.end());
  CHECK(std::find(known.begin(), known.end(), "vars.uses.HOME") == known.end());
}

TEST_CASE("what all share is named before what is somebody's own", "[cli]") {
  std::vector<plugin::Pack> packs(1);
  plugin::ActionInfo action;
  action.name = "vars.make";
  action.namings = {{"vars.owned", 2, "vars"}, {"vars", 1, "vars"}, {"unpublished", 1, "vars"}};
  packs[0].actions = {action};
  const plugin::Registry registry(std::move(packs), {});
  const auto found = cli::namings_of(registry, published());
  REQUIRE(found.size() == 2);
  CHECK(found[0].artifact == "vars");
  CHECK(found[0].depth == 1);
  CHECK(found[0].uses == "vars");
  CHECK(found[1].depth == 2);
  CHECK(found[1].uses == "vars");
}
