#include "cli/invocation.hpp"

#include <algorithm>
#include <ostream>
#include <thread>

#include "cli/progress.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "workflow/duration.hpp"

namespace harbor::cli {
namespace fs = std::filesystem;

namespace {

plugin::SearchPlan search_plan(const Invocation& call) {
  const auto folder = call.project ? call.project->folder : fs::path();
  auto plan = plugin::default_search(folder, call.context.executable);
  if (call.project) plan.lock_file = call.project->lock_file();
  return plan;
}

unsigned jobs_of(const Arguments& arguments) {
  const auto text = arguments.value("jobs");
  if (text.empty()) return std::max(4U, std::thread::hardware_concurrency());
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const unsigned long jobs = digits && text.size() < 6 ? std::stoul(text) : 0;
  if (jobs < 1 || jobs > 1024)
    throw report::Error(report::diagnose(
        report::code::bad_usage, "--jobs takes a number from 1 to 1024, not '" + text + "'"));
  return static_cast<unsigned>(jobs);
}

}  // namespace

std::chrono::milliseconds lock_timeout_of(const Arguments& arguments) {
  const auto text = arguments.value("lock-timeout");
  if (text.empty() || text == "0") return {};
  const auto time = workflow::parse_duration(text);
  if (!time)
    throw report::Error(report::diagnose(report::code::bad_usage,
                                         "--lock-timeout takes a duration, not '" + text + "'", {},
                                         "for example 30s or 5m"));
  return *time;
}

void locate(Invocation& call, Location location) {
  if (call.location == location) return;
  call.project = workflow::try_project(call.context.folder, location.folder, location.file);
  call.location = std::move(location);
  call.packs = nullptr;
  call.request_options.reset();
  call.view.source =
      source_lines(call.project ? call.project->folder : call.context.folder, call.mask);
}

void accept(Invocation& call, Arguments arguments, bool is_all) {
  call.arguments = std::move(arguments);
  auto source = std::move(call.view.source);
  call.view = view_options(call.context, call.arguments);
  call.view.source = std::move(source);
  call.log.open(call.arguments.value("log"), is_all);
}

const workflow::Project& project_of(const Invocation& call) {
  if (call.project) return *call.project;
  const auto location = call.location.value_or(Location{});
  throw report::Error(
      workflow::missing_project(call.context.folder, location.folder, location.file));
}

const plugin::Registry& packs_of(Invocation& call) {
  if (!call.packs)
    call.packs = std::make_shared<const plugin::Registry>(
        plugin::discover(search_plan(call), call.log.trace()));
  return *call.packs;
}

const std::vector<SchemaOption>& request_options_of(Invocation& call) {
  if (!call.request_options) call.request_options = request_options(packs_of(call));
  return *call.request_options;
}

std::unique_ptr<run::Workspace> open_workspace(Invocation& call, const std::string& command,
                                               std::vector<std::string> services) {
  const auto& arguments = call.arguments;
  return open_selection(call, command,
                        {std::move(services), arguments.all("option"), arguments.value("profile")});
}

std::unique_ptr<run::Workspace> open_selection(Invocation& call, const std::string& command,
                                               Selection selection) {
  const auto& project = project_of(call);
  const auto& arguments = call.arguments;
  workflow::Request request;
  request.command = command;
  request.services = std::move(selection.services);
  request.options = std::move(selection.options);
  request.profile = std::move(selection.profile);
  request.site = arguments.value("site");
  request.sets = arguments.all("set");
  if (call.request_options) request.extra = values_of(*call.request_options, arguments);
  auto workspace = run::open_workspace(project, std::move(request), call.context.files,
                                       {search_plan(call), call.packs, call.log.trace()});
  call.packs = workspace->registry;
  return workspace;
}

run::RunReport conduct(const Invocation& call, run::Workspace& workspace,
                       const plan::Target& target, run::ConductOptions options, bool is_watched) {
  const auto& context = call.context;
  options.jobs = jobs_of(call.arguments);
  options.lock_timeout = lock_timeout_of(call.arguments);
  run::Surroundings around;
  around.executable = context.executable;
  around.run_process = context.run_process;
  around.environment = context.environment;
  around.time = context.time;
  around.exchange = context.exchange;
  around.masking = [&call](auto mask) { *call.mask = std::move(mask); };
  around.waiting = [&](const store::LockHolder& holder) {
    *context.err << "waiting for run " << holder.run << " (" << holder.command << ", process "
                 << holder.pid << ") to end\n";
  };
  around.forgetting = [&](const std::string& step) {
    *context.err << "step '" << step << "' is given up: what it made is not undone\n";
  };
  const auto progress = make_progress(call, is_watched);
  around.observer = progress.observer.get();
  auto report = run::conduct(workspace, target, options, around);
  if (progress.events)
    if (auto problem = progress.events->problem()) {
      // The caller prints the diagnostics of a run that is not watched or has a JSON result.
      if (is_watched && !call.arguments.has("json")) print_diagnostics(call, {*problem});
      if (report.exit() == ExitStatus::done) report.outcome = report::Outcome::failure;
      report.diagnostics.push_back(std::move(*problem));
    }
  return report;
}

}  // namespace harbor::cli
