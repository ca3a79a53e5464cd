// Which packs there are and which pack provides which action.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/pack.hpp"
#include "report/trace.hpp"

namespace harbor::plugin {

/// Where to look. Named files come first, then folders in order, files by name; a missing folder is
/// fine.
struct SearchPlan {
  struct Folder {
    std::filesystem::path path;
    Place place;
  };
  std::vector<Folder> folders;
  /// Packs named by the descriptor (`plugins: [{path: ...}]`), absolute, with the place that names
  /// them.
  struct Named {
    std::filesystem::path file;
    report::Span span;
  };
  std::vector<Named> named;
  std::filesystem::path project;    ///< files beneath it need trust; may be empty
  std::filesystem::path lock_file;  ///< harbor.lock of the project
  std::filesystem::path
      cache_file;  ///< registry cache; empty = none. An unwritable one is not an error.
};

/// The default plan: HARBOR_PLUGIN_PATH (not when AT_SECURE), project/.harbor/plugins,
/// $XDG_DATA_HOME/harbor/plugins, the folder beside the engine (<exe>/../lib/harbor/plugins),
/// /usr/local/lib/..., /usr/lib/....
[[nodiscard]] SearchPlan default_search(const std::filesystem::path& project,
                                        const std::filesystem::path& executable);

/// An action, with the pack that provides it.
struct Provider {
  const Pack* pack = nullptr;
  const ActionInfo* action = nullptr;
};

/// Immutable once discovered. Several packs may provide one action: then it needs a choice. Moved,
/// not copied, since providers point into it.
class Registry {
 public:
  Registry() = default;
  Registry(std::vector<Pack> packs, std::vector<Refusal> refusals);
  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;

  [[nodiscard]] const std::vector<Pack>& packs() const noexcept { return packs_; }
  [[nodiscard]] const std::vector<Refusal>& refusals() const noexcept { return refusals_; }
  /// All actions by name; more than one provider means that a choice is needed.
  [[nodiscard]] const std::multimap<std::string, Provider, std::less<>>& actions() const noexcept {
    return actions_;
  }

  /// The providers of one action, in search order.
  [[nodiscard]] std::vector<Provider> providers(std::string_view action) const;

 private:
  std::vector<Pack> packs_;
  std::vector<Refusal> refusals_;
  std::multimap<std::string, Provider, std::less<>> actions_;
};

/// Looks for packs, checks each before any of its code runs (owner, mode, links, ELF note, trust),
/// uses what the cache knows, scans the rest in child processes (2 s each; a crash or hang is a
/// Refusal that is remembered until the file changes), and writes the cache. Of packs with the same
/// id the first one found is used; the others are refusals of severity warning. Must be called
/// while the process has one thread. `trace` reports folders, cache hits, scans and refusals. Never
/// throws for a bad pack.
[[nodiscard]] Registry discover(const SearchPlan& plan, const report::Trace& trace = {});

/// H0315: `action` is used, `providers` (at least two) provide it, and nothing says which one is
/// meant.
[[nodiscard]] report::Diagnostic several_providers(std::string_view action,
                                                   const std::vector<Provider>& providers);

}  // namespace harbor::plugin
