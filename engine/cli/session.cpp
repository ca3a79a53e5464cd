#include "cli/session.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <thread>

#include "cli/progress.hpp"
#include "cli/schema_option.hpp"
#include "process/leftover.hpp"
#include "report/code_command.hpp"
#include "run/trial.hpp"
#include "store/journal.hpp"
#include "store/lock.hpp"
#include "workflow/duration.hpp"

namespace harbor::cli {
namespace fs = std::filesystem;
using nlohmann::json;
using run::Mode;

namespace {

constexpr std::size_t kept_runs = 200;

std::optional<std::string> given(const Arguments& arguments, std::string_view name) {
  if (!arguments.has(name)) return std::nullopt;
  return arguments.value(name);
}

plugin::SearchPlan search_plan(const Context& context, const fs::path& project) {
  auto plan = plugin::default_search(project, context.executable);
  if (!project.empty()) plan.lock_file = project / "harbor.lock";
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

std::chrono::milliseconds lock_timeout(const Arguments& arguments) {
  const auto text = arguments.value("lock-timeout");
  if (text.empty() || text == "0") return {};
  const auto time = workflow::parse_duration(text);
  if (!time)
    throw report::Error(report::diagnose(report::code::bad_usage,
                                         "--lock-timeout takes a duration, not '" + text + "'", {},
                                         "for example 30s or 5m"));
  return *time;
}

std::string span_key(const report::Diagnostic& diagnostic) {
  if (diagnostic.labels.empty()) return {};
  const auto& span = diagnostic.labels.front().span;
  char at[32];
  std::snprintf(at, sizeof at, ":%08u:%08u", span.line, span.column);
  return span.file + at;
}

}  // namespace

std::unique_ptr<Session> open_session(const Context& context, const Arguments& arguments,
                                      const std::string& command,
                                      std::vector<std::string> services) {
  const auto project =
      workflow::find_project(context.folder, given(arguments, "project"), given(arguments, "file"));
  workflow::Request request;
  request.command = command;
  request.services = std::move(services);
  request.options = arguments.all("option");
  request.profile = arguments.value("profile");
  request.site = arguments.value("site");
  request.sets = arguments.all("set");

  if (context.registry) request.extra = values_of(request_options(*context.registry), arguments);

  auto session = std::make_unique<Session>();
  session->descriptor = workflow::load_descriptor(project, std::move(request), context.files);
  session->workflow = workflow::parse_workflow(session->descriptor, session->diagnostics);
  auto plan = search_plan(context, project.folder);
  for (const auto& pack : session->workflow.packs)
    plan.named.push_back(
        {(project.folder / pack.path).lexically_normal(), session->descriptor.span(pack.mark)});
  session->registry = context.registry;
  if (!session->registry || !plan.named.empty())
    session->registry = std::make_shared<const plugin::Registry>(plugin::discover(plan));
  // A pack that the descriptor names must be there; one that was merely found may be refused
  // quietly.
  for (const auto& refusal : session->registry->refusals())
    for (const auto& named : plan.named)
      if (refusal.file == named.file ||
          fs::path(refusal.file).filename() == named.file.filename()) {
        auto problem = refusal.diagnostic;
        if (problem.labels.empty()) problem.labels.push_back({named.span, ""});
        session->diagnostics.push_back(std::move(problem));
      }
  session->catalog = std::make_unique<plan::Catalog>(*session->registry, session->workflow.choices);
  return session;
}

std::shared_ptr<const plugin::Registry> open_registry(const Context& context,
                                                      const Arguments& arguments) {
  const auto project =
      workflow::try_project(context.folder, given(arguments, "project"), given(arguments, "file"));
  return std::make_shared<const plugin::Registry>(
      plugin::discover(search_plan(context, project ? project->folder : fs::path())));
}

plan::Plan plan_or_throw(Session& session, const plan::Target& target) {
  report::Diagnostics diagnostics = session.diagnostics;
  const auto var = session.descriptor.project.var();
  session.record.artifacts = plan::recorded_artifacts(var);
  if (target.has_stage("destroy")) session.record.states = plan::saved_states(var);
  auto plan = plan::make_plan(session.descriptor, session.workflow, *session.catalog, target,
                              session.record, diagnostics);
  if (diagnostics.empty()) return plan;
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const auto& a, const auto& b) { return span_key(a) < span_key(b); });
  throw report::Error(std::move(diagnostics));
}

