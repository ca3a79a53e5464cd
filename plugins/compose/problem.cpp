#include "problem.hpp"

#include <algorithm>
#include <iterator>

#include "assembly.hpp"
#include "conflict.hpp"
#include "environment.hpp"
#include "missing_file.hpp"

namespace harbor::compose {

Problems problems_of(Context& context, const json& input) {
  const json env = input.value("env", json::object());
  const Lookup known = presence_in(env);
  const Tree tree = tree_at(std::string(context.workspace()));
  const auto made =
      assemble(tree, input.at("files"), input.value("native", std::vector<std::string>()), known);
  Problems problems;
  std::copy_if(made.warnings.begin(), made.warnings.end(), std::back_inserter(problems.merging),
               [](const Warning& warning) { return warning.is_error; });
  for (auto& more : {check_ports(made.project, known), check_dependencies(made.project),
                     check_files(made.project, tree, known), check_variables(made.project, known)})
    problems.conflicts.insert(problems.conflicts.end(), more.begin(), more.end());
  if (service_names(made.project).empty())
    problems.conflicts.push_back(
        {"compose.nothing_selected",
         "the chosen compose files have no service",
         "name services on the command line, or in a profile of the descriptor",
         {},
         true});
  return problems;
}

}  // namespace harbor::compose
