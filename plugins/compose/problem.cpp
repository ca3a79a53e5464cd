#include "problem.hpp"

#include <algorithm>
#include <iterator>

#include "assembly.hpp"
#include "conflict.hpp"
#include "environment.hpp"

namespace harbor::compose {

Problems problems_of(Context& context, const json& input) {
  const json env = input.value("env", json::object());
  const Lookup known = presence_in(env);
  const auto made = assemble(tree_at(std::string(context.workspace())), input.at("files"),
                             input.value("native", std::vector<std::string>()), known);
  Problems problems;
  std::copy_if(made.warnings.begin(), made.warnings.end(), std::back_inserter(problems.merging),
               [](const Warning& warning) { return warning.is_error; });
  for (auto& more : {check_ports(made.project, known), check_dependencies(made.project),
                     check_variables(made.project, known)})
    problems.conflicts.insert(problems.conflicts.end(), more.begin(), more.end());
  return problems;
}

}  // namespace harbor::compose
