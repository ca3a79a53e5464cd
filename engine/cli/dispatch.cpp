#include "cli/dispatch.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <new>
#include <system_error>

#include "cli/command.hpp"
#include "cli/documentation.hpp"
#include "cli/face.hpp"
#include "cli/path_program.hpp"
#include "cli/progress.hpp"
#include "cli/result.hpp"
#include "report/code_command.hpp"
#include "report/code_store.hpp"
#include "report/suggestion.hpp"
#include "report/verdict.hpp"
#include "run/guard.hpp"
#include "system/errno.hpp"

namespace harbor::cli {
namespace {

using Words = std::vector<std::string>;

/// The words from `first` on.
Words words_from(const Words& words, std::size_t first) {
  return {words.begin() + static_cast<std::ptrdiff_t>(first), words.end()};
}

Location overlaid(Location under, Location over) {
  if (over.folder) under.folder = std::move(over.folder);
  if (over.file) under.file = std::move(over.file);
  return under;
}

int run_own(Invocation& call, const Command& command, const Words& rest) {
  locate(call, overlaid(location_of(call.arguments), find_location(rest)));
  const auto options = options_of(command, call);
  accept(call,
         joined(call.arguments, parse_arguments(rest, options, false, std::string(command.name))),
         true);
  locate(call, location_of(call.arguments));
  if (call.arguments.has("help")) {
    print_command_help(call, command, options);
    return 0;
  }
  return command.execute(call);
}

int run_action(Invocation& call, const plugin::ActionInfo& action, const Words& rest) {
  const auto keeps = call.packs;  // the action points into them, even if -C leads elsewhere
  const auto options = options_of_face(call, action);
  accept(call,
         joined(call.arguments,
                parse_arguments(rest, options, action.face->verbatim, action.face->command)),
         true);
  // Its options are known only once its pack is found, so a -C after its name is read only now.
  locate(call, location_of(call.arguments));
  if (call.arguments.has("help")) {
    print_face_help(call, action, options);
    return 0;
  }
  return run_face(call, action);
}

[[noreturn]] void report_unknown(Invocation& call, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  for (const auto& [name, provider] : packs_of(call).actions())
    if (provider.action->face) names.push_back(provider.action->face->command);
  for (const auto& program : list_path_programs(call).programs)
    if (program.problem.empty()) names.push_back(program.command);
  std::string hint;
  for (const auto& name : names)
    if (name.starts_with(word + " "))
      hint += (hint.empty() ? "did you mean '" : " or '") + name + "'";
  if (hint.empty())
    hint = report::did_you_mean(word, names);
  else
    hint += "?";
  if (hint.empty()) hint = "`harbor help` lists the commands";
  if (!packs_of(call).refusals().empty())
    hint += "; some plugins were refused, see `harbor plugin list`";
  throw report::Error(
      report::diagnose(report::code::unknown_command, "unknown command '" + word + "'", {}, hint));
}

/// Whether --json is among the words: then errors before a command's own options are read must be
/// JSON, too.
bool wants_json(const Words& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, "--json") != end;
}

int route(Invocation& call) {
  const auto& words = call.context.arguments;
  const auto front = command_index(words).value_or(words.size());
  if (wants_json(words)) call.arguments.values["json"];
  auto globals =
      parse_arguments(Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(front)),
                      {{"version", 0, "", "print the version", false}}, false, "");
  accept(call, joined(call.arguments, std::move(globals)), false);
  if (call.arguments.has("version")) return version(call);
  if (front == words.size()) {
    locate(call, location_of(call.arguments));
    return help(call);
  }

  const auto tail = words_from(words, front);
  if (const Command* own = find_command(tail.front()))
    return run_own(call, *own, words_from(tail, 1));
  if (tail.front() == "__guard" && tail.size() == 3) return run::stand_guard(tail[1], tail[2]);
  if (tail.front() == "__complete") return complete(call, words_from(tail, 1));
  locate(call, location_of(call.arguments));
  if (const auto face = find_face(packs_of(call), tail))
    return run_action(call, *face->action, words_from(tail, face->words));
  if (const auto program = find_path_program(call, tail))
    return run_path_program(call, *program, tail);
  report_unknown(call, tail.front());
}

constexpr const char* resource_hint = "`ulimit -a` shows the limits of this shell";

/// A system call that was not expected to fail.
report::Diagnostic of_system(const std::system_error& failure) {
  const auto& code = failure.code();
  if (system::is_lack(code))
    return report::diagnose(report::code::no_resources, code.message(), {}, resource_hint);
  if (const auto* file = dynamic_cast<const std::filesystem::filesystem_error*>(&failure))
    return report::diagnose(report::code::read_failed,
                            "cannot access '" + file->path1().string() + "': " + code.message(), {},
                            "check its owner and mode, and those of the folders above it");
  return report::diagnose(report::code::internal,
                          std::string("Harbor made a mistake: ") + failure.what(), {},
                          "please report it with the command that led to it");
}

}  // namespace

int dispatch(Context context) {
  KernelLog log(context);
  Invocation call{context, log};
  call.view.source = source_lines(context.folder, call.mask);
  report::Diagnostics problems;
  try {
    if (!context.lack.empty())
      throw report::Error(
          report::diagnose(report::code::no_resources, context.lack, {}, resource_hint));
    const int status = route(call);
    context.out->flush();
    log.close(status, {});
    if (*context.out) return status;
    problems.push_back(
        report::diagnose(report::code::write_failed, "standard output could not be written"));
  } catch (const report::Error& failure) {
    problems = failure.diagnostics();
  } catch (const std::bad_alloc&) {
    problems.push_back(
        report::diagnose(report::code::no_resources, "out of memory", {}, resource_hint));
  } catch (const std::system_error& failure) {
    problems.push_back(of_system(failure));
  } catch (const std::exception& failure) {
    problems.push_back(report::diagnose(report::code::internal,
                                        std::string("Harbor made a mistake: ") + failure.what(), {},
                                        "please report it with the command that led to it"));
  }
  print_diagnostics(call, problems);
  context.out->flush();
  const int status = static_cast<int>(report::exit_of(problems, ExitStatus::failed));
  log.close(status, problems);
  return status;
}

}  // namespace harbor::cli