run::RunReport carry_out(const Context& context, const Arguments& arguments, Session& session,
                         const plan::Target& target, const Carry& carry) {
  const auto plan = plan_or_throw(session, target);
  run::RunOptions options;
  options.mode = carry.mode;
  options.jobs = jobs_of(arguments);
  options.may_attach = carry.may_attach;
  options.run_id = store::new_run_id();

  process::Cancellation cancellation;
  const process::SignalCancellation signals(cancellation);
  process::become_subreaper();
  const auto var = session.descriptor.project.var();
  std::optional<store::Lock> lock;
  std::unique_ptr<store::Journal> journal;
  if (carry.mode == Mode::execute && plan.has_writes() && !carry.is_visit) {
    lock.emplace(store::Lock::acquire(
        var, {0, options.run_id, session.descriptor.request.command, ""}, lock_timeout(arguments),
        [&](const store::LockHolder& holder) {
          *context.err << "waiting for run " << holder.run << " (" << holder.command << ", process "
                       << holder.pid << ") to end\n";
        },
        [&] { return cancellation.state() != process::Cancellation::State::none; }));
    const auto last = store::list_runs(var, 1);
    if (!last.empty() && last.front().outcome == "interrupted")
      process::end_leftovers(session.descriptor.project.folder.string(), options.run_id);
    store::prune_runs(var, kept_runs);
    journal = std::make_unique<store::Journal>(var, options.run_id);
  }
  secret::forbid_core_dumps();
  secret::Vault vault;
  host::Services services;
  services.vault = &vault;
  services.cancellation = &cancellation;
  services.run_process = process::run;
  services.environment = context.environment;
  services.try_stage = run::stage_runner(context.executable, process::run);
  plugin::Libraries libraries(host::host_table());
  const auto observer = make_progress(context, arguments, carry.hushed);
  const run::Machinery machinery{&services, &libraries, observer.get(), journal.get(),
                                 session.catalog.get()};
  auto report = run::run(plan, session.descriptor, options, machinery);
  process::reap_orphans();
  return report;
}

json to_json(const run::RunReport& report) {
  json steps = json::array();
  for (const auto& step : report.steps) {
    json item = {{"id", step.id},
                 {"stage", step.stage},
                 {"action", step.action},
                 {"outcome", to_string(step.outcome)},
                 {"seconds", std::chrono::duration<double>(step.elapsed).count()}};
    if (!step.changes.is_null()) item["changes"] = step.changes;
    steps.push_back(std::move(item));
  }
  json diagnostics = json::array();
  for (const auto& diagnostic : report.diagnostics)
    diagnostics.push_back(report::to_json(diagnostic));
  return {{"run", report.run_id},
          {"outcome", to_string(report.outcome)},
          {"exit", static_cast<int>(report.exit())},
          {"seconds", std::chrono::duration<double>(report.elapsed).count()},
          {"steps", std::move(steps)},
          {"diagnostics", std::move(diagnostics)}};
}

report::ViewOptions view_options(const Context& context, const Arguments& arguments) {
  report::ViewOptions options;
  const auto when = arguments.value("color", "auto");
  if (when != "auto" && when != "always" && when != "never")
    throw report::Error(report::diagnose(
        report::code::bad_usage, "--color takes always, never or auto, not '" + when + "'"));
  options.color = when == "always" ||
                  (when == "auto" && context.err_is_terminal &&
                   context.variable("NO_COLOR").empty() && context.variable("TERM") != "dumb");
  auto charset = context.variable("LC_ALL");
  if (charset.empty()) charset = context.variable("LC_CTYPE");
  if (charset.empty()) charset = context.variable("LANG");
  options.unicode =
      charset.find("UTF-8") != std::string::npos || charset.find("utf8") != std::string::npos;
  options.width = terminal_width(context);
  options.verbosity = arguments.has("quiet")     ? report::Verbosity::quiet
                      : arguments.has("verbose") ? report::Verbosity::verbose
                                                 : report::Verbosity::normal;
  const auto project =
      workflow::try_project(context.folder, given(arguments, "project"), given(arguments, "file"));
  options.source = source_lines(project ? project->folder : context.folder);
  return options;
}

void print_diagnostics(const Context& context, const Arguments& arguments,
                       const report::Diagnostics& diagnostics) {
  if (arguments.has("json")) {
    json all = json::array();
    for (const auto& diagnostic : diagnostics) all.push_back(report::to_json(diagnostic));
    *context.out << json{{"diagnostics", std::move(all)}}.dump(2, ' ', false,
                                                               json::error_handler_t::replace)
                 << '\n';
    return;
  }
  report::ViewOptions view;
  try {
    view = view_options(context, arguments);
  } catch (const std::exception&) {
    // The option that asked for colour is itself at fault.
  }
  for (const auto& diagnostic : diagnostics)
    *context.err << report::render(diagnostic, view.source, {view.color, view.width});
}

}  // namespace harbor::cli
