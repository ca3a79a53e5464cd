// Two or more arbitrary YAML files, split at lines of "%%", merged and written: never a crash,
// never a hang, and what was written reads back as itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "conflict.hpp"
#include "eject.hpp"
#include "merge.hpp"
#include "writer.hpp"

using namespace harbor::compose;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::string> files;
  std::vector<std::string> list;
  while (list.size() < 4) {
    const std::size_t cut = rest.find("\n%%\n");
    list.push_back("f" + std::to_string(list.size()) + ".yml");
    files[list.back()] = rest.substr(0, cut);
    if (cut == std::string_view::npos) break;
    rest.remove_prefix(cut + 4);
  }
  try {
    const Project project = merge(tree_of(files), list);
    const std::string text = to_yaml(*project.root);
    to_json(*project.root);
    auto nothing = [](const std::string&) { return std::optional<std::string>(); };
    check_ports(project, nothing);
    check_dependencies(project);
    check_variables(project, nothing);
    eject(project, "/f");
    files = {{"m.yml", text}};
    const Project again = merge(tree_of(files), {"m.yml"});
    if (to_yaml(*again.root) != text) std::abort();
  } catch (const harbor::Error&) {
  }
  return 0;
}
