#include "readiness.hpp"

#include "assembly.hpp"
#include "conflict.hpp"
#include "environment.hpp"

namespace harbor::compose {

std::vector<Warning> problems_of(Context& context, const json& input) {
  const json env = input.value("env", json::object());
  const Lookup known = presence_in(env);
  const auto made = assemble(tree_at(std::string(context.workspace())), input.at("files"),
                             input.value("native", std::vector<std::string>()), known);
  std::vector<Warning> all = check_ports(made.project, known);
  for (auto& more : {check_dependencies(made.project), check_variables(made.project, known)})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace harbor::compose
