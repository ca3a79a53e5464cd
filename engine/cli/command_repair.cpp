// repair.
#include <ostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "run/repair.hpp"

namespace harbor::cli {
using nlohmann::json;

int repair(Invocation& call) {
  const auto findings = run::repair(project_of(call), lock_timeout_of(call.arguments));
  report::Diagnostics problems;
  for (const auto& finding : findings)
    problems.insert(problems.end(), finding.problems.begin(), finding.problems.end());
  const int status = problems.empty() ? 0 : static_cast<int>(problems.front().exit);
  if (call.arguments.has("json")) {
    json all = json::array();
    for (const auto& finding : findings)
      all.push_back(
          {{"what", finding.what}, {"done", finding.done}, {"mended", finding.problems.empty()}});
    print_json(*call.context.out, {{"findings", std::move(all)}});
    return status;
  }
  auto& out = *call.context.out;
  if (findings.empty()) out << "Nothing is to be repaired.\n";
  for (const auto& finding : findings)
    out << finding.what << ": " << (finding.done.empty() ? "not mended" : finding.done) << '\n';
  print_diagnostics(call, problems);
  return status;
}

}  // namespace harbor::cli
