// status, history, why.
#include <algorithm>
#include <cstdio>
#include <ostream>

#include "cli/command.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "report/verdict.hpp"
#include "store/journal.hpp"
#include "store/lock.hpp"
#include "store/record.hpp"
#include "store/state.hpp"

namespace harbor::cli {
using nlohmann::json;

namespace {

std::string seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1fs", value);
  return text;
}

json summary_json(const store::RunSummary& run) {
  return {{"run", run.run},
          {"command", run.command},
          {"started", run.started},
          {"outcome", run.outcome},
          {"seconds", run.seconds}};
}

std::vector<std::string> summary_row(const store::RunSummary& run) {
  return {run.run, run.started, run.command, run.outcome,
          run.outcome == "running" || run.outcome == "interrupted" ? "" : seconds(run.seconds)};
}

int show_run(Invocation& call, const std::filesystem::path& var, const std::string& id) {
  std::vector<std::string> matching;
  for (const auto& run : store::list_runs(var))
    if (run.run.starts_with(id)) matching.push_back(run.run);
  const auto run = matching.size() == 1 ? store::read_run(var, matching.front()) : std::nullopt;
  if (!run)
    throw report::Error(report::diagnose(
        report::code::unknown_subject,
        (matching.empty() ? "there is no run '" : "several runs begin with '") + id + "'", {},
        "`harbor history` lists the runs"));
  const int status = run->problem ? static_cast<int>(run->problem->exit) : 0;
  if (call.arguments.has("json")) {
    auto out = summary_json(*run);
    out["records"] = run->records;
    if (run->problem) out["diagnostics"] = {report::to_json(*run->problem)};
    print_json(*call.context.out, out);
    return status;
  }
  if (run->problem) print_diagnostics(call, {*run->problem});
  auto& out = *call.context.out;
  out << "run " << run->run << ": " << run->command << ", " << run->outcome << " after "
      << seconds(run->seconds) << "\nstarted " << run->started << "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& record : run->records) {
    const auto typed = store::record_from(record);
    if (const auto* finished = std::get_if<store::RunFinished>(&typed))
      for (const auto& step : finished->steps)
        rows.push_back({"  " + step.stage, step.id, step.outcome, seconds(step.seconds)});
  }
  if (!rows.empty()) {
    print_table(out, {}, rows);
    return status;
  }
  for (const auto& record : run->records) {  // it never ended: what it began and finished
    const auto typed = store::record_from(record);
    if (const auto* intent = std::get_if<store::StepIntent>(&typed))
      rows.push_back({"  began", intent->step, ""});
    if (const auto* result = std::get_if<store::StepResult>(&typed))
      rows.push_back({"  ended", result->step, result->outcome});
  }
  print_table(out, {}, rows);
  return status;
}

/// The steps that made what is deployed, according to the state: each once.
json makers_of(const store::State& deployed) {
  json makers = json::array();
  const auto add = [&](const store::Maker& maker) {
    json row = {{"step", maker.step}, {"action", maker.action}, {"run", maker.run}};
    if (std::find(makers.begin(), makers.end(), row) == makers.end())
      makers.push_back(std::move(row));
  };
  for (const auto& [name, artifact] : deployed.artifacts) add(artifact.maker);
  for (const auto& saved : deployed.states) add(saved.maker);
  return makers;
}

/// What actions report about what they did. An action that cannot tell is a problem, not an answer.
struct Live {
  json states = json::array();
  report::Diagnostics problems;
};

/// Asks the actions of the deploy stage whether what they did still holds.
Live live_state(Invocation& call, const store::State& deployed) {
  Live live;
  const auto workspace = open_workspace(call, "status", {});
  const auto all_saved = plan::record_of(deployed).states;
  const auto* stage = workspace->workflow.stage("deploy");
  for (const auto& step : stage->steps) {
    const auto found = workspace->catalog->find(step.action);
    if (!found.action || !found.action->info->has_status) continue;
    plan::Target target;
    const auto saved = std::find_if(all_saved.begin(), all_saved.end(), [&](const auto& one) {
      return one.step == step.id && one.action == step.action;
    });
    target.command =
        plan::Target::Command{step.action, json::object(),
                              saved == all_saved.end() ? std::nullopt : std::optional(*saved)};
    target.prefers_record = true;
    const auto report = conduct(call, *workspace, target, {.mode = run::Mode::inspect}, false);
    json state = {{"step", step.id}, {"action", step.action}};
    if (report.exit() == ExitStatus::done) {
      const auto& output = report.steps.back().output;
      if (output.is_object()) state.update(output);
    } else if (!report.diagnostics.empty()) {
      state["state"] = "unknown";
      state["summary"] = report.diagnostics.front().message;
      live.problems.insert(live.problems.end(), report.diagnostics.begin(),
                           report.diagnostics.end());
    }
    live.states.push_back(std::move(state));
  }
  return live;
}

