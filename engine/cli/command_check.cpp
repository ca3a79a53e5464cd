// check.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "report/code_process.hpp"
#include "report/code_workflow.hpp"
#include "report/verdict.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

/// One selection of services and options, and everything that is wrong with it.
struct Checked {
  std::vector<run::StepReport> steps;
  report::Diagnostics problems;
  std::optional<std::vector<std::string>> profiles;  ///< of the project; nothing: not read
};

/// The profiles that can be chosen: a stack's own file is read too late to have any.
std::vector<std::string> profiles_of(const workflow::Descriptor& descriptor) {
  std::vector<std::string> names;
  if (const auto* profiles = descriptor.root.find("profiles"))
    for (const auto& member : profiles->members)
      if (member.key_mark.source == 1) names.push_back(member.key);
  return names;
}

Checked check_selection(Invocation& call, const Selection& selection) {
  Checked out;
  try {
    const auto workspace = open_selection(call, "check", selection);
    out.profiles = profiles_of(workspace->descriptor);
    plan::Target target;
    target.stages.assign(std::begin(workflow::stage_names), std::end(workflow::stage_names));
    auto report = conduct(call, *workspace, target, {.mode = run::Mode::check}, false);
    out.steps = std::move(report.steps);
    out.problems = std::move(report.diagnostics);
    if (report.outcome == report::Outcome::cancelled)
      out.problems.push_back(report::diagnose(report::code::cancelled, "the check was cancelled"));
  } catch (const report::Error& error) {
    out.problems = error.diagnostics();
  }
  return out;
}

/// Reports problems that several selections share once, in the order of their places.
class Findings {
 public:
  /// `profile`: the one that they were found with, if other profiles do not have them; else empty.
  void add(report::Diagnostics problems, const std::string& profile) {
    for (auto& problem : problems) {
      const auto [known, is_new] = seen_.emplace(key_of(problem), all_.size());
      if (!is_new) {
        // What one step warns of may make a later one fail.
        auto& told = all_[known->second];
        if (problem.severity == report::Severity::error) told.severity = problem.severity;
        continue;
      }
      if (!profile.empty())
        problem.causes.push_back("while checking the profile '" + profile + "'");
      all_.push_back(std::move(problem));
    }
  }

  report::Diagnostics sorted() && {
    run::sort_by_place(all_);
    return std::move(all_);
  }

 private:
  static std::string key_of(const report::Diagnostic& problem) {
    std::string key = problem.code;
    for (const auto& label : problem.labels)
      key += "\n" + label.span.file + ":" + std::to_string(label.span.line) + ":" +
             std::to_string(label.span.column);
    // The planner and the check of a whole input word the same mistake differently.
    const bool is_placed = !problem.labels.empty() && problem.labels.front().span.line != 0;
    return is_placed && problem.code == report::code::invalid_parameter
               ? key
               : key + "\n" + problem.message;
  }

  std::map<std::string, std::size_t> seen_;  ///< index into all_
  report::Diagnostics all_;
};

/// Checks what was asked for, then every other profile.
report::Diagnostics check_all(Invocation& call, Checked& asked) {
  const auto& arguments = call.arguments;
  Selection first{arguments.words, arguments.all("option"), arguments.value("profile")};
  const bool is_default = first.profile.empty() && first.services.empty();
  Findings findings;
  asked = check_selection(call, first);
  findings.add(asked.problems, "");
  if (!asked.profiles) {
    try {
      asked.profiles = workflow::profile_names(project_of(call), call.context.files);
    } catch (const report::Error& error) {
      findings.add(error.diagnostics(), "");
    }
  }
  const bool is_bare = first.options.empty();
  for (const auto& profile : asked.profiles.value_or(std::vector<std::string>())) {
    const bool was_meant = profile == (is_default ? "default" : first.profile);
    if (was_meant && is_bare && first.services.empty()) continue;
    findings.add(check_selection(call, {{}, {}, profile}).problems, profile);
  }
  return std::move(findings).sorted();
}

}  // namespace

int check(Invocation& call) {
  Checked asked;
  const auto problems = check_all(call, asked);
  if (report::has_errors(problems)) throw report::Error(problems);
  if (call.arguments.has("json")) {
    json steps = json::array(), warnings = json::array();
    for (const auto& step : asked.steps)
      steps.push_back({{"id", step.id}, {"stage", step.stage}, {"action", step.action}});
    for (const auto& problem : problems) warnings.push_back(report::to_json(problem));
    print_json(*call.context.out,
               {{"diagnostics", std::move(warnings)}, {"steps", std::move(steps)}});
    return 0;
  }
  print_diagnostics(call, problems);
  const auto& project = project_of(call);
  *call.context.out << project.shown(project.descriptor) << ": " << asked.steps.size()
                    << (asked.steps.size() == 1 ? " step" : " steps") << ", no errors\n";
  return 0;
}

}  // namespace harbor::cli
