// completion, and the hidden __complete that its scripts call.
#include <algorithm>
#include <ostream>
#include <set>

#include "cli/command.hpp"
#include "cli/face.hpp"
#include "cli/path_program.hpp"
#include "cli/schema_option.hpp"
#include "report/code_command.hpp"
#include "store/journal.hpp"

namespace harbor::cli {
namespace {

constexpr std::string_view bash_script =
    R"(# bash completion for harbor; load it with: source <(harbor completion bash)
_harbor() {
  local cur="${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <(harbor __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [ ${#COMPREPLY[@]} -eq 0 ] && mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _harbor harbor
)";

constexpr std::string_view zsh_script = R"(#compdef harbor
# zsh completion for harbor; load it with: source <(harbor completion zsh)
_harbor() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done < <(harbor __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ${#found} )); then _describe harbor found; else _files; fi
}
compdef _harbor harbor
)";

constexpr std::string_view fish_script =
    R"(# fish completion for harbor; load it with: harbor completion fish | source
function __harbor_complete
  set -l words (commandline -opc) (commandline -ct)
  harbor __complete -- $words[2..-1] 2>/dev/null
end
complete -c harbor -f -a '(__harbor_complete)'
)";

/// Candidates: the word, and what it is.
using Candidates = std::vector<std::pair<std::string, std::string>>;

void add_commands(Invocation& call, Candidates& out) {
  for (const auto& command : commands()) out.emplace_back(command.name, command.summary);
  for (const auto& [name, provider] : packs_of(call).actions())
    if (provider.action->face)
      out.emplace_back(provider.action->face->command, provider.action->doc);
  for (const auto& program : list_path_programs(call).programs)
    if (program.problem.empty()) out.emplace_back(program.command, program.file.string());
}

void add_options(const std::vector<OptionSpec>& specs, Candidates& out) {
  for (const auto& spec : specs) out.emplace_back("--" + spec.name, spec.doc);
}

std::optional<workflow::Descriptor> descriptor_of(const Invocation& call) {
  try {
    return workflow::load_descriptor(project_of(call), {}, call.context.files);
  } catch (const report::Error&) {
    return std::nullopt;  // completion is silent about mistakes
  }
}

void add_services(const Invocation& call, Candidates& out) {
  const auto descriptor = descriptor_of(call);
  if (!descriptor) return;
  for (const auto& name : call.context.files.list(descriptor->project.folder / "stacks"))
    out.emplace_back(name, "service");
}

void add_subjects(Invocation& call, const std::string& command, Candidates& out) {
  if (command == "run" || command == "plan")
    for (const auto stage : workflow::stage_names) out.emplace_back(stage, "stage");
  if (command == "explain") {
    for (const auto& code : report::codes()) out.emplace_back(code.id, code.title);
    for (const auto& pack : packs_of(call).packs())
      for (const auto& failure : pack.failures) out.emplace_back(failure.code, failure.title);
  }
  if (command == "actions")
    for (const auto& [name, provider] : packs_of(call).actions())
      out.emplace_back(name, provider.action->doc);
  if (command == "completion")
    for (const char* shell : {"bash", "zsh", "fish"}) out.emplace_back(shell, "shell");
  if (command == "plugin")
    for (const char* verb : {"list", "inspect", "trust", "untrust"}) out.emplace_back(verb, "");
  if (command == "help") add_commands(call, out);
  if (command == "history")
    if (const auto descriptor = descriptor_of(call))
      for (const auto& run : store::list_runs(descriptor->project.var(), 50))
        out.emplace_back(run.run, run.command + ", " + run.outcome);
  const auto* own = find_command(command);
  if (!own || own->runs) add_services(call, out);
}

void add_values(const Invocation& call, const std::string& option, Candidates& out) {
  const auto descriptor = descriptor_of(call);
  if (!descriptor) return;
  if (option == "--profile")
    if (const auto* profiles = descriptor->root.find("profiles"))
      for (const auto& profile : profiles->members) out.emplace_back(profile.key, "profile");
  if (option == "--site") {
    std::error_code ignored;
    for (const auto& entry :
         std::filesystem::directory_iterator(descriptor->project.folder / "etc" / "sites", ignored))
      out.emplace_back(entry.path().stem().string(), "site");
  }
}

}  // namespace

int completion(Invocation& call) {
  const auto shell = call.arguments.words.empty() ? std::string() : call.arguments.words.front();
  if (shell == "bash")
    *call.context.out << bash_script;
  else if (shell == "zsh")
    *call.context.out << zsh_script;
  else if (shell == "fish")
    *call.context.out << fish_script;
  else
    throw report::Error(
        report::diagnose(report::code::bad_usage, "completion takes a shell: bash, zsh or fish"));
  return 0;
}

int complete(Invocation& call, std::vector<std::string> words) {
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  if (words.empty()) words.emplace_back();
  const auto current = words.back();
  words.pop_back();
  auto location = find_location(words);
  locate(call, location == Location{} ? location_of(call.arguments) : std::move(location));
  Candidates candidates;
  const auto at = command_index(words);
  if (!words.empty() && (words.back() == "--profile" || words.back() == "--site")) {
    add_values(call, words.back(), candidates);
  } else if (!at) {
    if (current.starts_with('-'))
      add_options(global_options(), candidates);
    else
      add_commands(call, candidates);
  } else if (const auto& command = words[*at]; current.starts_with('-')) {
    add_options(global_options(), candidates);
    if (const auto* own = find_command(command)) {
      add_options(options_of(*own, call), candidates);
    } else if (const auto face = find_face(packs_of(call), {command})) {
      add_options(options_of_face(call, *face->action), candidates);
    }
  } else {
    add_subjects(call, command, candidates);
  }
  std::sort(candidates.begin(), candidates.end());
  std::string last;
  for (const auto& [word, what] : candidates)
    if (word.starts_with(current) && word != last)
      *call.context.out << (last = word) << '\t' << what << '\n';
  return 0;
}

}  // namespace harbor::cli
