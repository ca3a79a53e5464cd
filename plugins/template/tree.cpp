#include "tree.hpp"

#include <harbor/digest.hpp>

#include <algorithm>
#include <utility>

#include "source.hpp"

namespace harbor::templating {

void add(Tree& tree, const std::string& folder, const std::string& name, Rendered rendered) {
  const std::string source = rendered.source;
  const auto [at, is_new] = tree.files.emplace(name, std::move(rendered));
  if (is_new) return;
  throw Error(HARBOR_E_INPUT, "template.collision",
              source + " and " + at->second.source + " both render to " + folder + "/" + name,
              "put `${service}` into `to`, or rename one of them");
}

// replace_tree() removes what it is not given: two steps of it, for a folder and for one inside
// that, would delete each other's files. So every file goes with the outermost folder.
Trees fold(Trees&& trees, const std::function<void(const Error&)>& fail) {
  Trees folded;
  for (auto& [folder, tree] : trees) {
    std::string outer;
    for (auto slash = folder.find('/'); outer.empty() && slash != std::string::npos;
         slash = folder.find('/', slash + 1))
      if (trees.contains(folder.substr(0, slash))) outer = folder.substr(0, slash);
    if (outer.empty()) {
      folded.emplace(folder, std::move(tree));
      continue;
    }
    for (auto& [name, rendered] : tree.files) {
      try {
        // It is there: a map goes through "web" before "web/conf".
        add(folded.at(outer), outer, folder.substr(outer.size() + 1) + "/" + name,
            std::move(rendered));
      } catch (const Error& error) {
        fail(error);
      }
    }
  }
  return folded;
}

json folders_of(const Trees& trees, const std::vector<std::string>& gone, const std::string& run) {
  json folders = json::array();
  for (const auto& [folder, tree] : trees) folders.push_back(run + "/" + folder);
  for (const std::string& folder : gone) folders.push_back(run + "/" + folder);
  return folders;
}

std::vector<OutputFile> files_of(const Tree& tree) {
  std::vector<OutputFile> files;
  for (const auto& [name, rendered] : tree.files)
    files.push_back(
        {.path = name, .parts = {rendered.text}, .mode = rendered.mode, .owner = rendered.owner});
  return files;
}

json configs_of(const Context& context, const Trees& trees, const std::string& run) {
  json configs = json::array();
  // A secret may be short, and digests are stored: without the key it could be found by trying.
  const auto sum = [&](const Rendered& rendered) {
    return rendered.is_secret ? keyed_digest(context, {Part(rendered.text)})
                              : digest(context, {Part(rendered.text)});
  };
  for (const auto& [folder, tree] : trees)
    for (const auto& [name, rendered] : tree.files)
      configs.push_back({{"service", rendered.service},
                         {"path", run + "/" + folder + "/" + name},
                         {"digest", sum(rendered)},
                         {"secret", rendered.is_secret}});
  return configs;
}

std::vector<std::string> abandoned(const Manifest& before, const Trees& trees, const json& input) {
  const auto services = input.value("services", std::vector<std::string>());
  std::vector<std::string> folders;
  for (const auto& [folder, service] : before.folders) {
    // Preparing one service must not take the configs from another one that is still running.
    const bool is_chosen =
        service.empty() || std::find(services.begin(), services.end(), service) != services.end();
    const bool is_used =
        std::any_of(trees.begin(), trees.end(), [&path = folder](const auto& tree) {
          return is_within(tree.first, path) || is_within(path, tree.first);
        });
    if (is_chosen && !is_used) folders.push_back(folder);
  }
  return folders;
}

Manifest manifest_of(const Manifest& before, const Trees& trees,
                     const std::vector<std::string>& gone) {
  Manifest after{true, {}, {}};
  const auto is_touched = [&](const std::string& path) {
    return std::any_of(trees.begin(), trees.end(),
                       [&](const auto& tree) { return is_within(path, tree.first); }) ||
           std::any_of(gone.begin(), gone.end(),
                       [&](const auto& folder) { return is_within(path, folder); });
  };
  for (const auto& entry : before.folders)
    if (!is_touched(entry.first)) after.folders.insert(entry);
  for (const auto& path : before.secrets)
    if (!is_touched(path)) after.secrets.insert(path);
  for (const auto& [folder, tree] : trees) {
    after.folders.emplace(folder, tree.service);
    for (const auto& [name, rendered] : tree.files)
      if (rendered.is_secret) after.secrets.insert(folder + "/" + name);
  }
  return after;
}

}  // namespace harbor::templating
