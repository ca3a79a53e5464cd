// run, deploy, destroy, plan.
#include <algorithm>
#include <iostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
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

/// Single stages are run for their results, and only those are printed; for a whole deploy, results
/// would hide what happened.
int finish(Invocation& call, const run::RunReport& report, const std::vector<std::string>& stages,
           const run::Workspace& workspace, bool prints) {
  json results = json::object();
  if (prints && report.exit() == ExitStatus::done)
    results = results_of(report, stages, *workspace.catalog);
  if (call.arguments.has("json"))
    print_json(*call.context.out, results.empty() ? to_json(report) : results);
  else
    print_results(*call.context.out, results);
  return static_cast<int>(report.exit());
}

int run_target(Invocation& call, const std::string& command, const std::vector<std::string>& stages,
               std::vector<std::string> services, run::ConductOptions options = {}) {
  const auto workspace = open_workspace(call, command, std::move(services));
  Target target;
  target.stages = stages;
  const auto report = conduct(call, *workspace, target, std::move(options));
  return finish(call, report, stages, *workspace, command.starts_with("run "));
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

/// What a step would do, in a few words.
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

int print_plan(const Invocation& call, const run::RunReport& report, bool detailed) {
  std::string stage;
  std::size_t changes = 0, unknown = 0;
  for (const auto& step : report.steps) {
    if (step.stage != stage) *call.context.out << (stage = step.stage) << '\n';
    const auto word = verdict(step);
    *call.context.out << "  " << step.id << "  " << word << '\n';
    if (step.changes.is_array()) {
      for (const auto& change : step.changes) print_change(*call.context.out, change);
      changes += step.changes.size();
    }
    unknown += word == "would run";
  }
  if (report.exit() != ExitStatus::done) return static_cast<int>(report.exit());
  *call.context.out << '\n';
  if (changes == 0 && unknown == 0)
    *call.context.out << "Nothing would change.\n";
  else
    *call.context.out << changes << (changes == 1 ? " change" : " changes")
                      << (unknown ? ", " + std::to_string(unknown) +
                                        " step(s) that cannot tell beforehand"
                                  : "")
                      << ".\n";
  return detailed && (changes || unknown) ? static_cast<int>(ExitStatus::changes) : 0;
}

}  // namespace

int run_stages(Invocation& call) {
  auto [stages, services] = split(call.arguments.words);
  if (stages.empty()) {
    const std::vector<std::string> known(std::begin(workflow::stage_names),
                                         std::end(workflow::stage_names));
    const auto given = call.arguments.words.empty() ? std::string() : call.arguments.words.front();
    auto hint = report::did_you_mean(given, known);
    if (hint.empty()) hint = "stages are source, prepare, deploy, post_deploy and destroy";
    throw report::Error(report::diagnose(
        report::code::bad_usage,
        given.empty() ? "run needs a stage" : "'" + given + "' is not a stage", {}, hint));
  }
  std::string command = "run";
  for (const auto& stage : stages) command += " " + stage;
  return run_target(call, command, stages, std::move(services));
}

int deploy(Invocation& call) {
  return run_target(call, "deploy", deploy_stages, call.arguments.words);
}

/// Takes down what actions find by labels alone. With the state lost, no descriptor can name these
/// actions, so every action that can do it is asked.
int sweep(Invocation& call) {
  int status = 0;
  std::size_t asked = 0;
  for (const auto& [name, provider] : packs_of(call).actions()) {
    const auto& provided = provider.action->provides_caps;
    if (std::find(provided.begin(), provided.end(), "deployment.sweep") == provided.end()) continue;
    ++asked;
    const auto workspace = open_workspace(call, "destroy", {});
    Target target;
    target.command = Target::Command{name, json::object()};
    const auto report = conduct(call, *workspace, target, {});
    if (status == 0) status = static_cast<int>(report.exit());
  }
  if (asked == 0)
    throw report::Error(report::diagnose(report::code::unknown_subject,
                                         "no pack can find what was deployed by labels", {},
                                         "`harbor plugin list` shows which packs there are"));
  return status;
}

int destroy(Invocation& call) {
  if (!call.arguments.words.empty())
    throw report::Error(report::diagnose(
        report::code::bad_usage, "destroy takes no service: it takes down the whole deployment", {},
        "single services have commands of their own, see `harbor help`"));
  run::ConductOptions options;
  options.forgotten = call.arguments.all("forget");
  if (call.arguments.has("from-labels"))
    if (const int status = sweep(call); status != 0) return status;
  return run_target(call, "destroy", {"destroy"}, {}, std::move(options));
}

int plan(Invocation& call) {
  auto [stages, services] = split(call.arguments.words);
  if (stages.empty()) stages = deploy_stages;
  const auto workspace = open_workspace(call, "plan", std::move(services));
  Target target;
  target.stages = stages;
  const bool detailed = call.arguments.has("detailed-exitcode");
  const auto report = conduct(call, *workspace, target, {.mode = Mode::preview}, false);
  if (call.arguments.has("json")) {
    bool changes = false;
    for (const auto& step : report.steps) {
      const bool writes = step.has_writes && step.outcome != report::Outcome::skipped;
      changes |= writes && (step.changes.is_null() || !step.changes.empty());
    }
    auto out = to_json(report);
    out["changes"] = changes;
    print_json(*call.context.out, out);
    if (report.exit() != ExitStatus::done) return static_cast<int>(report.exit());
    return detailed && changes ? static_cast<int>(ExitStatus::changes) : 0;
  }
  print_diagnostics(call, report.diagnostics);
  return print_plan(call, report, detailed);
}

}  // namespace harbor::cli
