#include "plan/catalog.hpp"

#include <catch2/catch.hpp>

using namespace harbor;

namespace {

plugin::ActionInfo action(std::string name, std::string section,
                          std::vector<plugin::Binding> consumes) {
  plugin::ActionInfo info;
  info.name = std::move(name);
  info.section = std::move(section);
  info.consumes = std::move(consumes);
  return info;
}

plugin::Registry registry() {
  plugin::Pack pack;
  pack.id = "org.example";
  pack.actions.push_back(action("render", "prepare.templates",
                                {{"settings", "descriptor.prepare.interpolation", false},
                                 {"depth", "descriptor.deploy.limits.depth", false},
                                 {"own", "descriptor.prepare.templates", false},
                                 {"name", "descriptor.name", false}}));
  std::vector<plugin::Pack> packs;
  packs.push_back(std::move(pack));
  return plugin::Registry(std::move(packs), {});
}

}  // namespace

TEST_CASE("a section that actions read from the descriptor is no step", "[workflow]") {
  const auto stock = registry();
  const plan::Catalog catalog(stock, {});
  CHECK(catalog.is_bound_section("prepare.interpolation"));
  CHECK(catalog.is_bound_section("deploy.limits"));
  CHECK_FALSE(catalog.is_bound_section("prepare.templates"));  // it has an action of its own
  CHECK_FALSE(catalog.is_bound_section("prepare.interpolatio"));
  CHECK_FALSE(catalog.is_bound_section("deploy.limit"));
  CHECK_FALSE(catalog.is_bound_section("deploy.interpolation"));
}
