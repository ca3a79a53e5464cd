#include "plan/capability.hpp"

#include <catch2/catch.hpp>

#include "descriptor_of.hpp"

using namespace harbor;
using Lines = std::vector<std::string>;

namespace {

plugin::ActionInfo needing(std::vector<std::string> capabilities) {
  auto info = action("hook.run");
  info.requires_caps = std::move(capabilities);
  return info;
}

plugin::Registry registry_of(const std::vector<std::string>& packs) {
  std::vector<plugin::Pack> all;
  for (const auto& id : packs) {
    auto info = action("container.run");
    info.provides_caps = {"container.engine", "container.network"};
    all.push_back(pack(id, {std::move(info)}));
  }
  return plugin::Registry(std::move(all), {});
}

}  // namespace

TEST_CASE("a capability that some action provides is there", "[plan]") {
  const auto registry = registry_of({"org.example.local"});
  CHECK(plan::missing_capabilities(needing({}), registry, {}).empty());
  CHECK(plan::missing_capabilities(needing({"container.engine", "container.network"}), registry, {})
            .empty());
}

TEST_CASE("each capability that nothing provides is an error", "[plan]") {
  const auto registry = registry_of({"org.example.local"});
  CHECK(lines_of(plan::missing_capabilities(needing({"container.engine", "tunnel", "dns"}),
                                            registry, {})) ==
        Lines{"H0224 hook.run needs the capability 'tunnel', and nothing provides it (no pack that "
              "is installed provides it)",
              "H0224 hook.run needs the capability 'dns', and nothing provides it (no pack that is "
              "installed provides it)"});
}

TEST_CASE("a pack whose action is given to another does not count, and is named", "[plan]") {
  const auto registry = registry_of({"org.example.local", "org.example.remote"});
  const std::vector<workflow::Choice> local = {{"container.run", "org.example.local", {}}};
  CHECK(plan::missing_capabilities(needing({"container.engine"}), registry, local).empty());
  const std::vector<workflow::Choice> other = {{"container.run", "org.example.other", {}}};
  CHECK(lines_of(plan::missing_capabilities(needing({"container.engine"}), registry, other)) ==
        Lines{"H0224 hook.run needs the capability 'container.engine', and nothing provides it (a "
              "pack that is not chosen provides it: `use: { container.run: org.example.local }` or "
              "`use: { container.run: org.example.remote }`)"});
}

TEST_CASE("plugins that were refused may be the ones that are missing", "[plan]") {
  std::vector<plugin::Refusal> refused(2);
  const plugin::Registry registry({}, std::move(refused));
  CHECK(plan::missing_capabilities(needing({"tunnel"}), registry, {}).front().hint ==
        "no pack that is installed provides it; 2 plugin(s) were refused, see `harbor plugin "
        "list`");
}
