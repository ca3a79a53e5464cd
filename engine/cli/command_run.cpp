// run, deploy, destroy, plan, check.
#include <algorithm>
#include <iostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "cli/session.hpp"
#include "report/code_command.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
using nlohmann::json;
using plan::Target;
using run::Mode;

namespace {

const std::vector<std::string> deploy_stages = {"source", "prepare", "deploy", "post_deploy"};

/// Leading words that name stages; the rest are services.
struct Split {
  std::vector<std::string> stages, services;
};

Split split(const std::vector<std::string>& words) {
  Split out;
  auto at = words.begin();
  for (; at != words.end() && workflow::is_stage(*at); ++at) out.stages.push_back(*at);
  out.services.assign(at, words.end());
  return out;
}

/// Results are what single stages are run for, and all that is printed of them; of a whole deploy
/// they would hide what happened.
int finish(const Context& context, const Arguments& arguments, const run::RunReport& report,
           const std::vector<std::string>& stages, const Session& session, bool prints) {
  json results = json::object();
  if (prints && report.exit() == ExitStatus::done)
    results = results_of(report, stages, *session.catalog);
  if (arguments.has("json"))
    print_json(*context.out, results.empty() ? to_json(report) : results);
  else
    print_results(*context.out, results);
  return static_cast<int>(report.exit());
}

int run_target(const Context& context, const Arguments& arguments, const std::string& command,
               const std::vector<std::string>& stages, std::vector<std::string> services) {
  auto session = open_session(context, arguments, command, std::move(services));
  Target target;
  target.stages = stages;
  const auto report = carry_out(context, arguments, *session, target, {});
  return finish(context, arguments, report, stages, *session, command.starts_with("run "));
}

void print_change(std::ostream& out, const json& change) {
  static const std::map<std::string, const char*> signs = {
      {"create", "+"}, {"update", "~"}, {"delete", "-"}, {"run", ">"}};
  const auto op = change.value("op", "run");
  const auto sign = signs.find(op);
  out << "      " << (sign == signs.end() ? "?" : sign->second) << ' '
      << change.value("target", "");
  if (const auto summary = change.value("summary", ""); !summary.empty()) out << "  " << summary;
  if (change.value("destructive", false)) out << "  (destroys data)";
  out << '\n';
  std::istringstream diff(change.value("diff", ""));
  for (std::string line; std::getline(diff, line);) out << "        " << line << '\n';
}

/// What a step would do, in a word.
std::string verdict(const run::StepReport& step) {
  using report::Outcome;
  if (step.outcome == Outcome::skipped) return "skipped";
  if (step.outcome == Outcome::blocked) return "cannot be planned";
  if (step.outcome != Outcome::success && step.outcome != Outcome::noop)
    return std::string(to_string(step.outcome));
  if (!step.has_writes) return "changes nothing";
  if (step.changes.is_null()) return "would run";
  return step.changes.empty() ? "no changes" : "would change";
}

int print_plan(const Context& context, const run::RunReport& report, bool detailed) {
  std::string stage;
  std::size_t changes = 0, unknown = 0;
  for (const auto& step : report.steps) {
    if (step.stage != stage) *context.out << (stage = step.stage) << '\n';
    const auto word = verdict(step);
    *context.out << "  " << step.id << "  " << word << '\n';
    if (step.changes.is_array()) {
      for (const auto& change : step.changes) print_change(*context.out, change);
      changes += step.changes.size();
    }
    unknown += word == "would run";
  }
  if (report.exit() != ExitStatus::done) return static_cast<int>(report.exit());
  *context.out << '\n';
  if (changes == 0 && unknown == 0)
    *context.out << "Nothing would change.\n";
  else
    *context.out << changes << (changes == 1 ? " change" : " changes")
                 << (unknown
                         ? ", " + std::to_string(unknown) + " step(s) that cannot tell beforehand"
                         : "")
                 << ".\n";
  return detailed && (changes || unknown) ? static_cast<int>(ExitStatus::changes) : 0;
}

}  // namespace

int run_stages(const Context& context, const Arguments& arguments) {
  auto [stages, services] = split(arguments.words);
  if (stages.empty()) {
    const std::vector<std::string> known(std::begin(workflow::stage_names),
                                         std::end(workflow::stage_names));
    const auto given = arguments.words.empty() ? std::string() : arguments.words.front();
    auto hint = report::did_you_mean(given, known);
    if (hint.empty()) hint = "stages are source, prepare, deploy, post_deploy and destroy";
    throw report::Error(report::diagnose(
        report::code::bad_usage,
        given.empty() ? "run needs a stage" : "'" + given + "' is not a stage", {}, hint));
  }
  std::string command = "run";
  for (const auto& stage : stages) command += " " + stage;
  return run_target(context, arguments, command, stages, std::move(services));
}

int deploy(const Context& context, const Arguments& arguments) {
  return run_target(context, arguments, "deploy", deploy_stages, arguments.words);
}

int destroy(const Context& context, const Arguments& arguments) {
  if (!arguments.words.empty())
    throw report::Error(report::diagnose(
        report::code::bad_usage, "destroy takes no service: it takes down the whole deployment", {},
        "single services have commands of their own, see `harbor help`"));
  return run_target(context, arguments, "destroy", {"destroy"}, {});
}

int plan(const Context& context, const Arguments& arguments) {
  auto [stages, services] = split(arguments.words);
  if (stages.empty()) stages = deploy_stages;
  auto session = open_session(context, arguments, "plan", std::move(services));
  Target target;
  target.stages = stages;
  const bool detailed = arguments.has("detailed-exitcode");
  const auto report = carry_out(context, arguments, *session, target, {Mode::preview, false, true});
  if (arguments.has("json")) {
    bool changes = false;
    for (const auto& step : report.steps) {
      const bool writes = step.has_writes && step.outcome != report::Outcome::skipped;
      changes |= writes && (step.changes.is_null() || !step.changes.empty());
    }
    auto out = to_json(report);
    out["changes"] = changes;
    print_json(*context.out, out);
    if (report.exit() != ExitStatus::done) return static_cast<int>(report.exit());
    return detailed && changes ? static_cast<int>(ExitStatus::changes) : 0;
  }
  print_diagnostics(context, arguments, report.diagnostics);
  return print_plan(context, report, detailed);
}

int check(const Context& context, const Arguments& arguments) {
  auto session = open_session(context, arguments, "check", arguments.words);
  Target target;
  target.stages.assign(std::begin(workflow::stage_names), std::end(workflow::stage_names));
  const auto plan = plan_or_throw(*session, target);
  if (arguments.has("json")) {
    json steps = json::array();
    for (const auto& step : plan.steps)
      steps.push_back(
          {{"id", step.id}, {"stage", step.stage}, {"action", step.action->info->name}});
    print_json(*context.out, {{"diagnostics", json::array()}, {"steps", std::move(steps)}});
  } else {
    const auto& project = session->descriptor.project;
    *context.out << project.shown(project.descriptor) << ": " << plan.steps.size()
                 << (plan.steps.size() == 1 ? " step" : " steps") << ", no errors\n";
  }
  return 0;
}

}  // namespace harbor::cli
