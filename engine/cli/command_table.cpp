#include <algorithm>

#include "cli/command.hpp"

namespace harbor::cli {

// NOLINTNEXTLINE(readability-function-size): a table, one row for each command
std::span<const Command> commands() {
  static const std::vector<Command> table = {
      {"init",
       "[DIR]",
       "write a first descriptor and stack that work",
       "Writes `etc/harbor.yaml` and a small stack into DIR (default: the current folder). "
       "Overwrites nothing.",
       {},
       false,
       init},
      {"deploy",
       "[SERVICE...]",
       "run source, prepare, deploy and post_deploy",
       "Without services the descriptor's default profile says what is deployed.",
       {},
       true,
       deploy},
      {"destroy",
       "",
       "run destroy: take down what the last deploy left running",
       "What earlier steps saved is undone, the latest first. If the pack of such a step is "
       "gone, "
       "`--forget STEP` gives up what that step made, so that the rest can be taken down.",
       {{"forget", 0, "STEP",
         "give up what this step of an earlier run made, without undoing it; "
         "may be repeated",
         true},
        {"from-labels", 0, "",
         "also remove what has this folder's name in its labels, if no state says what is "
         "deployed",
         false}},
       true,
       destroy},
      {"run",
       "STAGE... [SERVICE...]",
       "run single stages, with the earlier ones that they need",
       "Stages are source, prepare, deploy, post_deploy and destroy. A stage that needs an "
       "artifact of `source` or `prepare` "
       "pulls that stage in.",
       {},
       true,
       run_stages},
      {"plan",
       "[STAGE...] [SERVICE...]",
       "show what would run and what would change",
       "Steps that only look are run, the others are asked what they would do. Default: the stages "
       "of `harbor deploy`.",
       {{"detailed-exitcode", 0, "", "end with 2 when something would change", false}},
       true,
       plan},
      {"check",
       "[SERVICE...]",
       "check the descriptor and everything that it names, run nothing",
       "Checks what is asked for and every profile, and shows all that is wrong in one list: the "
       "descriptor, and every file that its actions would read. Nothing is decrypted.",
       {},
       true,
       check},
      {"status", "", "show what is deployed, and the last run", "", {}, false, status},
      {"history",
       "[RUN]",
       "list runs, or show one in full",
       "Runs are named by their ids; a unique beginning will do.",
       {{"count", 'n', "N", "how many runs; default 20", false}},
       false,
       history},
      {"repair",
       "",
       "find what a killed run or a bad disk left in var/, and repair it",
       "Says what it finds: a state or a journal that does not match its checksum, a change of "
       "files "
       "that was not completed, files that were never finished, processes of a run that was "
       "killed. The record of what is deployed is put aside, never deleted.",
       {},
       false,
       repair},
      {"why",
       "NAME [SERVICE...]",
       "show where a value comes from: every file and line that sets it, the effective one last",
       "NAME is an artifact, then a path into it, joined by dots. The services are those of a run "
       "that would make it.",
       {},
       true,
       why},
      {"actions",
       "[NAME]",
       "list actions, or document one from its schema",
       "",
       {},
       false,
       actions},
      {"explain", "CODE", "explain an error code", "", {}, false, explain},
      {"plugin",
       "list|inspect FILE|trust FILE|untrust FILE",
       "list, inspect and trust action packs",
       "A pack inside a project runs only after `harbor plugin trust FILE`, which pins its SHA-256 "
       "in `harbor.lock`. `list --check` "
       "ends with 78 when a pack was refused or is shadowed.",
       {{"check", 0, "", "end with 78 when a pack was refused or something is shadowed", false}},
       false,
       plugins},
      {"schema",
       "",
       "print the JSON Schema of the descriptor, with every action that is installed",
       "Editors that know it complete and check `harbor.yaml`: `harbor schema > "
       ".harbor/schema.json`.",
       {},
       false,
       schema},
      {"completion",
       "bash|zsh|fish",
       "print a completion script",
       "For example: `source <(harbor completion bash)`.",
       {},
       false,
       completion},
      {"version", "", "print the version", "", {}, false, version},
      {"help", "[COMMAND]", "explain a command", "", {}, false, help},
  };
  return table;
}

std::vector<OptionSpec> options_of(const Command& command, Invocation& call) {
  auto options = command.options;
  if (command.runs)
    for (auto& spec : specs_of(request_options_of(call))) options.push_back(std::move(spec));
  return options;
}

const Command* find_command(std::string_view name) {
  const auto all = commands();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Command& command) { return command.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace harbor::cli
