// Where packs are looked for.
#include <sys/auxv.h>

#include <algorithm>
#include <cstdlib>

#include "plugin/registry.hpp"

namespace harbor::plugin {
namespace fs = std::filesystem;
namespace {

/// A variable of the environment, unless this process has more rights than its caller.
std::string variable(const char* name) {
  const char* value =
      getauxval(AT_SECURE) != 0 ? nullptr : std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string() : value;
}

/// A folder of the XDG base directory specification: relative values are ignored.
fs::path base_folder(const char* name, const char* below_home) {
  if (fs::path folder = variable(name); folder.is_absolute()) return folder;
  const fs::path home = variable("HOME");
  return home.is_absolute() ? home / below_home : fs::path();
}

void add(SearchPlan& plan, const fs::path& folder, Place place) {
  const fs::path path = folder.lexically_normal();
  const bool is_known = std::any_of(plan.folders.begin(), plan.folders.end(),
                                    [&](const SearchPlan::Folder& f) { return f.path == path; });
  if (path.is_absolute() && !is_known) plan.folders.push_back({path, place});
}

void add_listed(SearchPlan& plan, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    add(plan, fs::path(list.substr(0, end)), Place::listed);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

}  // namespace

SearchPlan default_search(const fs::path& project, const fs::path& executable) {
  SearchPlan plan;
  add_listed(plan, variable("HARBOR_PLUGIN_PATH"));
  if (!project.empty()) add(plan, project / ".harbor/plugins", Place::project);
  const fs::path data = base_folder("XDG_DATA_HOME", ".local/share");
  if (!data.empty()) add(plan, data / "harbor/plugins", Place::user);
  if (!executable.empty())
    add(plan, executable.parent_path().parent_path() / "lib/harbor/plugins", Place::stock);
  add(plan, "/usr/local/lib/harbor/plugins", Place::system);
  add(plan, "/usr/lib/harbor/plugins", Place::system);
  plan.project = project;
  if (!project.empty()) plan.lock_file = project / "harbor.lock";
  const fs::path cache = base_folder("XDG_CACHE_HOME", ".cache");
  if (!cache.empty()) plan.cache_file = cache / "harbor/registry-v1.cache";
  return plan;
}

}  // namespace harbor::plugin
