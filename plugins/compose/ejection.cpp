#include "ejection.hpp"

#include "assembly.hpp"
#include "environment.hpp"
#include "notice.hpp"

namespace harbor::compose {

// Merged again instead of using the merged text, so that warnings point into the original files.
Ejected ejected(Context& context, const json& input, const std::string& from) {
  const std::string workspace(context.workspace());
  const Tree tree = tree_at(workspace);
  const json env = input.value("env", json::object());
  auto made = assemble(tree, input.at("files"), input.value("native", std::vector<std::string>()),
                       presence_in(env));
  inline_templates(made.project, tree, made.templates);
  Ejected out = eject(made.project, workspace, from);
  warn(context, out.warnings);
  return out;
}

std::string env_text(const Ejected& ejected, const json& env) {
  return env_of(ejected, lookup_in(env), [&](const std::string& name) {
    const auto found = env.find(name);
    return found != env.end() && is_secret(*found);
  });
}

}  // namespace harbor::compose
