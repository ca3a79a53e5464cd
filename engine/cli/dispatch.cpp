#include "cli/dispatch.hpp"

#include <algorithm>
#include <iostream>
#include <new>

#include "cli/command.hpp"
#include "cli/documentation.hpp"
#include "cli/face.hpp"
#include "cli/path_program.hpp"
#include "cli/schema_option.hpp"
#include "cli/session.hpp"
#include "report/code_command.hpp"
#include "report/code_store.hpp"
#include "report/suggestion.hpp"

namespace harbor::cli {
namespace {

using Words = std::vector<std::string>;

/// The words without the command's name, which may stand behind global options.
Words without(const Words& words, std::size_t first, std::size_t count) {
  Words out(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(first));
  out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(first + count), words.end());
  return out;
}

int run_own(Context& context, const Command& command, const Words& words, Arguments& arguments) {
  auto options = command.options;
  if (command.runs) {
    context.registry = open_registry(context, arguments);
    for (auto& spec : specs_of(request_options(*context.registry)))
      options.push_back(std::move(spec));
  }
  arguments = parse_arguments(words, options, false, std::string(command.name));
  if (arguments.has("help")) {
    print_command_help(context, command, options);
    return 0;
  }
  return command.execute(context, arguments);
}

int run_action(Context& context, const FaceMatch& face, const Words& words, Arguments& arguments) {
  const auto options = options_of_face(*context.registry, *face.action);
  arguments =
      parse_arguments(words, options, face.action->face->verbatim, face.action->face->command);
  if (arguments.has("help")) {
    print_face_help(context, *face.action, options);
    return 0;
  }
  return run_face(context, *face.action, arguments);
}

[[noreturn]] void report_unknown(const Context& context, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& command : commands()) names.emplace_back(command.name);
  for (const auto& [name, provider] : context.registry->actions())
    if (provider.action->face) names.push_back(provider.action->face->command);
  for (const auto& program : list_path_programs(context).programs)
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
  if (!context.registry->refusals().empty())
    hint += "; some plugins were refused, see `harbor plugin list`";
  throw report::Error(
      report::diagnose(report::code::unknown_command, "unknown command '" + word + "'", {}, hint));
}

/// `globals` receives the options in front of the command as soon as they are known, so that errors
/// look as asked for.
int route(Context& context, Arguments& globals) {
  const auto& words = context.arguments;
  const auto at = command_index(words);
  const auto front = at.value_or(words.size());
  globals =
      parse_arguments(Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(front)),
                      {{"version", 0, "", "print the version", false}}, false, "");
  // Errors on the way to the command's own options shall already be JSON when JSON is asked for.
  if (std::find(words.begin(), std::find(words.begin(), words.end(), "--"), "--json") !=
      std::find(words.begin(), words.end(), "--"))
    globals.values["json"];
  if (!at) return globals.has("version") ? version(context, globals) : help(context, globals);

  const Words tail(words.begin() + static_cast<std::ptrdiff_t>(front), words.end());
  if (tail.front() == "__complete") {
    globals.words.assign(tail.begin() + 1, tail.end());
    return complete(context, globals);
  }
  if (const Command* own = find_command(tail.front()))
    return run_own(context, *own, without(words, front, 1), globals);
  context.registry = open_registry(context, globals);
  if (const auto face = find_face(*context.registry, tail))
    return run_action(context, *face, without(words, front, face->words), globals);
  if (const auto program = find_path_program(context, tail))
    return run_path_program(context, *program, tail, globals);
  report_unknown(context, tail.front());
}

ExitStatus exit_of(const report::Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == report::Severity::error) return diagnostic.exit;
  return ExitStatus::failed;
}

}  // namespace

int dispatch(Context context) {
  Arguments globals;
  report::Diagnostics problems;
  try {
    const int status = route(context, globals);
    context.out->flush();
    if (*context.out) return status;
    problems.push_back(
        report::diagnose(report::code::write_failed, "standard output could not be written"));
  } catch (const report::Error& failure) {
    problems = failure.diagnostics();
  } catch (const std::bad_alloc&) {
    problems.push_back(report::diagnose(report::code::internal, "out of memory"));
  } catch (const std::exception& failure) {
    problems.push_back(report::diagnose(report::code::internal,
                                        std::string("Harbor made a mistake: ") + failure.what(), {},
                                        "please report it with the command that led to it"));
  }
  print_diagnostics(context, globals, problems);
  context.out->flush();
  return static_cast<int>(exit_of(problems));
}

}  // namespace harbor::cli