/// A script must not go on with "unknown".
int exit_of(const Live& live) {
  return static_cast<int>(report::exit_of(live.problems, ExitStatus::done));
}

/// What is known without asking any action.
void print_known(Invocation& call, const std::vector<store::RunSummary>& runs,
                 const store::State& deployed) {
  auto& out = *call.context.out;
  if (!runs.empty()) {
    const auto& last = runs.front();
    out << "last run: " << last.command << ", " << last.outcome;
    if (last.outcome != "running" && last.outcome != "interrupted")
      out << " after " << seconds(last.seconds);
    out << " (" << last.started << ", run " << last.run << ")\n";
  }
  if (const auto holder = store::lock_holder(project_of(call).var()))
    out << "running now: " << holder->command << ", process " << holder->pid << '\n';
  if (deployed.is_empty()) out << "Nothing is deployed.\n";
  std::string makers;
  for (const auto& maker : makers_of(deployed))
    makers += (makers.empty() ? "" : ", ") + maker["step"].get<std::string>() + " (run " +
              maker["run"].get<std::string>() + ")";
  if (!makers.empty()) out << "deployed by: " << makers << '\n';
  // The actions that are asked next may take a while.
  out.flush();
}

void print_state(std::ostream& out, const json& state) {
  out << state.value("step", "") << ": " << state.value("state", "unknown");
  if (const auto summary = state.value("summary", ""); !summary.empty()) out << ", " << summary;
  out << '\n';
  std::vector<std::vector<std::string>> rows;
  for (const auto& item : state.value("items", json::array()))
    rows.push_back(
        {"  " + item.value("name", ""), item.value("state", ""), item.value("detail", "")});
  print_table(out, {}, rows);
}

}  // namespace

int status(Invocation& call) {
  const auto var = project_of(call).var();
  const auto runs = store::list_runs(var, 1);
  const auto deployed = store::read_state(var);
  if (call.arguments.has("json")) {
    const auto live = deployed.is_empty() ? Live{} : live_state(call, deployed);
    print_json(*call.context.out, {{"last_run", runs.empty() ? json() : summary_json(runs.front())},
                                   {"deployed", makers_of(deployed)},
                                   {"state", live.states}});
    return exit_of(live);
  }
  // Journals are history and may have been deleted while something is deployed.
  if (runs.empty() && deployed.is_empty()) {
    *call.context.out << "Nothing was deployed here yet. `harbor deploy` does it.\n";
    return 0;
  }
  print_known(call, runs, deployed);
  if (deployed.is_empty()) return 0;
  const auto live = live_state(call, deployed);
  for (const auto& state : live.states) print_state(*call.context.out, state);
  print_diagnostics(call, live.problems);
  return exit_of(live);
}

int history(Invocation& call) {
  const auto var = project_of(call).var();
  if (!call.arguments.words.empty()) return show_run(call, var, call.arguments.words.front());
  const auto text = call.arguments.value("count", "20");
  if (text.empty() || text.size() > 6 || text.find_first_not_of("0123456789") != std::string::npos)
    throw report::Error(
        report::diagnose(report::code::bad_usage, "--count takes a number, not '" + text + "'"));
  const auto runs = store::list_runs(var, std::stoul(text));
  if (call.arguments.has("json")) {
    json all = json::array();
    for (const auto& run : runs) all.push_back(summary_json(run));
    print_json(*call.context.out, all);
    return 0;
  }
  if (runs.empty()) {
    *call.context.out << "No run has changed anything here yet.\n";
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& run : runs) rows.push_back(summary_row(run));
  print_table(*call.context.out, {"RUN", "STARTED", "COMMAND", "OUTCOME", "TIME"}, rows);
  return 0;
}

}  // namespace harbor::cli
